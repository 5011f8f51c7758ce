"""Moran's I year by year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from analysis.convention import convention
from analysis.figures.frame import (
    Frame,
    Options,
    add_legend,
    finish,
    open_axes,
    read_options,
    words,
)
from analysis.fonts import style
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["moran_over_time"]

NEEDED = ("statistic", "expected", "std_dev", "p_value")


def moran_over_time(
    tables: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    alpha: float = 0.05,
    band: bool = True,
    **options: Unpack[Options],
) -> Figure:
    """Draw Moran's I over time; filled marks where p ≤ alpha, hollow ones elsewhere.

    Parameters
    ----------
    tables
        From `spatial.moran_by_time`, or name of a series to such a table.
    alpha
        Level at which marks are filled, and 1 − alpha the width of the band.
    band
        Shade the range of I under no autocorrelation, expected ± z·std_dev (one table only).
    **options
        See `Options`; default width 80 mm.

    Examples
    --------
    >>> figures.moran_over_time(spatial.moran_by_time(panel, "resilience", w))  # doctest: +SKIP
    """
    from scipy.special import ndtri

    frame = read_options(options)
    if not 0 < alpha < 1:
        raise InputError(f"alpha={alpha} must lie between 0 and 1.")
    series = dict(tables) if isinstance(tables, Mapping) else {"": tables}
    _require_tables(series)
    with style(frame.font_size):
        axes = open_axes(frame, 0.62 * min(frame.width_mm, 120.0))[0]
        if band and len(series) == 1:
            _shade(axes, next(iter(series.values())), float(ndtri(1 - alpha / 2)), alpha, frame)
        axes.axhline(0, color="#999999", lw=0.5, zorder=1)
        for place, (name, table) in enumerate(series.items()):
            _draw_series(axes, frame.name(name), table, alpha, frame.mark(place))
        entries = _explain(axes, alpha, frame) + len([name for name in series if name])
        entries += bool(band and len(series) == 1)
        first = next(iter(series.values()))
        _mark_times(axes, series)
        time = first.index.name
        known = isinstance(time, str) and time in (frame.labels or {})
        x = frame.name(time) if known else term("moran.time", frame.lang)
        words(axes, frame, x, term("moran.statistic", frame.lang))
        add_legend(axes, frame, entries)
        return finish([axes], frame, convention(first.attrs, frame.lang))


def _require_tables(series: Mapping[str, object]) -> None:
    """Refuse what does not come from moran_by_time."""
    if not series:
        raise InputError("there is no table to draw; give what spatial.moran_by_time returns.")
    for name, table in series.items():
        lacking = [c for c in NEEDED if c not in getattr(table, "columns", ())]
        if lacking or not len(table):  # type: ignore[arg-type]
            what = f"the table of {name}" if name else "the table"
            missing = f"column {lacking[0]!r}" if lacking else "rows"
            raise InputError(f"{what} has no {missing}; give what spatial.moran_by_time returns.")


def _shade(axes: Axes, table: pd.DataFrame, z: float, alpha: float, frame: Frame) -> None:
    """Range of I when values are spread at random."""
    low = table["expected"] - z * table["std_dev"]
    high = table["expected"] + z * table["std_dev"]
    text = term("moran.band", frame.lang, level=f"{100 * (1 - alpha):g}")
    x = _times(table)
    axes.fill_between(x, low, high, color="#d9d9d9", alpha=0.6, lw=0, zorder=0, label=text)


def _draw_series(
    axes: Axes, name: str, table: pd.DataFrame, alpha: float, mark: tuple[str, str]
) -> None:
    """One line with a mark per time."""
    colour, marker = mark
    x, y = _times(table), table["statistic"].to_numpy()
    axes.plot(x, y, color=colour, lw=0.9, zorder=2, label=name or None, marker=marker, ms=3.4)
    hollow = table["p_value"].to_numpy() > alpha
    style_of: dict[str, Any] = {"marker": marker, "ls": "none", "ms": 3.4, "mew": 0.7, "zorder": 3}
    axes.plot(x[hollow], y[hollow], mfc="white", mec=colour, gid="not significant", **style_of)


def _explain(axes: Axes, alpha: float, frame: Frame) -> int:
    """Legend entries of filled and hollow marks."""
    for face, key in (("#555555", "moran.significant"), ("white", "moran.not_significant")):
        text = term(key, frame.lang, alpha=f"{alpha:g}")
        axes.plot([], [], "o", ms=3.4, mfc=face, mec="#555555", mew=0.7, label=text)
    return 2


def _times(table: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Place times on the axis: numbers where they are numbers, else 0, 1, 2, ..."""
    if pd.api.types.is_numeric_dtype(table.index):
        return table.index.to_numpy()
    return np.arange(len(table))


def _mark_times(axes: Axes, series: Mapping[str, pd.DataFrame]) -> None:
    """Ticks at times, thinned to what fits; texts where times are no numbers."""
    first = next(iter(series.values()))
    if pd.api.types.is_numeric_dtype(first.index):
        from matplotlib.ticker import MaxNLocator

        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.xaxis.set_major_formatter("{x:.0f}")
        return
    step = -(-len(first) // 10)
    axes.set_xticks(range(0, len(first), step), [str(t) for t in first.index[::step]])
