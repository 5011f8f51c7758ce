"""The page with linked scatter and map: what it holds, and that it asks the network for nothing."""

from __future__ import annotations

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

import analysis
import spatial
from analysis.linked import page as page_module
from analysis.linked.outlines import GRAIN, outlines
from analysis.maps.colours import CLUSTERS
from analysis.maps.projection import plane_for
from spatial import InputError, weights

pytest.importorskip("bokeh")
YEARS = (2011, 2016, 2022)
SPITEFUL = '</script><b>"城&市'


@pytest.fixture(scope="module")
def cities() -> Any:
    """A lattice whose first cell has a hole with an island in it, and a cell far away."""
    cells = [box(100 + i % 6, 25 + i // 6, 101 + i % 6, 26 + i // 6) for i in range(36)]
    hole = [(100.3, 25.3), (100.7, 25.3), (100.7, 25.7), (100.3, 25.7)]
    cells[0] = Polygon(cells[0].exterior.coords, [hole]).union(box(100.4, 25.4, 100.6, 25.6))
    cells.append(box(120, 40, 121, 41))
    frame = gpd.GeoDataFrame(
        {"name": [f"市{i}" for i in range(36)] + [SPITEFUL]},
        geometry=cells,
        crs="EPSG:4326",
        index=pd.Index([f"u{i}" for i in range(37)], name="key"),
    )
    frame.attrs["name"] = "name"
    return frame


@pytest.fixture(scope="module")
def panel(cities: Any) -> spatial.Panel:
    rng = np.random.default_rng(3)
    units = cities.index[1:]  # the first has no data
    rows = [
        {"city": unit, "year": year, "y": float(i % 6) + rng.normal(), "x": rng.normal()}
        for year in YEARS
        for i, unit in enumerate(units)
    ]
    return spatial.Panel(pd.DataFrame(rows).sample(frac=1, random_state=1), "city", "year")


@pytest.fixture(scope="module")
def results(cities: Any, panel: Any) -> dict[Any, pd.DataFrame]:
    w = weights.contiguity(cities)
    local = spatial.lisa_by_time(panel, "y", w, alpha=0.2, correction="fdr")
    pairs = {year: spatial.bilisa(panel.at(year)["x"], panel.at(year)["y"], w) for year in YEARS}
    both = pd.concat(pairs, names=["year"])
    both.attrs = dict(pairs[2011].attrs)
    return {"y": local, ("x", "y"): both}


@pytest.fixture(scope="module")
def text(tmp_path_factory: Any, cities: Any, panel: Any, results: Any) -> str:
    before = {key: table.copy() for key, table in results.items()}
    path = analysis.interactive(
        tmp_path_factory.mktemp("page") / "页.html",
        cities,
        results,
        panel,
        lang="zh",
        labels={"y": "经济韧性", "x": "数字产业集聚"},
        title="题目 <1>",
        note="合成数据",
    )
    for key, table in before.items():
        pd.testing.assert_frame_equal(table, results[key])
    return path.read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Elements with their attributes, and the text of scripts by id."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.visible = ""
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = dict(attrs).get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is None:
            self.visible += data
        else:
            self.scripts[self._inside] = self.scripts.get(self._inside, "") + data


def parsed(text: str) -> Tags:
    found = Tags()
    found.feed(text)
    return found


def payload(text: str) -> Any:
    return json.loads(parsed(text).scripts["payload"])


def test_the_data_are_those_of_the_tables(text: str, cities: Any, panel: Any, results: Any) -> None:
    found = payload(text)
    assert [view["name"] for view in found["views"]] == ["经济韧性", "数字产业集聚 → 经济韧性"]
    for view, ((here, table), column) in zip(
        found["views"], zip(results.items(), ("y", "x"), strict=True), strict=True
    ):
        del here
        assert [part["time"] for part in view["parts"]] == [str(year) for year in YEARS]
        for part, year in zip(view["parts"], YEARS, strict=True):
            rows = table.xs(year, level=0).reindex(cities.index)
            classes = rows["cluster"].astype(object).fillna("missing")
            assert [list(CLUSTERS)[code] for code in part["code"]] == classes.tolist()
            assert part["counts"] == [int((classes == key).sum()) for key in CLUSTERS]
            value = panel.at(year)[column].reindex(cities.index)
            for key, expected in (
                ("value", value),
                ("lag", rows["lag"]),
                ("p_value", rows["p_value"]),
                ("p_adjusted", rows["p_adjusted"]),
            ):
                shown = np.array([np.nan if v is None else v for v in part[key]])
                np.testing.assert_allclose(shown, expected.to_numpy(dtype=float), rtol=1e-5)
            z, lag = (np.array(part[key], dtype=float) for key in ("z", "lag"))
            statistic = rows["statistic"].to_numpy(dtype=float)
            np.testing.assert_allclose(z * lag, statistic, rtol=1e-4, atol=1e-6)
            assert np.nanmean(z) == pytest.approx(0, abs=1e-5)
            slope = np.polyfit(z[~np.isnan(z)], lag[~np.isnan(z)], 1)[0]
            assert part["slope"] == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_classes_have_their_colours_and_the_note_its_convention(text: str) -> None:
    found = payload(text)
    assert [one["key"] for one in found["classes"]] == list(CLUSTERS)
    assert [one["face"] for one in found["classes"]] == [face for face, _ in CLUSTERS.values()]
    assert found["classes"][0]["text"] == "高-高集聚"
    assert [one["hatch"] for one in found["classes"][-2:]] == ["x", "/"]
    first, second = found["views"]
    assert "Benjamini" in first["note"]
    assert first["corrected"]
    assert not second["corrected"]
    assert first["axes"] == ["经济韧性（标准化）", "经济韧性的空间滞后"]
    assert second["axes"] == ["数字产业集聚（标准化）", "经济韧性的空间滞后"]


def test_nothing_refers_to_a_network(text: str) -> None:
    found = parsed(text)
    for tag, attributes in found.tags:
        for name in ("src", "href", "srcset", "action", "data", "poster", "background"):
            assert name not in attributes, (tag, attributes)
    styles = found.scripts[""].partition("</style>")[0]
    assert all(
        address.startswith("data:") for address in re.findall(r"url\(([^)]{0,30})", styles[:2000])
    )
    assert "@import" not in styles[:5000]
    [policy] = [a for tag, a in found.tags if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(part.split(maxsplit=1) for part in str(policy["content"]).split("; "))
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules
    allowed = {"'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "'none'"}
    assert {word for rule in rules.values() for word in rule.split()} <= allowed


def test_names_cannot_break_the_page(text: str) -> None:
    found = parsed(text)
    scripts = [attributes for tag, attributes in found.tags if tag == "script"]
    assert [one["id"] for one in scripts if "id" in one] == ["payload", "plots-json"]
    assert not any(tag == "b" for tag, _ in found.tags)
    plots = json.loads(found.scripts["plots-json"])
    assert SPITEFUL in json.dumps(plots, ensure_ascii=False).replace('\\"', '"')
    assert "题目 <1>" in found.visible
    assert "合成数据" in found.visible


def test_the_font_has_the_letters_of_the_page(text: str) -> None:
    from fontTools.ttLib import TTFont

    [found] = re.findall(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", text)
    letters = set(TTFont(io.BytesIO(base64.b64decode(found))).getBestCmap())
    shown = parsed(text).visible + json.dumps(payload(text), ensure_ascii=False)
    lacking = {letter for letter in shown if ord(letter) not in letters and ord(letter) >= 32}
    assert not lacking
    assert len(found) < 200_000


@pytest.mark.parametrize("tolerance", [0.0, 3000.0])
def test_shapes_keep_their_ground(cities: Any, tolerance: float) -> None:
    drawn = outlines(cities, lang="en", lines=None, crs=None, tolerance_m=tolerance)
    plane = plane_for(cities.crs, cities.geometry.bounds.to_numpy(), None)
    areas = cities.to_crs(plane).area.to_numpy()
    for place, area in enumerate(areas):
        whole = 0.0
        for xs, ys in zip(drawn.xs[place], drawn.ys[place], strict=True):
            rings = [Polygon(zip(x, y, strict=True)).area for x, y in zip(xs, ys, strict=True)]
            whole += rings[0] - sum(rings[1:])
        assert whole * GRAIN**2 == pytest.approx(area, rel=0.01)
    assert len(drawn.xs[0]) == 2
    assert sum(len(part) for part in drawn.xs[0]) == 3


def test_rows_in_any_order_give_the_same_page(
    tmp_path: Path, text: str, cities: Any, panel: Any, results: Any
) -> None:
    order = np.random.default_rng(0).permutation(len(cities))
    mixed = cities.iloc[order]
    mixed.attrs["name"] = "name"
    shuffled = {key: table.sample(frac=1, random_state=2) for key, table in results.items()}
    for key, table in results.items():
        shuffled[key] = pd.concat(
            [shuffled[key].xs(year, level=0, drop_level=False) for year in YEARS]
        )
        shuffled[key].attrs = dict(table.attrs)
    path = analysis.interactive(tmp_path / "a.html", mixed, shuffled, panel, lang="zh")
    first, second = payload(text), payload(path.read_text(encoding="utf-8"))
    for one, other in zip(first["views"][0]["parts"], second["views"][0]["parts"], strict=True):
        assert [one["p_value"][i] for i in order] == other["p_value"]
        assert one["counts"] == other["counts"]


def test_a_result_without_times(tmp_path: Path, cities: Any, panel: Any) -> None:
    frame = panel.at(2016)
    local = spatial.lisa(frame["y"], weights.contiguity(cities))
    path = analysis.interactive(tmp_path / "a.html", cities, {"y": local}, frame)
    [view] = payload(path.read_text(encoding="utf-8"))["views"]
    assert [part["time"] for part in view["parts"]] == [""]
    assert view["axes"] == ["y (standardised)", "Spatial lag of y"]


def test_refusals(
    tmp_path: Path, cities: Any, panel: Any, results: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.html"
    local = {"y": results["y"]}
    changed = spatial.Panel(panel.frame.assign(y=panel.frame["y"] ** 2), "city", "year")
    for message, arguments, options in (
        ("not those that its result", (path, cities, local, changed), {}),
        ("mapping from columns", (path, cities, results["y"], panel), {}),
        ("no column 'absent'", (path, cities, {"absent": results["y"]}, panel), {}),
        ("no column 'statistic'", (path, cities, {"y": results["y"][["lag"]]}, panel), {}),
        ("has times; give the panel", (path, cities, local, panel.at(2011)), {}),
        ("does not end in .html", (tmp_path / "a.pdf", cities, local, panel), {}),
        ("colour= is unknown", (path, cities, local, panel), {"colour": {}}),
        ("has no time 1999", (path, cities, local, panel), {"times": [1999]}),
        ("tolerance_m", (path, cities, local, panel), {"tolerance_m": -1}),
        ("not in the boundaries", (path, cities.iloc[:9], local, panel), {}),
        ("no folder", (tmp_path / "none" / "a.html", cities, local, panel), {}),
    ):
        with pytest.raises(InputError, match=re.escape(message)):
            analysis.interactive(*arguments, **options)  # type: ignore[arg-type]
    monkeypatch.setattr(page_module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs bokeh.*cityripple\[interactive\]"):
        analysis.interactive(path, cities, local, panel)
    assert not list(tmp_path.iterdir())
