"""Every kind of map on layers of all sorts, at the widths of journals, and as pictures."""

import itertools

import geopandas as gpd
import pytest
import shapely
from libpysal import examples
from support.drawing import axes_of, lattice_layer, require_nothing_covered, require_words_inside
from support.images import compare
from support.layers import lattice
from support.map_kinds import KINDS

import shapes
from analysis import maps

WIDTHS = (80, 120, 160)


def china(province):
    cities = shapes.china_cities()
    return cities[cities.province == province]


def states():
    frame = gpd.read_file(examples.get_path("us48.shp")).set_index("STATE_NAME")
    frame = frame.set_crs(4326, allow_override=True)
    return frame.set_geometry(shapely.simplify(frame.geometry.to_numpy(), 0.05))


LAYERS = {
    "zhejiang": lambda: china("浙江省"),
    "hainan": lambda: china("海南省"),
    "states": states,
    "lattice": lambda: lattice(6, 7, crs="EPSG:32650", step=20_000.0, west=3e5, south=3e6),
    "plain": lambda: china("云南省")[["geometry"]],
}


@pytest.fixture(scope="module")
def layers():
    return {name: make() for name, make in LAYERS.items()}


CASES = [
    (kind, name, WIDTHS[(place + turn) % 3])
    for (place, kind), (turn, name) in itertools.product(enumerate(KINDS), enumerate(LAYERS))
]


@pytest.mark.parametrize(("kind", "name", "width"), CASES)
def test_nothing_is_cut_covered_or_over_another(layers, kind, name, width):
    cities = layers[name]
    lang = "zh" if width == 120 else "en"
    figure = KINDS[kind](cities, width_mm=width, lang=lang, arrow=width == 80, source="统计年鉴")
    require_words_inside(figure)
    for gid in ("inset", "legend"):
        if axes_of(figure, gid):
            require_nothing_covered(figure, gid)
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width)
    assert figure.get_size_inches()[1] * 25.4 < 3 * width


@pytest.mark.parametrize("kind", [k for k in KINDS if not k.startswith(("flows", "links"))])
def test_a_single_unit_can_be_drawn(kind):
    alone = china("北京市")
    assert len(alone) == 1
    require_words_inside(KINDS[kind](alone, width_mm=80, lang="zh"))


def test_images(tmp_path):
    cities = lattice_layer(islets=True)
    for place, (kind, make) in enumerate(KINDS.items()):
        lang = ("en", "zh")[place % 2]
        figure = make(cities, width_mm=WIDTHS[place % 3], lang=lang, source="synthetic")
        compare(figure, f"map_{kind}", tmp_path)
    compare(maps.faults(cities, width_mm=80, arrow=True), "map_faults", tmp_path)
