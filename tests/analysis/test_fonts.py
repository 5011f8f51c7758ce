"""The packaged font prints every word of ours, and files come out whole."""

import hashlib
import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.ft2font import FT2Font
from support.drawing import clusters, lattice_layer

import shapes
from analysis import maps
from analysis.canvas import number, paper, text_width, wrap, write
from analysis.fonts import FONT_FILE, families, style
from analysis.terms import TERMS
from spatial import InputError


@pytest.fixture(scope="module")
def glyphs():
    return set(FT2Font(str(FONT_FILE)).get_charmap())


@pytest.fixture
def figure():
    layer = lattice_layer(2, 3)
    return maps.lisa(layer, clusters(layer.index), lang="zh", width_mm=60, source="统计年鉴")


def test_every_word_of_the_vocabulary_and_every_city_has_its_glyphs(glyphs):
    cities = shapes.china_cities()
    words = [text for pair in TERMS.values() for text in pair]
    words += [*cities["city"], *cities["city_en"], *cities["province"], *cities["rank"].astype(str)]
    lost = {character for word in words for character in word if ord(character) not in glyphs}
    assert lost == set()


def test_numbers_and_letters_of_the_field_have_their_glyphs(glyphs):
    assert {c for c in "0123456789−–—°²³×≤≥±αβγδθλμρσφωΣ∑∞“”‘’…·" if ord(c) not in glyphs} == set()


def test_the_whole_of_gb2312_is_there(glyphs):
    lost = 0
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                lost += ord(bytes((row, cell)).decode("gb2312")) not in glyphs
            except UnicodeDecodeError:
                continue
    assert lost == 0


def test_licence_and_source_stand_beside_the_font():
    licence = (FONT_FILE.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    source = (FONT_FILE.parent / "SOURCE.md").read_text(encoding="utf-8")
    assert hashlib.sha256(FONT_FILE.read_bytes()).hexdigest() in source
    assert FONT_FILE.stat().st_size < 3_000_000


def test_style_holds_only_inside_its_block():
    before = dict(mpl.rcParams)
    with style(9):
        assert mpl.rcParams["font.family"] == list(families())
        assert mpl.rcParams["font.size"] == 9
    assert dict(mpl.rcParams) == before


def test_users_settings_do_not_reach_the_picture(figure, tmp_path):
    with mpl.rc_context({"font.family": "serif", "savefig.bbox": "tight", "pdf.fonttype": 42}):
        path = maps.save(figure, tmp_path / "图", formats=["pdf"])[0]
        assert mpl.rcParams["savefig.bbox"] == "tight"
    content = path.read_bytes()
    assert b"/Type3" in content
    assert b"/FontFile" not in content
    box = [float(x) for x in re.search(rb"/MediaBox \[ ([^\]]+)\]", content)[1].split()]
    assert box[2] == pytest.approx(60 / 25.4 * 72, abs=0.1)
    assert len(content) < 200_000


def test_dollars_are_no_mathematics():
    sheet = paper(60, 20)
    axes = sheet.add_axes((0, 0, 1, 1))
    text = write(axes, 0, 0, "US$ 5, 人均 $_x^", 7)
    sheet.canvas.draw()
    assert text.get_window_extent().width / 100 * 25.4 == pytest.approx(
        text_width("US$ 5, 人均 $_x^", 7), rel=0.05
    )


@pytest.mark.parametrize("size", [6.0, 9.0])
def test_wrapped_lines_fit_lose_nothing_and_keep_stops_and_brackets_in_place(size):
    text = (
        "注：权重为 Queen 邻接，行标准化；双侧 p 值（精确置换分布），未作校正。 And a longword"
        + "x" * 60
    )
    for width in (30, 27, 24.5, 22):
        assert not any(line[-1] in "（(" for line in wrap(text, size, width))
    lines = wrap(text, size, 30)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, size) <= 30.01 for line in lines)
    assert not any(line[0] in "，。；：）" for line in lines)


def test_numbers_have_a_true_minus_and_no_negative_zero():
    assert number(-1234.5, 1) == "−1,234.5"
    assert number(-0.0004, 2) == "0.00"
    assert number(0.5, 0) == "0"


def test_all_formats_are_written_and_nothing_else(figure, tmp_path):
    paths = maps.save(
        figure, tmp_path / "图3.人均GDP", formats=["png", "pdf", "tif", "svg"], dpi=80
    )
    assert [p.name for p in paths] == [
        f"图3.人均GDP.{kind}" for kind in ("png", "pdf", "tif", "svg")
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in paths)
    starts = (b"\x89PNG", b"%PDF", b"II*\x00", b"<?xml")
    assert all(p.read_bytes().startswith(s) for p, s in zip(paths, starts, strict=True))


def test_resolution_is_in_the_file(figure, tmp_path):
    from PIL import Image

    for kind in ("png", "tif"):
        path = maps.save(figure, tmp_path / "a", formats=[kind], dpi=120)[0]
        with Image.open(path) as image:
            assert np.allclose(image.info["dpi"], 120, atol=0.1)
            assert image.width == pytest.approx(60 / 25.4 * 120, abs=1)


def test_a_suffix_in_the_name_is_a_format(figure, tmp_path):
    assert [p.name for p in maps.save(figure, tmp_path / "a.PDF")] == ["a.pdf"]
    both = maps.save(figure, str(tmp_path / "b.png"), formats=["pdf"], dpi=50)
    assert [p.name for p in both] == ["b.png", "b.pdf"]


def test_a_disk_that_fills_up_leaves_nothing_behind(figure, tmp_path, monkeypatch):
    old = tmp_path / "a.png"
    old.write_bytes(b"old")

    def fills_up(stream, **_):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(figure, "savefig", fills_up)
    with pytest.raises(InputError, match="cannot be written: No space left"):
        maps.save(figure, tmp_path / "a")
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
    assert old.read_bytes() == b"old"


def test_refusals_of_saving(figure, tmp_path):
    with pytest.raises(InputError, match=r"folder .*none.* does not exist"):
        maps.save(figure, tmp_path / "none" / "a")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="does not exist"):
        maps.save(figure, tmp_path / "file" / "a")
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        maps.save(figure, tmp_path / "taken", dpi=50)
    with pytest.raises(InputError, match="'gif' is not written"):
        maps.save(figure, tmp_path / "a", formats=["gif"])
    with pytest.raises(InputError, match="give a list"):
        maps.save(figure, tmp_path / "a", formats="png")
    with pytest.raises(InputError, match="dpi=0"):
        maps.save(figure, tmp_path / "a", dpi=0)
