"""Moran scatter: the value of each unit against that of its neighbours."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.canvas import number, write
from analysis.convention import convention
from analysis.figures.frame import (
    Frame,
    Options,
    add_legend,
    dress,
    finish,
    open_axes,
    read_options,
    words,
)
from analysis.fonts import families, style
from analysis.terms import group_name, term
from spatial import AlignmentWarning
from spatial.autocorrelation import moran
from spatial.errors import InputError
from spatial.labels import canonical_index, positions
from spatial.weights.facts import read_facts
from spatial.weights.operator import operator

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["moran_scatter"]

Floats = npt.NDArray[np.float64]
SHADES = ("#35648f", "#9a0f26")  # points, line
PIXELS = 100 / 72  # of a point, on the sheets of `paper`
CROWD, FAINTEST = 1_000, 0.12  # points from which on they are smaller and fainter; least opacity
CORNERS = {"HH": (1, 1), "LH": (0, 1), "LL": (0, 0), "HL": (1, 0)}


@dataclass(frozen=True)
class Cloud:
    """Points of the scatter: standardised value and lag of the units that have both."""

    labels: pd.Index
    z: Floats
    lag: Floats
    slope: float
    without_data: int
    isolates: int


def moran_scatter(
    values: pd.Series,
    w: Graph,
    *,
    groups: pd.Series | None = None,
    outliers: int = 5,
    **options: Unpack[Options],
) -> Figure:
    """Draw standardised values against their spatial lag, with the regression line.

    z = (value − mean)/root mean square; lag = Σ_j w_ij z_j. With rows that sum to one and no
    isolates the slope is Moran's I (Anselin 1996); the line is Σ z·lag / Σ z². With groups each has
    its own colour, marker and least-squares line of lag on value, with a constant, over its units.

    Parameters
    ----------
    values
        Indexed by unit. Units of `w` without a number are cut out of it and the rest re-scaled, as
        in `spatial.moran`; the note counts them.
    w
        Weights.
    groups
        Group of each unit, indexed by unit; units without one are grey, and counted.
    outliers
        How many of the units farthest from the middle are named.
    **options
        See `Options`; `labels` maps the name of `values`, units and groups to what is printed.
        Colours: points and line, or one for each group.

    Examples
    --------
    >>> figures.moran_scatter(panel.at(2020)["resilience"], w)  # doctest: +SKIP
    """
    frame = read_options(options)
    cloud = _cloud(values, w)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AlignmentWarning)
        test = moran(values, w)
    with style(frame.font_size):
        axes = open_axes(frame, 0.92 * min(frame.width_mm, 110.0))[0]
        _draw_cloud(axes, cloud, frame, alone=groups is None)
        if groups is not None:
            by_group = _by_group(groups, cloud.labels)
            _draw_groups(axes, cloud, by_group, frame)
        _name_outliers(axes, cloud, frame, outliers, w)
        name = term("moran.value", frame.lang) if values.name is None else frame.name(values.name)
        words(
            axes,
            frame,
            term("moran.value_axis", frame.lang, name=name),
            term("moran.lag_axis", frame.lang, name=name),
        )
        _state(axes, test, frame)
        notes = convention(test.attrs, frame.lang)
        for key, count in (("no_data", cloud.without_data), ("no_neighbour", cloud.isolates)):
            if count:
                notes.append(term(f"moran.{key}", frame.lang, count=count))
        if groups is not None:
            notes.append(term("moran.by_group", frame.lang))
            lacking = int((~np.any(list(by_group.values()), axis=0)).sum())
            if lacking:
                notes.append(term("moran.no_group", frame.lang, count=lacking))
        return finish([axes], frame, notes)


def _cloud(values: pd.Series, w: Graph) -> Cloud:
    """Standardise the values and lag them on the weights among units with a number."""
    if not isinstance(values, pd.Series):
        raise InputError(
            f"values are a {type(values).__name__}, not a Series indexed by unit; "
            "bare numbers cannot be matched to units."
        )
    op = operator(w)
    labels = canonical_index(values.index, "the values")
    rows = positions(labels, op.labels, data="the values", source="the weights")
    placed = np.full(op.n, np.nan)
    placed[rows] = pd.to_numeric(values).to_numpy(dtype=float)
    known = np.flatnonzero(~np.isnan(placed))
    cut = op if len(known) == op.n else op.restricted(known)
    spread = placed[known].std() if len(known) else 0.0
    if not spread > 0:
        raise InputError("the values are missing or the same everywhere; there is no scatter.")
    z = (placed[known] - placed[known].mean()) / spread
    lag = cut.lag(z)
    linked = ~cut.isolates
    return Cloud(
        op.labels[known[linked]],
        z[linked],
        lag[linked],
        float(z @ lag / (z @ z)),
        op.n - len(known),
        int((~linked).sum()),
    )


def _by_group(groups: pd.Series, labels: pd.Index) -> dict[str, npt.NDArray[np.bool_]]:
    """Which units each group has, in the order of the groups."""
    if not isinstance(groups, pd.Series):
        raise InputError(
            f"groups are a {type(groups).__name__}, not a Series indexed by unit; bare values "
            "cannot be matched to units."
        )
    known = groups.set_axis(canonical_index(groups.index, "the groups")).reindex(labels)
    if known.isna().all():
        raise InputError("no unit of the scatter has a group; index groups by the same units.")
    order = pd.Categorical(groups).categories if groups.dtype == "category" else known.unique()
    return {str(one): (known == one).to_numpy() for one in order if (known == one).any()}


def _draw_groups(
    axes: Axes, cloud: Cloud, groups: dict[str, npt.NDArray[np.bool_]], frame: Frame
) -> None:
    """Points and least-squares line of each group."""
    for place, (name, mask) in enumerate(groups.items()):
        colour, marker = frame.mark(place)
        z, lag = cloud.z[mask], cloud.lag[mask]
        style_of: dict[str, Any] = {"s": 8, "color": colour, "marker": marker, "lw": 0}
        axes.scatter(z, lag, alpha=0.6, zorder=2, gid="units", **style_of)
        text = frame.name(name) if name in (frame.labels or {}) else group_name(name, frame.lang)
        if len(z) > 2 and z.std() > 0:
            slope, constant = np.polyfit(z, lag, 1)
            ends = np.array([z.min(), z.max()])
            axes.plot(ends, constant + slope * ends, color=colour, lw=1.0, zorder=3, gid="slope")
            value = number(float(slope), 3)
            text = term("moran.group_slope", frame.lang, name=text, value=value)
        axes.scatter([], [], label=text, **style_of)
    rest = ~np.any(list(groups.values()), axis=0)
    axes.scatter(cloud.z[rest], cloud.lag[rest], s=7, color="#9a9a9a", lw=0, zorder=1, gid="units")
    add_legend(axes, frame, len(groups))
    legend = axes.get_legend()
    if legend is not None and frame.legend is None:
        legend.set_bbox_to_anchor((0, 1.0 + 1.9 * frame.font_size * PIXELS / axes.bbox.height))


def _draw_cloud(axes: Axes, cloud: Cloud, frame: Frame, *, alone: bool) -> None:
    """Axes through the means, names of the quadrants; without groups points and line."""
    reach_x = 1.12 * float(np.abs(cloud.z).max())
    reach_y = 1.18 * float(np.abs(cloud.lag).max())
    axes.set(xlim=(-reach_x, reach_x), ylim=(-reach_y, reach_y))
    axes.axhline(0, color="#999999", lw=0.5, ls=(0, (4, 3)), zorder=1)
    axes.axvline(0, color="#999999", lw=0.5, ls=(0, (4, 3)), zorder=1)
    if alone:
        point, line = frame.palette(SHADES)[:2]
        share = min(1.0, float(np.sqrt(CROWD / len(cloud.z))))
        look: dict[str, Any] = {"s": 7 * share, "alpha": max(0.65 * share, FAINTEST)}
        axes.scatter(cloud.z, cloud.lag, color=point, lw=0, zorder=2, gid="units", **look)
        ends = np.array([-reach_x, reach_x])
        axes.plot(ends, cloud.slope * ends, color=line, lw=1.0, zorder=3, gid="slope")
    for key, (right, top) in CORNERS.items():
        place = {"ha": "right" if right else "left", "va": "top" if top else "bottom"}
        x, y = (0.985 if right else 0.015), (0.985 if top else 0.015)
        write(
            axes, x, y, term(f"cluster.{key}", frame.lang), frame.small,
            transform=axes.transAxes, color="#7a7a7a", **place,
        )  # fmt: skip
    dress(axes, frame)


def _name_outliers(axes: Axes, cloud: Cloud, frame: Frame, count: int, w: Graph) -> None:
    """Names of the units farthest from the middle, towards the middle of the axes."""
    names = read_facts(w).names
    far = np.hypot(cloud.z / cloud.z.std(), cloud.lag / max(float(cloud.lag.std()), 1e-12))
    taken: list[tuple[float, float]] = []
    height = 1.4 * frame.small / 72 * axes.get_figure(root=True).dpi  # type: ignore[union-attr]
    for row in np.argsort(-far)[: 4 * max(count, 0)]:
        if len(taken) == count:
            break
        label = str(cloud.labels[row])
        text = frame.name(label) if label in (frame.labels or {}) else names.get(label, label)
        x, y = float(cloud.z[row]), float(cloud.lag[row])
        at = axes.transData.transform((x, y))
        if any(abs(at[1] - b) < height and abs(at[0] - a) < 8 * height for a, b in taken):
            continue
        taken.append((float(at[0]), float(at[1])))
        axes.annotate(
            text, (x, y), textcoords="offset points", va="center", fontsize=frame.small,
            family=list(families()), parse_math=False, gid="outlier",
            ha="right" if x > 0 else "left", xytext=(-3 if x > 0 else 3, 0),
        )  # fmt: skip


def _state(axes: Axes, test: pd.Series, frame: Frame) -> None:
    """Moran's I and its p-value above the axes."""
    p = float(test["p_value"])
    said = term("moran.p_small", frame.lang) if p < 0.001 else f"p = {number(p, 3)}"
    text = f"{term('moran.slope', frame.lang, value=number(float(test['statistic']), 3))} ({said})"
    said_above = axes.set_title(text, loc="left", pad=4)
    said_above.set(family=list(families()), fontsize=frame.font_size, parse_math=False)
