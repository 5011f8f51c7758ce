"""Vector files: text that can be searched, short paths, and the letters in the file."""

import base64
import io
import re
import zlib
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.path import Path
from support.drawing import clusters, lattice_layer

import shapes
from analysis import figures, maps
from analysis.canvas import paper
from analysis.maps.vector import finish_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def layer():
    return lattice_layer(2, 3)


@pytest.fixture(scope="module")
def figure(layer):
    return maps.lisa(layer, clusters(layer.index), lang="zh", width_mm=60, source="统计年鉴")


def saved(figure, folder, kind):
    (path,) = maps.save(figure, folder / "a", formats=[kind], dpi=80)
    return path


def drawn_words(figure):
    every = [*figure.axes, *(child for axes in figure.axes for child in axes.child_axes)]
    return {
        text.get_text() for axes in every for text in axes.texts if text.get_gid() != "halo"
    } - {""}


def test_text_stays_text_in_svg_with_its_letters_in_the_file(figure, tmp_path):
    root = ElementTree.parse(saved(figure, tmp_path, "svg")).getroot()
    words = {element.text for element in root.iter(f"{SVG}text")}
    assert words == drawn_words(figure)
    style = next(x.text for x in root.iter(f"{SVG}style") if "@font-face" in x.text)
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(base64.b64decode(re.search(r"base64,([^)]+)\)", style)[1]))) as inside:
        known = set(inside.getBestCmap())
    used = {ord(letter) for word in words for letter in word} - {32, 160}
    assert used <= known and len(known) < len(used) + 5


def test_chinese_can_be_searched_in_pdf(figure, tmp_path):
    content = saved(figure, tmp_path, "pdf").read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    maps_of_letters = [s for s in map(_inflated, streams) if b"begincmap" in s]
    known = {int(code, 16) for s in maps_of_letters for code in re.findall(rb"<([0-9a-f]{4})>", s)}
    assert {ord(letter) for word in drawn_words(figure) for letter in word} - {32} <= known


def _inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_paths_in_svg_are_the_paths_drawn_to_a_hundredth_of_a_point(tmp_path):
    sheet = paper(60, 40)
    axes = sheet.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    points = np.random.default_rng(3).normal(0, 1, (50, 2))
    axes.add_patch(_patch(points))
    axes.set(xlim=(-4, 4), ylim=(-4, 4))
    root = ElementTree.parse(saved(sheet, tmp_path, "svg")).getroot()
    group = next(g for g in root.iter(f"{SVG}g") if g.get("id") == "shape")
    data = next(group.iter(f"{SVG}path")).get("d")
    assert data.startswith("M ") and data.rstrip().endswith("z") and "L" not in data
    found = np.array([float(x) for x in re.findall(r"-?[\d.]+", data)]).reshape(-1, 2)
    wide, high = sheet.get_size_inches() * 72
    ours = np.column_stack([(points[:, 0] + 4) / 8 * wide, (4 - points[:, 1]) / 8 * high])
    np.testing.assert_allclose(found[:50], ours, atol=0.0051)


def _patch(points):
    from matplotlib.patches import PathPatch

    codes = [Path.MOVETO, *[Path.LINETO] * (len(points) - 1), Path.CLOSEPOLY]
    patch = PathPatch(Path(np.vstack([points, points[:1]]), codes), gid="shape")
    patch.get_path().should_simplify = False
    return patch


def test_curves_and_numbers_in_words_are_left_alone():
    path = '<path d="M 1.23456 -0.00123 \nC 1.5 2.55555 3 4 5 6 \nL 7.126 8 \nz"/>'
    assert finish_svg(path) == '<path d="M 1.23 -0 \nC 1.5 2.56 3 4 5 6 \nL 7.13 8 \nz"/>'
    assert "<text>1.23456</text>" in finish_svg(f"<defs>{path}<text>1.23456</text>")


def test_a_map_of_all_cities_is_light(tmp_path):
    cities = shapes.china_cities()
    whole = maps.lisa(
        cities, clusters(cities.index), lang="zh", lines=shapes.china_lines(), labels=["北京市"]
    )
    for kind, most in (("pdf", 2e6), ("svg", 1.5e6)):
        assert saved(whole, tmp_path, kind).stat().st_size < most
    (png,) = maps.save(whole, tmp_path / "b", dpi=300)
    assert png.stat().st_size < 1e6


def test_tiff_is_opaque_compressed_and_says_its_resolution(figure, tmp_path):
    from PIL import Image

    (path,) = maps.save(figure, tmp_path / "a", formats=["tif"], dpi=600)
    with Image.open(path) as image:
        assert image.mode == "RGB"
        assert image.info["compression"] == "tiff_lzw"
        assert np.allclose(image.info["dpi"], 600)
        assert image.width == pytest.approx(60 / 25.4 * 600, abs=1)
        flat = image.width * image.height * 3
    assert path.stat().st_size < flat / 5
    (png,) = maps.save(figure, tmp_path / "b", dpi=600)
    with Image.open(path) as one, Image.open(png) as other:
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other.convert("RGB")))


def test_figures_keep_their_words_too(tmp_path):
    import pandas as pd

    table = pd.DataFrame(
        {"term": ["集聚"], "effect": ["direct"], "estimate": [1.0], "conf_low": [0.5],
         "conf_high": [1.5], "std_error": [0.2], "statistic": [5.0], "p_value": [0.0]}
    )  # fmt: skip
    picture = figures.effects(table, lang="zh")
    text = saved(picture, tmp_path, "svg").read_text(encoding="utf-8")
    assert ">集聚</text>" in text and "@font-face" in text
