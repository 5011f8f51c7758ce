"""Claims, their tests and verdicts."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis.study.claiming import claims
from analysis.study.claiming_output import claims_sheets
from analysis.study.reading import read_study
from analysis.study.resolved import resolved_toml
from analysis.study.schema_claims import ESSAY, Claims
from spatial.errors import InputError

EFFECTS = ("direct", "indirect", "total")


def rows(of: str, values: dict[str, tuple[float, float]], **more: Any) -> pd.DataFrame:
    """Effects with normal intervals from (estimate, standard error)."""
    found = []
    for effect, (estimate, error) in values.items():
        p = 2 * stats.norm.sf(abs(estimate / error))
        found.append(
            {of: "x", "effect": effect, "estimate": estimate, "std_error": error, "p_value": p}
            | {"statistic": estimate / error, "nobs": 100, "isolates": 0}
            | {"conf_low": estimate - 1.96 * error, "conf_high": estimate + 1.96 * error}
            | more
        )
    return pd.DataFrame(found)


def made(section: dict[str, Any] | None = None, **results: Any) -> Any:
    """A study with a main model and the results that are given."""
    effects = results.pop("effects", rows("term", dict.fromkeys(EFFECTS, (0.5, 0.1))))
    fit = SimpleNamespace(outcome="y", nobs=100)
    parts = {part: results.get(part, {}) for part in ("channels", "moderators", "groups")}
    plan = SimpleNamespace(
        model=True, claims=Claims.model_validate(section or {}),
        study=SimpleNamespace(lang="en"),
        **{part: [name for name, *_ in map(np.atleast_1d, found)] for part, found in parts.items()},
    )  # fmt: skip
    return SimpleNamespace(
        plan=plan, instrumented=results.get("instrumented"),
        models=SimpleNamespace(main=SimpleNamespace(effects=effects, fit=fit), by_unit={"x": None}),
        mechanisms=SimpleNamespace(**parts), label=lambda name, _=None: str(name),
    )  # fmt: skip


def channel(
    links: list[tuple[str, str, float, float]], path: tuple[float, float, float] | None
) -> Any:
    """Links (term, response, estimate, error) of the total effect, and what travels the path."""
    tables = [rows("term", {"total": (a, s)}, term=c, response=r) for c, r, a, s in links]
    columns = ["path", "effect", "estimate", "conf_low", "conf_high", "p_value"]
    travelled = [] if path is None else [["x → m → y", "total", *path, 0.01]]
    base = SimpleNamespace(outcome="y")
    paths = pd.DataFrame(travelled, columns=columns)
    return SimpleNamespace(links=pd.concat(tables), paths=paths, base=base)


def of(study: Any, name: str) -> Any:
    table = claims(study)
    return table[table["claim"] == name].iloc[0]


def test_the_list_of_the_essay_and_what_has_no_data() -> None:
    table = claims(made())
    assert list(table["claim"]) == list(ESSAY)
    assert list(table["verdict"][:2]) == ["supported"] * 2
    assert set(table["verdict"][2:]) == {"no data"}
    assert set(table["reason"][2:]) == {"absent"}
    assert table["text"].iloc[0] == "“x” strengthens “y” in the city itself"
    assert claims(made({"essay": False})).empty


@pytest.mark.parametrize(
    ("estimate", "sign", "verdict"),
    [
        (0.5, "+", "supported"),
        (-0.5, "+", "not supported"),
        (-0.5, "-", "supported"),
        (-0.5, "any", "supported"),
        (0.1, "+", "not supported"),
        (0.1, "any", "not supported"),
    ],
)
def test_the_verdict_follows_the_side_and_the_level(
    estimate: float, sign: str, verdict: str
) -> None:
    effects = rows("term", {"direct": (estimate, 0.1)})
    section = {"essay": False, "a": {"tests": "effects.direct", "sign": sign}}
    row = of(made(section, effects=effects), "a")
    assert row["verdict"] == verdict
    assert row["conf_low"] == pytest.approx(estimate - 0.196)


def test_many_tests_ask_for_a_smaller_p() -> None:
    effects = rows("term", {"direct": (2.2, 1.0), "indirect": (3.0, 1.0), "total": (2.1, 1.0)})
    names = {f"c{k}": {"tests": f"effects.{effect}"} for k, effect in enumerate(EFFECTS)}
    study = made({"essay": False, **names}, effects=effects)
    table = claims(study)
    p = table["p_value"].to_numpy()
    order = np.argsort(p)
    stepped = [min(1, max((3 - k) * p[order[k]] for k in range(place + 1))) for place in range(3)]
    np.testing.assert_allclose(table["p_adjusted"].to_numpy()[order], stepped)
    assert list(table["verdict"]) == ["not supported", "supported", "not supported"]
    assert (table["conf_low"] > 0).all()
    plain = claims(made({"essay": False, "correction": "none", **names}, effects=effects))
    assert set(plain["verdict"]) == {"supported"}


def test_a_path_is_as_sure_as_its_weakest_link() -> None:
    strong = channel(
        [("x", "m", 0.5, 0.05), ("x", "y", 1, 1), ("m", "y", 0.4, 0.05)], (0.2, 0.1, 0.3)
    )
    row = of(made(channels={("technology", "x"): strong}), "technology")
    links = stats.norm.sf([10, 8]) * 2
    assert row["test"] == "path"
    assert row["p_value"] == pytest.approx(links.max())
    assert (row["estimate"], row["conf_low"], row["verdict"]) == (0.2, 0.1, "supported")
    idle = channel(
        [("x", "m", 0.5, 0.05), ("x", "y", 1, 0.1), ("m", "y", 0.02, 0.05)], (0.01, -0.04, 0.06)
    )
    row = of(made(channels={("technology", "x"): idle}), "technology")
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(0.4))
    assert row["verdict"] == "not supported"
    assert (row["conf_low"], row["conf_high"]) == (-0.04, 0.06)


def test_a_path_without_draws_has_an_interval_to_first_order() -> None:
    links = [("x", "m", 0.5, 0.05), ("x", "y", 1.0, 1.0), ("m", "y", 0.4, 0.08)]
    found = channel(links, (0.2, np.nan, np.nan))
    row = of(made(channels={("technology", "x"): found}), "technology")
    rng = np.random.default_rng(1)
    drawn = rng.normal(0.5, 0.05, 200_000) * rng.normal(0.4, 0.08, 200_000)
    assert row["std_error"] == pytest.approx(drawn.std(), rel=0.02)
    assert row["conf_low"] == pytest.approx(0.2 - 1.959964 * row["std_error"])


def test_two_steps_test_the_first_alone() -> None:
    chain = channel([("x", "m", 0.5, 0.05), ("x", "n", 9, 1), ("m", "n", 0.1, 0.06)], None)
    row = of(made(channels={("infrastructure", "x"): chain}), "infrastructure")
    assert (row["test"], row["estimate"]) == ("link", 0.1)  # the weakest of x → m → n
    assert row["verdict"] == "not supported"


def groups(p: float, differences: list[tuple[str, str, float, float]]) -> Any:
    tables = [rows("term", {"total": (d, s)}, group=a, versus=b) for a, b, d, s in differences]
    return SimpleNamespace(
        effects=pd.DataFrame({"term": ["x"]}), contrasts=pd.concat(tables),
        tests=pd.DataFrame({"test": ["wald"], "p_value": [p]}), joint=SimpleNamespace(nobs=100),
    )  # fmt: skip


@pytest.mark.parametrize(("p", "verdict"), [(0.001, "supported"), (0.4, "not supported")])
def test_a_difference_needs_its_test_and_shows_the_surest_pair(p: float, verdict: str) -> None:
    found = groups(p, [("a", "b", 0.3, 0.3), ("a", "c", -0.2, 0.01), ("b", "c", -0.5, 0.4)])
    row = of(made(groups={"Region": found}), "region")
    assert (row["group"], row["versus"], row["estimate"]) == ("a", "c", -0.2)
    assert (row["p_value"], row["verdict"], row["sign"]) == (p, verdict, "any")


def test_sections_are_found_by_name_and_others_get_a_claim_of_their_own() -> None:
    one = channel([("x", "m", 0.5, 0.05)], None)
    study = made(channels={("绿色创新数量", "x"): one, ("trade", "x"): one})
    table = claims(study).set_index("claim")
    assert table.loc["green_quantity", "tested_by"] == "channels.绿色创新数量"
    assert table.loc["trade", "text"] == "“x” strengthens “y” through “trade”"
    redirected = made({"technology": {"tests": "channels.trade"}}, channels={("trade", "x"): one})
    table = claims(redirected)
    assert table.set_index("claim").loc["technology", "tested_by"] == "channels.trade"
    assert "trade" not in set(table["claim"])


def test_a_model_without_a_spillover_has_no_data_on_it(case: Any) -> None:
    case.plan["model"] |= {"kind": "SEM", "compare": []}
    del case.plan["autocorrelation"]
    table = claims(case.computed()).set_index("claim")
    assert table.loc["neighbours", ["verdict", "reason"]].tolist() == ["no data", "no_effect"]
    assert table.loc["own", "verdict"] in ("supported", "not supported")


SECTION = {
    "essay": False,
    "correction": "none",
    "here": {"text": "集聚强则韧性强", "tests": ["effects.direct", "groups.half"]},
    "through": {"tests": "channels.output", "effect": "indirect", "sign": "-"},
    "with": {"tests": "moderators.size"},
}


def asked(case: Any, lang: str) -> Any:
    number = case.table["city"].str[1:-1].astype(int)
    case.table = case.table.assign(
        zone=np.where(number < 18, "south", "north"), smart=(number * 7 % 3 == 0).astype(int)
    )
    case.plan |= {
        "channels": {"output": {"column": "log(gdp)", "steps": 3, "draws": 19}},
        "moderators": {"size": {"column": "smart"}},
        "groups": {"half": {"column": "zone"}},
        "claims": SECTION,
    }
    case.plan["study"]["lang"] = lang
    del case.plan["autocorrelation"]
    return case


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_arrives_everywhere(case: Any, lang: str) -> None:
    study = analysis.run(asked(case, lang).write(), out=case.folder / "out")
    table = claims(study)
    assert list(table["claim"]) == ["here", "here", "through", "with"]
    mechanisms = study.mechanisms
    path = mechanisms.channels["output", "agg"].paths.set_index(["kind", "effect"])
    assert table["estimate"].iloc[2] == path.loc[("mediated", "indirect"), "estimate"]
    assert table["p_value"].iloc[2] == path.loc[("mediated", "indirect"), "p_value"]
    change = mechanisms.moderators["size", "agg"].change.set_index("effect")
    assert table["conf_low"].iloc[3] == change.loc["total", "conf_low"]
    assert table["p_value"].iloc[1] == mechanisms.groups["half"].tests["p_value"].iloc[-1]
    record = json.loads((study.out / "results.json").read_text(encoding="utf-8"))["claims"]
    assert [row["verdict"] for row in record["rows"]] == list(table["verdict"])
    for kind in ("csv", "tex", "xlsx", "docx"):
        assert (study.out / "tables" / f"claims.{kind}").is_file()
    page = (study.out / "report.html").read_text(encoding="utf-8")
    section = page.split('<section id="claims">')[1].split("</section>")[0]
    assert section.count("集聚强则韧性强") == 2
    assert page.index('<section id="limits">') < page.index('<section id="claims">')
    verdicts = {"supported": "支持", "not supported": "不支持"}
    shown = [verdicts[v] if lang == "zh" else v for v in table["verdict"]]
    assert [section.count(f"<td>{one}</td>") for one in set(shown)] == [
        shown.count(one) for one in set(shown)
    ]
    again = case.folder / "again.toml"
    again.write_text(resolved_toml(study.plan), encoding="utf-8")
    assert read_study(again).plan.claims == study.plan.claims


def test_what_is_not_supported_shows_its_interval(case: Any) -> None:
    study = asked(case, "en").computed()
    short = claims_sheets(study)[0].shown
    assert short is not None
    for row, cells in zip(claims(study).itertuples(), short.rows, strict=True):
        if row.verdict == "not supported":
            low, high = (
                cells.cells[1].text.split("[")[1].rstrip("]").replace("−", "-").split(",\u00a0")
            )
            assert float(low) == pytest.approx(row.conf_low, abs=5e-4)
            assert float(high) == pytest.approx(row.conf_high, abs=5e-4)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"a": {"tests": "effects.whole"}}, "names no result"),
        ({"a": {"tests": "channels.nowhere"}}, r"tests channels.nowhere, which the study lacks"),
        ({"a": {"tests": "instruments.total"}}, r"needs \[instruments\]"),
        ({"a": {"text": "b"}}, "no claim of the essay; add tests"),
        ({"a": {"tests": "groups.half", "sign": "+"}}, "has no sign"),
        ({"a": {"test": "groups.half"}}, "did you mean 'tests'"),
        ({"essay": "perhaps"}, r"\[claims\] essay"),
    ],
)
def test_refusals(case: Any, section: Any, words: str) -> None:
    case = asked(case, "en")
    case.plan["claims"] = section
    with pytest.raises(InputError, match=words):
        read_study(case.write())
