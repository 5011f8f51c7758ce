"""Every kind of figure as a picture, and what all kinds can be told."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from support import figure_cases, images
from support.drawing import require_words_inside, written

from analysis import figures, maps
from spatial import InputError

KINDS = figure_cases.KINDS


def test_every_kind_is_a_case():
    named = {name.removesuffix("_groups") for name in KINDS}
    assert named == set(figures.__all__)


@pytest.mark.parametrize("kind", KINDS)
def test_images(kind, tmp_path):
    figure = KINDS[kind](lang="zh", labels=figure_cases.ZH, width_mm=120, title="标题")
    images.compare(figure, f"figure_{kind}", tmp_path)


@pytest.mark.parametrize(("lang", "width"), [("en", 160), ("zh", 80)])
@pytest.mark.parametrize("kind", KINDS)
def test_every_word_is_on_the_page_at_journal_widths(kind, lang, width):
    labels = figure_cases.ZH if lang == "zh" else None
    figure = KINDS[kind](lang=lang, labels=labels, width_mm=width, source="统计年鉴 Yearbook")
    words = require_words_inside(figure)
    assert any("统计年鉴" in word for word in words)
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width)


@pytest.mark.parametrize("kind", KINDS)
def test_letters_grow_when_asked(kind):
    sizes = []
    for points in (6, 9):
        figure = KINDS[kind](font_size=points, width_mm=160)
        sizes.append(max(t.get_fontsize() for ax in axes_with_children(figure) for t in ticks(ax)))
    assert sizes == [6, 9] or sizes == [6, 8]


@pytest.mark.parametrize("kind", KINDS)
def test_colours_are_the_users(kind):
    own = ["#ff00ff", "#00ffff", "#123456", "#654321"]
    before = colours_of(KINDS[kind]())
    after = colours_of(KINDS[kind](colours=own))
    assert to_rgba("#ff00ff")[:3] not in before
    assert to_rgba("#ff00ff")[:3] in after or kind == "transitions"
    if kind == "transitions":
        assert after != before


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("effects", "event_study")])
def test_given_axes_hold_the_figure(kind):
    sheet = Figure(figsize=(4, 5))
    axes = sheet.add_axes((0.25, 0.25, 0.7, 0.65))
    assert KINDS[kind](ax=axes, lang="zh", labels=figure_cases.ZH) is sheet
    assert sheet.axes == [axes]
    panels = axes.child_axes if kind in figure_cases.STACKED else [axes]
    assert len(panels) == 2 if kind in figure_cases.STACKED else len(panels) == 1
    assert sum(len(p.lines) + len(p.collections) + len(p.images) for p in panels) > 0
    assert written(sheet)


@pytest.mark.parametrize("colours", ["#1f4e79", ["no colour"], 3])
def test_what_is_no_colour_is_refused(colours):
    with pytest.raises(InputError, match="colours"):
        figure_cases.effects(colours=colours)


def test_slopes_of_groups_are_least_squares_within_them():
    figure = figure_cases.by_group(lang="zh")
    axes = figure.axes[0]
    lines = [line for line in axes.lines if line.get_gid() == "slope"]
    clouds = [np.asarray(c.get_offsets()) for c in axes.collections if c.get_gid() == "units"]
    assert [len(points) for points in clouds] == [10, 10, 10, 10]
    texts = [t.get_text() for t in axes.get_legend().get_texts()]
    for line, points, text, name in zip(
        lines, clouds, texts, ("东部", "西部", "中部"), strict=False
    ):
        z, lag = points.T
        slope = ((z - z.mean()) * lag).sum() / ((z - z.mean()) ** 2).sum()
        x, y = line.get_data()
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope, rel=1e-9)
        assert text == f"{name}：斜率 {slope:.3f}".replace("-", "−")
    assert any("灰点为未分组单元 10 个" in word.replace("\n", "") for word, _ in written(figure))


def test_vector_files_hold_text_as_text(tmp_path):
    figure = figure_cases.effects(lang="zh", labels=figure_cases.ZH)
    svg, tif = maps.save(figure, tmp_path / "图", ["svg", "tif"], dpi=600)
    assert "数字产业集聚" in svg.read_text(encoding="utf-8")
    from PIL import Image

    with Image.open(tif) as picture:
        assert round(picture.info["dpi"][0]) == 600
        assert picture.width == pytest.approx(80 / 25.4 * 600, abs=2)


def axes_with_children(figure):
    return [*figure.axes, *(child for ax in figure.axes for child in ax.child_axes)]


def ticks(axes):
    return [*axes.get_xticklabels(), *axes.get_yticklabels()]


def colours_of(figure):
    found = set()
    for axes in axes_with_children(figure):
        found |= {to_rgba(line.get_color())[:3] for line in axes.lines}
        for one in axes.collections:
            for values in (one.get_facecolor(), one.get_edgecolor()):
                found |= {tuple(rgba[:3]) for rgba in np.atleast_2d(values).tolist() if len(rgba)}
        found |= {tuple(p.get_facecolor()[:3]) for p in axes.patches}
        for image in axes.images:
            found |= {tuple(image.cmap(share)[:3]) for share in (0.0, 1.0)}
    return found
