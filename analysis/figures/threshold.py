"""Likelihood ratio over the values of a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from analysis.canvas import number
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
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["threshold"]

HEAD = 4.0  # critical values that are shown above the line


def threshold(result: Any, **options: Unpack[Options]) -> Figure:
    """Draw the likelihood ratio of every value tried, and the interval that it gives.

    What lies on or below the dashed line is in the interval (Hansen, 1999, fig. 1–3).

    Parameters
    ----------
    result
        From `spatial.threshold`; two thresholds are two panels.
    **options
        See `Options`; `labels` names the variable. Colours: curve, estimate.

    Examples
    --------
    >>> found = spatial.threshold("y ~ x", panel, w, variable="q", of="x")  # doctest: +SKIP
    >>> figures.threshold(found)  # doctest: +SKIP
    """
    frame = read_options(options)
    if not all(hasattr(result, name) for name in ("curve", "thresholds", "critical")):
        raise InputError(f"a {type(result).__name__} has no thresholds; give spatial.threshold.")
    parts = list(result.curve.groupby("threshold"))
    if frame.ax is not None and len(parts) > 1:
        raise InputError("two thresholds do not fit into one ax; leave ax out.")
    beside = frame.width_mm >= 110
    rows, columns = (1, len(parts)) if beside else (len(parts), 1)
    with style(frame.font_size):
        height = 0.62 * min(frame.width_mm / columns, 120.0)
        axes = open_axes(frame, rows * height, rows, columns)
        for place, (key, curve) in enumerate(parts):
            row = result.thresholds.set_index("threshold").loc[key]
            _draw(axes[place], curve, row, result, frame)
            y = term("threshold.ratio", frame.lang) if place % columns == 0 else ""
            words(axes[place], frame, frame.name(result.variable), y)
        add_legend(axes[0], frame, 3)
        estimates = "; ".join(_told(row) for _, row in result.thresholds.iterrows())
        note = term("threshold.note", frame.lang, level=f"{100 * result.level:g}", found=estimates)
        return finish(axes, frame, [note])


def _told(row: pd.Series[Any]) -> str:
    """Estimate and interval of one threshold."""
    values = [number(float(row[key]), 3) for key in ("estimate", "conf_low", "conf_high")]
    return f"{values[0]} [{values[1]}, {values[2]}]"


def _draw(axes: Axes, curve: pd.DataFrame, row: pd.Series[Any], result: Any, frame: Frame) -> None:
    """Curve, critical value and interval of one threshold."""
    curve_colour, estimate_colour = frame.palette()[:2]
    level = f"{100 * result.level:g}"
    shade = term("threshold.interval", frame.lang, level=level)
    axes.axvspan(row["conf_low"], row["conf_high"], color="#d9d9d9", lw=0.6, zorder=0, label=shade)
    axes.plot(curve["value"], curve["ratio"], color=curve_colour, lw=0.8, zorder=2)
    estimate = term("threshold.estimate", frame.lang)
    axes.axvline(row["estimate"], color=estimate_colour, lw=0.8, zorder=1, label=estimate)
    critical = term("threshold.critical", frame.lang, value=f"{result.critical:.2f}")
    dashes = (0, (4, 2))
    axes.axhline(result.critical, color="#555555", lw=0.7, ls=dashes, zorder=1, label=critical)
    top = max(float(curve["ratio"].max()), HEAD * result.critical)
    axes.set_ylim(-0.02 * top, 1.05 * top)
