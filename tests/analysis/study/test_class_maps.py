"""Hot spots, significance, change of clusters, and one map for each column of the profiles."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from support.drawing import axes_of, legend_words, require_words_inside, units_drawn

import analysis
import spatial
from analysis.study.pictures import plan_pictures
from analysis.study.profile_pictures import mapped_columns
from analysis.study.sensitivity_output import sensitivity_pictures
from spatial.errors import InputError

ASKED = {
    "columns": ["agg"],
    "hot_spots": "res",
    "years": [2011, 2014],
    "alternative": "folded",
}
WITHOUT_MAP = {"senders", "receivers"}


@pytest.fixture
def asked(case: Any) -> Any:
    case.plan["autocorrelation"] = ASKED
    case.plan["profiles"] = {"frontier": "rank-best"}
    case.plan["study"]["lang"] = "zh"
    case.plan["labels"] = {"agg": "集聚", "res": "韧性"}
    return case


def test_a_study_computes_draws_and_tells_them(asked: Any) -> None:
    study = analysis.run(asked.write(), out=asked.folder / "out")
    found, out = study.clusters, study.out
    graph = study.weights["queen"].graph
    expected = spatial.getis_ord(study.sample.at(2014)["res"], graph, alternative="folded")
    pd.testing.assert_frame_equal(
        found.hot_spots["res"].loc[2014], expected, check_names=False, check_index_type=False
    )
    pd.testing.assert_frame_equal(found.changes["agg"], spatial.lisa_change(found.lisa["agg"]))
    table = study.sensitivity.profiles["agg"]
    stems = {path.stem for path in (out / "maps").iterdir()}
    assert {"hot_spots_res", "significance_agg", "lisa_change_agg", "gap_agg"} <= stems
    for column in set(table.columns) - WITHOUT_MAP - {"gap"}:
        assert f"profiles_agg_{column}" in stems, column
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert record["hot_spots"]["res"]["settings"]["star"] is True
    assert len(record["hot_spots"]["res"]["rows"]) == 2 * 36
    assert record["lisa_change"]["agg"]["settings"]["after"] == "2014"
    moved = pd.DataFrame(record["lisa_change"]["agg"]["rows"])["change"]
    assert moved.value_counts().to_dict() == {
        k: n for k, n in found.changes["agg"]["change"].value_counts().items() if n
    }
    page = (out / "report.html").read_text(encoding="utf-8")
    for words in ("热点与冷点", "2011—2014年“集聚”局部类型的变动", "Getis, A.", "profiles_…"):
        assert words in page, words
    assert "集聚的城市画像：类型" in page and "集聚的城市画像：自身效应" not in page
    captions = (out / "captions.md").read_text(encoding="utf-8")
    assert "集聚局部空间集聚的显著性，2011、2014年" in captions
    assert "Change of the local spatial clusters of agg, 2011 to 2014" in captions.replace(
        "集聚", "agg"
    )
    assert "City profiles of" in captions and "Own effect, std. error" in captions


def test_tables_count_what_the_results_hold(asked: Any) -> None:
    from analysis.study.sheets import plan_sheets

    study = asked.computed()
    sheets = {sheet.stem: sheet.table for sheet in plan_sheets(study)}
    frame = sheets["local_classes"].frame
    assert list(frame.columns) == ["类型", "2011", "2014"]
    assert list(frame["类型"])[:2] == ["集聚", "高-高集聚"]
    lisa = study.clusters.lisa["agg"]["cluster"]
    spots = study.clusters.hot_spots["res"]["cluster"]
    for year in (2011, 2014):
        counts = frame[str(year)]
        shown = [int(n) for n in counts if n]
        expected = [*lisa.loc[year].value_counts(sort=False)]
        assert shown == [*expected, *spots.loc[year].value_counts(sort=False)]
    moves = sheets["lisa_change_agg"]
    assert moves.rows[-1].cells[-1].value == 36
    change = study.clusters.changes["agg"]
    stayed = (change["before"] == "not significant") & (change["after"] == "not significant")
    assert moves.rows[4].cells[4].value == stayed.sum()


def test_each_map_of_the_profiles_shows_its_column(asked: Any) -> None:
    study = asked.computed()
    table = study.sensitivity.profiles["agg"]
    pictures = {
        picture.stem: picture for picture in sensitivity_pictures(study, study.sources.cities)
    }
    for name in ("type", "group", "behind", "lisa_agg_2014", "level", "sent"):
        figure = pictures[f"profiles_agg_{name}"].make()
        require_words_inside(figure)
        drawn = units_drawn(axes_of(figure, "map")[0])
        if name in ("level", "sent"):
            assert sum(drawn.values()) == len(table)
            continue
        column = table[name].map({True: "yes", False: "no"}) if name == "behind" else table[name]
        assert drawn == {k: n for k, n in column.value_counts().items() if n}, name
    words = legend_words(pictures["profiles_agg_type"].make())
    assert words[0] == "类型" and words[1].startswith("核心带动型 (")


def test_what_is_not_asked_for_is_left_out(asked: Any) -> None:
    asked.plan["autocorrelation"] = ASKED | {
        "hot_spots": [], "significance": False, "change": False,
    }  # fmt: skip
    asked.plan["profiles"] |= {"maps": ["type", "sent"]}
    study = asked.computed()
    pictures = [*plan_pictures(study), *sensitivity_pictures(study, study.sources.cities)]
    maps = {picture.stem for picture in pictures if picture.folder == "maps"}
    assert not any(s.startswith(("hot_spots", "significance", "lisa_change")) for s in maps)
    assert {s for s in maps if s.startswith("profiles")} == {
        "profiles_agg_type", "profiles_agg_sent",
    }  # fmt: skip
    assert study.clusters.changes == {}


def test_a_cross_section_has_no_change(asked: Any) -> None:
    del asked.plan["table"]["time"], asked.plan["table"]["years"], asked.plan["measure"]["res"]
    asked.table = asked.table[asked.table["year"] == 2014].drop(columns="year")
    asked.plan["model"] |= {"formula": "x ~ agg"}
    asked.plan["autocorrelation"] = {"columns": ["agg"], "hot_spots": ["x"], "star": False}
    study = asked.computed()
    assert study.clusters.changes == {}
    assert study.clusters.hot_spots["x"].attrs["star"] is False
    captions = [picture.caption["zh"] for picture in plan_pictures(study)]
    assert "x的热点与冷点（Getis–Ord）" in captions
    assert "集聚局部空间集聚的显著性" in captions


def test_groups_beyond_the_colours_have_no_map() -> None:
    table = pd.DataFrame(
        {"sent": [1.0] * 26, "group": list("abcdefghijklm") * 2, "senders": "a 0.1"}
    )
    assert mapped_columns(table, "all") == ["sent"]
    assert mapped_columns(table.assign(group="a"), "all") == ["sent"]
    assert mapped_columns(table.assign(group=["a", "b"] * 13), "all") == ["sent", "group"]
    for wanted in (["group"], ["senders"], ["nothing"]):
        with pytest.raises(InputError, match=rf"\[profiles\] maps names {wanted[0]}"):
            mapped_columns(table, wanted)


def test_columns_and_keys_that_are_refused(asked: Any) -> None:
    asked.plan["autocorrelation"] = ASKED | {"hot_spots": ["zz"]}
    with pytest.raises(InputError, match="zz"):
        asked.computed()
    asked.plan["autocorrelation"] = ASKED
    asked.plan["profiles"] |= {"maps": ["receivers"]}
    with pytest.raises(InputError, match="maps names receivers, of which no map can be drawn"):
        asked.computed()
