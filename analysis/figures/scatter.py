"""Moran scatter: the value of each unit against that of its neighbours."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.canvas import number, write
from analysis.convention import convention
from analysis.figures.frame import Frame, Options, dress, finish, open_axes, read_options, words
from analysis.fonts import families, style
from analysis.terms import term
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
POINT = "#35648f"
LINE_COLOUR = "#9a0f26"
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
    values: pd.Series, w: Graph, *, outliers: int = 5, **options: Unpack[Options]
) -> Figure:
    """Draw standardised values against their spatial lag, with the regression line.

    z = (value − mean)/root mean square; lag = Σ_j w_ij z_j. With rows that sum to one and no
    isolates the slope is Moran's I (Anselin 1996); the line is Σ z·lag / Σ z².

    Parameters
    ----------
    values
        Indexed by unit. Units of `w` without a number are cut out of it and the rest re-scaled, as
        in `spatial.moran`; the note counts them.
    w
        Weights.
    outliers
        How many of the units farthest from the middle are named.
    **options
        See `Options`; `labels` maps the name of `values`, and units, to what is printed.

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
        _draw_cloud(axes, cloud, frame)
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


def _draw_cloud(axes: Axes, cloud: Cloud, frame: Frame) -> None:
    """Points, axes through the means, regression line, names of the quadrants."""
    reach_x = 1.12 * float(np.abs(cloud.z).max())
    reach_y = 1.18 * float(np.abs(cloud.lag).max())
    axes.set(xlim=(-reach_x, reach_x), ylim=(-reach_y, reach_y))
    axes.axhline(0, color="#999999", lw=0.5, ls=(0, (4, 3)), zorder=1)
    axes.axvline(0, color="#999999", lw=0.5, ls=(0, (4, 3)), zorder=1)
    axes.scatter(cloud.z, cloud.lag, s=7, color=POINT, alpha=0.65, lw=0, zorder=2, gid="units")
    ends = np.array([-reach_x, reach_x])
    axes.plot(ends, cloud.slope * ends, color=LINE_COLOUR, lw=1.0, zorder=3, gid="slope")
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
