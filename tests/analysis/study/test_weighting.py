"""Every kind of weights that a study can ask for, over its sample."""

import numpy as np
import pandas as pd
import pytest

from analysis.study.checking import check
from analysis.study.keeping import Parts
from analysis.study.schema import WeightsSection
from analysis.study.weighting import KINDS, build_weights
from analysis.study.weighting_data import Data
from shapes import read_boundaries
from spatial import InputError, weights
from spatial.weights.operator import operator


@pytest.fixture(name="layer")
def boundaries(case):
    case.write()
    cities = read_boundaries(case.folder / "cells.geojson", key="code", name="name")
    cities["province"] = np.where(np.arange(len(cities)) < 18, "南", "北")
    return case.folder, cities


def data_of(cities, units=None, times=(2009, 2010, 2011)):
    units = list(cities.index if units is None else units)
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "key": np.tile(units, len(times)),
            "year": np.repeat(times, len(units)),
            "gdp": rng.lognormal(3, 1, len(units) * len(times)),
        }
    )
    table["province"] = table["key"].map(cities["province"])
    names = dict(cities["name"])
    return Data(pd.Index(units), table, "year", names, {"gdp": "国内生产总值"})


def built(layer, data, **sections):
    folder, cities = layer
    typed = {name: WeightsSection.model_validate(part) for name, part in sections.items()}
    return build_weights(typed, cities, data, folder, Parts())


def dense(w):
    return operator(w).matrix.toarray()


def test_every_kind_is_a_builder_of_the_package():
    assert set(KINDS) <= set(weights.__all__)


def test_kinds_equal_the_builders(layer):
    _, cities = layer
    data = data_of(cities)
    mean = data.table.groupby("key")["gdp"].mean().loc[list(cities.index)]
    early = data.table[data.table["year"] < 2011].groupby("key")["gdp"].mean().loc[cities.index]
    found = built(
        layer,
        data,
        exp={"kind": "exponential", "km": 80, "cutoff_km": 200},
        eco={"kind": "economic", "column": "gdp", "years": [2009, 2010]},
        pull={"kind": "gravity", "column": "gdp", "power": 1},
        same={"kind": "blocks", "column": "province"},
        mix={
            "kind": "nested",
            "a": "exp",
            "b": {"kind": "economic", "column": "gdp"},
            "share": 0.2,
        },
        size={"kind": "nested", "a": "exp", "b": {"column": "gdp"}, "how": "product"},
    )
    exp, eco = weights.exponential(cities, 80, 200), weights.economic(early)
    expected = {
        "exp": exp,
        "eco": eco,
        "pull": weights.gravity(cities, mean, 1),
        "same": weights.blocks(cities["province"]),
        "mix": weights.nested(exp, weights.economic(mean), 0.2),
        "size": weights.nested(exp, mean, how="product"),
    }
    for name, w in expected.items():
        assert np.allclose(dense(found[name].graph), dense(w), rtol=1e-12), name
    assert found["eco"].labels["zh"] == "反经济距离（国内生产总值 2009–2010），行标准化"
    assert "asymmetric" in found["pull"].notes[0]


def test_weights_of_the_sample_only(layer):
    _, cities = layer
    units = cities.index[[0, 1, 6, 7, 20, 35]]
    found = built(
        layer,
        data_of(cities, units),
        alone={"kind": "contiguity"},
        joined={"kind": "contiguity", "fallback": 1},
        near={"kind": "distance_band", "km": 60},
    )
    assert found["alone"].isolates == (units[4], units[5])
    assert found["joined"].isolates == ()
    assert found["near"].description["n"] == 6
    lost = [note for note in found["alone"].notes if "lost all its 8 neighbours" in note]
    assert lost
    assert cities.loc[units[4], "name"] in lost[0]


