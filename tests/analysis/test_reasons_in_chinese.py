"""Why a group is not fitted alone or weights have no probability is told in Chinese too."""

import re

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial
from analysis.report.chinese import in_chinese
from spatial.errors import InputError

ENGLISH = re.compile(r"(?:[A-Za-z’']{2,}[ ,]+){3,}")
SHAPES = {
    "one": [1],
    "two apart": [1, 34],
    "pair": [0, 1],
    "three": [0, 1, 2],
    "block": [0, 1, 6, 7],
}


@pytest.fixture(scope="module", name="world")
def drawn():
    matrix, ids = worlds.lattice_matrix(6), worlds.names(36)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"u": ids * 4, "t": np.repeat([1, 2, 3, 4], 36)}
        | {name: rng.normal(size=144) for name in ("y", "x", "z")}
    )
    alone = worlds.graph(worlds.with_isolate(matrix), ids)
    return spatial.Panel(frame, "u", "t"), worlds.graph(matrix, ids), alone, ids


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("effects", ["none", "unit", "twoway"])
@pytest.mark.parametrize("kind", ["OLS", "SEM", "SDM"])
def test_small_groups(world, kind, effects):
    panel, graph, _, ids = world
    refused = 0
    for members in SHAPES.values():
        by = pd.Series(["小" if i in members else "大" for i in range(36)], index=ids)
        try:
            model = getattr(spatial, kind)("y ~ x + z", effects=effects)
            said = spatial.groups(model, panel, graph, by=by, focus="x").notes
        except InputError as error:
            said = (str(error),)
        refused += sum("cannot be fitted alone" in one for one in said)
        assert not [one for one in said if ENGLISH.search(in_chinese(one))]
    assert refused or kind == "OLS"  # without a lag of anything few units are enough


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "effects"), [("SAC", "twoway"), ("GNS", "unit"), ("SDM", "twoway")]
)
def test_weights_without_a_probability(world, kind, effects):
    panel, graph, alone, _ = world
    with pytest.raises(InputError) as refusal:
        spatial.weights_probabilities("y ~ x", panel, {"a": graph, "b": alone}, effects, model=kind)
    shown = in_chinese(str(refusal.value))
    assert not ENGLISH.search(shown)
    assert kind in shown or "观测数不同" in shown
