"""Layers, results and measurements for tests of maps and figures."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.collections import PathCollection

CLASSES = ["HH", "LH", "LL", "HL", "not significant", "isolate", "missing"]
STATED = {
    "weights": "queen contiguity, row-standardised",
    "weights_zh": "Queen 邻接，行标准化",
    "method": "exact",
    "alternative": "two-sided",
    "correction": None,
    "alpha": 0.05,
    "seed": 0,
    "permutations": 9999,
}


def lattice_layer(rows=5, columns=6, step=1.5, corner=(104.0, 24.0), islets=False):
    """Cells in degrees, two provinces, names in two languages; on request tiny islets far south."""
    cells, names = [], []
    for r in range(rows):
        for c in range(columns):
            x, y = corner[0] + c * step, corner[1] + r * step
            cells.append(shapely.box(x, y, x + step, y + step))
            names.append(f"甲{r}{c}市")
    provinces = ["东省" if i % columns >= columns // 2 else "西省" for i in range(len(cells))]
    if islets:
        spots = [(110.0, 12.0), (111.0, 14.0), (112.5, 16.0)]
        cells.append(
            shapely.MultiPolygon([shapely.box(x, y, x + 0.01, y + 0.01) for x, y in spots])
        )
        names.append("群岛市")
        provinces.append("东省")
    frame = gpd.GeoDataFrame(
        {
            "city": names,
            "city_en": [f"Town {i}" for i in range(len(names))],
            "province": provinces,
        },
        geometry=cells,
        index=pd.Index([f"{100000 + 100 * i}" for i in range(len(names))], name="key"),
        crs="EPSG:4326",
    )
    frame.attrs["name"] = "city"
    return frame


def clusters(labels, classes=None, seed=0):
    """Result of a local statistic with given or drawn classes."""
    if classes is None:
        classes = np.random.default_rng(seed).choice(CLASSES, len(labels))
    column = pd.Categorical(classes, categories=CLASSES, ordered=True)
    frame = pd.DataFrame({"cluster": column}, index=labels)
    frame.attrs = dict(STATED)
    return frame


def axes_of(figure, gid):
    """All axes, nested ones included, that carry an id."""
    found = [ax for ax in figure.axes if ax.get_gid() == gid]
    for ax in figure.axes:
        found += [child for child in ax.child_axes if child.get_gid() == gid]
    return found


def units_drawn(axes):
    """Number of units of each class on one map."""
    collections = [c for c in axes.collections if isinstance(c, PathCollection)]
    return {
        c.get_gid().removeprefix("class:"): len(c.get_paths())
        for c in collections
        if str(c.get_gid()).startswith("class:")
    }


def legend_words(figure):
    """Texts of the legends, in order."""
    return [text.get_text() for ax in axes_of(figure, "legend") for text in ax.texts]


def drawn(figure):
    """Draw a figure once, so that its extents are those of the page."""
    if not getattr(figure, "was_drawn", False):
        figure.draw_without_rendering()
        figure.was_drawn = True
    return figure


def written(figure):
    """Every text that is drawn, with its extent in pixels; rims of names are left out."""
    drawn(figure)
    every = list(figure.axes) + [child for ax in figure.axes for child in ax.child_axes]
    texts = [*figure.texts]
    for ax in every:
        texts += [*ax.texts, ax.title, ax._left_title, ax._right_title]
        texts += [] if ax.get_legend() is None else ax.get_legend().get_texts()
        if ax.axison:
            for axis in (ax.xaxis, ax.yaxis):
                low, high = sorted(axis.get_view_interval())
                ticks = [t for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
                texts += [axis.label, *(t.label1 for t in ticks if t.label1.get_visible())]
    texts = [t for t in texts if t.get_visible() and t.get_text().strip()]
    return [(t.get_text(), t.get_window_extent()) for t in texts if t.get_gid() != "halo"]


def require_words_inside(figure):
    """Every text lies inside the page and none covers another."""
    found = written(figure)
    page = figure.bbox
    for word, box in found:
        inside = (
            box.x0 >= page.x0 - 0.5
            and box.y0 >= page.y0 - 0.5
            and box.x1 <= page.x1 + 0.5
            and box.y1 <= page.y1 + 0.5
        )
        assert inside, f"{word!r} leaves the page: {box} in {page}"
    for i, (word, box) in enumerate(found):
        for other, its in found[i + 1 :]:
            wide = min(box.x1, its.x1) - max(box.x0, its.x0)
            high = min(box.y1, its.y1) - max(box.y0, its.y0)
            touch = wide > 1 and high > 0.3 * min(box.height, its.height)
            assert not touch, f"{word!r} covers {other!r}"
    return [word for word, _ in found]


def require_nothing_covered(figure, gid):
    """No axes with that id touch a unit drawn on the map below them."""
    drawn(figure)
    boxes = axes_of(figure, gid)
    assert boxes, f"no axes {gid!r}"
    for box in boxes:
        page = figure.bbox.padded(1)
        assert page.contains(*box.get_window_extent().p0), f"{gid} leaves the page"
        assert page.contains(*box.get_window_extent().p1), f"{gid} leaves the page"
        ground = shapely.box(*box.get_window_extent().extents)
        for main in axes_of(figure, "map"):
            shown = shapely.box(*main.get_window_extent().extents)
            touched = shapely.intersection(drawn_shapes(main), shown)
            assert not shapely.intersects(touched, ground).any(), f"{gid} covers a unit"


def drawn_shapes(axes):
    """Units of a map as polygons in pixels."""
    shapes = []
    for collection in axes.collections:
        if not str(collection.get_gid()).startswith("class:"):
            continue
        for path in collection.get_paths():
            rings = axes.transData.transform_path(path).to_polygons()
            shapes.extend(shapely.make_valid(shapely.Polygon(r)) for r in rings if len(r) >= 4)
    return shapes