def test_files_by_key_or_by_name_cut_to_the_sample(layer):
    folder, cities = layer
    whole = weights.inverse_distance(cities)
    weights.write(whole, folder / "by_key.csv")
    weights.write(weights.relabel(whole, dict(cities["name"])), folder / "按名称.mtx")
    units = list(cities.index[:9])
    found = built(
        layer,
        data_of(cities, units),
        key={"kind": "read", "path": "by_key.csv"},
        name={"kind": "read", "path": "按名称.mtx"},
    )
    expected = dense(weights.subset(whole, units))
    for name in ("key", "name"):
        assert np.array_equal(dense(found[name].graph), expected), name


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_flows(layer, suffix):
    folder, cities = layer
    names = cities["name"].tolist()
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        [(a, b, int(rng.integers(1, 99))) for a in names for b in names if a != b],
        columns=["从", "到", "人数"],
    )
    if suffix == "csv":
        table.to_csv(folder / "flows.csv", index=False, encoding="gb18030")
    else:
        table.to_excel(folder / "flows.xlsx", index=False)
    section = {"kind": "from_edges", "path": f"flows.{suffix}", "origin": "从", "destination": "到"}
    units = list(cities.index[:8])
    found = built(layer, data_of(cities, units), rail={**section, "value": "人数"})["rail"]
    matrix = table.pivot_table(index="到", columns="从", values="人数", fill_value=0)
    kept = matrix.loc[names[:8], names[:8]].to_numpy(float)
    assert np.allclose(dense(found.graph), kept / kept.sum(1, keepdims=True))
    assert found.labels["en"] == "flows received (人数), 28 units cut out, row-standardised"


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"kind": "economic", "column": "gpd"}, r"\[weights\.w\].*'gpd'.*did you mean gdp"),
        ({"kind": "economic", "column": "gdp", "years": 2010}, "first and the last year"),
        ({"kind": "economic", "column": "gdp", "years": [1990, 1995]}, r"\[weights\.w\]"),
        ({"kind": "economic", "column": "province"}, r"\[weights\.w\].*no numbers"),
        ({"kind": "blocks", "column": "gdp"}, "gdp changes over the years in 36 units: 格0市"),
        ({"kind": "read", "path": "none.gal"}, "there is no file .*none.gal"),
        ({"kind": "nested", "a": "w", "b": {"column": "gdp"}, "how": "product"}, "made of itself"),
        ({"kind": "nested", "a": {"kind": "knn"}, "b": 3}, "neither the name of other weights"),
        ({"kind": "nested", "a": {"kind": "kn"}, "b": {"column": "gdp"}}, "did you mean 'knn'"),
    ],
)
def test_refusals_name_the_section(layer, section, words):
    with pytest.raises(InputError, match=words):
        built(layer, data_of(layer[1]), w=section)


def test_flows_without_units_of_the_sample(layer):
    folder, cities = layer
    names = cities["name"].tolist()
    pd.DataFrame({"o": names[:3], "d": names[1:4]}).to_csv(folder / "f.csv", index=False)
    section = {"kind": "from_edges", "path": "f.csv", "origin": "o", "destination": "d"}
    with pytest.raises(InputError, match=r"no flow of 32 units of the sample: 格4市"):
        built(layer, data_of(cities), w=section)
    with pytest.raises(InputError, match=r"no column 'q'"):
        built(layer, data_of(cities), w={**section, "origin": "q"})


def test_check_and_run_know_them(case):
    case.plan["weights"]["rich"] = {"kind": "economic", "column": "gdp", "years": [2009, 2010]}
    case.plan["weights"]["mix"] = {"kind": "nested", "a": "queen", "b": "rich"}
    case.plan["model"]["weights"] = ["mix", "queen"]
    text = check(case.write()).text
    assert "Weights rich: inverse economic distance (gdp 2009–2010), row-standardised" in text
    case.plan["boundaries"]["file"] = str(case.folder / "cells.geojson")
    weights.write(weights.knn(read_boundaries(case.folder / "cells.geojson", key="code"), 3),
                  case.folder / "w.gwt")  # fmt: skip
    case.plan["weights"]["file"] = {"kind": "read", "path": "w.gwt"}
    study = case.computed()
    assert list(study.weights) == ["queen", "rich", "mix", "file"]
    assert {"what": "weights file", "name": "w.gwt"}.items() <= next(
        item for item in study.manifest["inputs"] if item["name"] == "w.gwt"
    ).items()
