"""Effects of a treatment by time since it began, on the treated and on their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from analysis.canvas import number
from analysis.figures.effects import interval_note
from analysis.figures.frame import (
    Frame,
    Options,
    add_legend,
    finish,
    open_axes,
    read_options,
    words,
)
from analysis.fonts import families, style
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["event_study"]

KINDS = ("own", "neighbours")
NEEDED = ("effect", "time", "estimate", "conf_low", "conf_high")


def event_study(fits: Any, *, kinds: Sequence[str] = KINDS, **options: Unpack[Options]) -> Figure:
    """Draw the leads and lags of a spatial difference in differences with their intervals.

    A panel for the effect on the treated themselves and one for that of treated neighbours; the
    dashed line stands before the first treated time. Several estimators stand beside one another.

    Parameters
    ----------
    fits
        A `spatial.DIDFit`, its `events()`, or name of an estimator to either. Of a fit the note
        also gives the p-value of the test that all leads are zero.
    kinds
        Of "own" and "neighbours".
    **options
        See `Options`; one `ax` takes one kind.

    Examples
    --------
    >>> figures.event_study({"imputation": fit, "two-way": twoway})  # doctest: +SKIP
    """
    frame = read_options(options)
    given = dict(fits) if isinstance(fits, Mapping) else {"": fits}
    tables = {frame.name(name) if name else "": _table(fit) for name, fit in given.items()}
    _require_kinds(kinds, frame)
    with style(frame.font_size):
        wide = frame.width_mm >= 110
        rows, columns = (1, len(kinds)) if wide else (len(kinds), 1)
        axes = open_axes(frame, 50.0 * rows + 3, rows, columns)
        for place, kind in enumerate(kinds):
            _draw(axes[place], tables, kind, frame)
            label = term("event.axis", frame.lang) if place % columns == 0 else ""
            words(axes[place], frame, term("event.time", frame.lang), label)
            if frame.ax is None:
                _head(axes[place], term(f"event.{kind}", frame.lang), frame)
        if len(tables) > 1:
            for one in axes[:1] if wide else axes:
                add_legend(one, frame, len(tables))
                _inside(one, frame)
        notes = [*interval_note(tables, frame), *_last_note(tables, frame)]
        return finish(axes, frame, [*notes, *_trend_notes(given, frame, kinds)])


def _table(fit: Any) -> pd.DataFrame:
    """Events of a fit, or the table itself."""
    table = fit if isinstance(fit, pd.DataFrame) else None
    if table is None and callable(getattr(fit, "events", None)):
        table = fit.events()
    if table is None or not set(NEEDED) <= set(table.columns) or not len(table):
        raise InputError(
            f"a {type(fit).__name__} has no events to draw; give a spatial.DIDFit or what its "
            "events() returns."
        )
    return table


def _require_kinds(kinds: Sequence[str], frame: Frame) -> None:
    if isinstance(kinds, str) or not kinds or not set(kinds) <= set(KINDS):
        raise InputError(f"kinds={kinds!r} must be a list out of {', '.join(KINDS)}.")
    if frame.ax is not None and len(kinds) > 1:
        raise InputError("one ax takes one kind; give kinds=['own'], or leave ax out.")


def _draw(axes: Axes, tables: Mapping[str, pd.DataFrame], kind: str, frame: Frame) -> None:
    """Points with intervals over time, the estimators a little apart."""
    axes.axhline(0, color="#999999", lw=0.5, zorder=1)
    axes.axvline(-0.5, color="#999999", lw=0.6, ls=(0, (4, 3)), zorder=1)
    offsets = np.linspace(-0.14, 0.14, len(tables)) if len(tables) > 1 else np.zeros(1)
    times: set[int] = set()
    for place, ((name, table), offset) in enumerate(zip(tables.items(), offsets, strict=True)):
        part = table[table["effect"] == kind]
        colour, marker = frame.mark(place)
        times |= set(part["time"].astype(int))
        middle = part["estimate"].to_numpy(dtype=float)
        low = np.nan_to_num(middle - part["conf_low"].to_numpy(dtype=float))
        high = np.nan_to_num(part["conf_high"].to_numpy(dtype=float) - middle)
        axes.errorbar(
            part["time"].to_numpy(dtype=float) + offset, middle, yerr=[low, high],
            fmt=marker, color=colour, ms=3.4,
            elinewidth=0.9, capsize=1.6, capthick=0.7, mew=0, label=name or None, zorder=2,
        )  # fmt: skip
    if times:
        _mark(axes, range(min(times), max(times) + 1))


def _mark(axes: Axes, times: range) -> None:
    """A tick for each time, thinned to what fits; the last stands for all later ones."""
    step = -(-len(times) // 12)
    shown = [time for time in times if (times[-1] - time) % step == 0]
    said = [f"{time}".replace("-", "−") for time in shown]
    said[-1] = f"≥{said[-1]}"
    axes.set_xticks(shown, said)


def _head(axes: Axes, text: str, frame: Frame) -> None:
    above = axes.set_title(text, loc="left", pad=4)
    above.set(family=list(families()), fontsize=frame.font_size, parse_math=False)


def _inside(axes: Axes, frame: Frame) -> None:
    """Legend below the heading instead of over it, on white so that no line crosses it."""
    legend = axes.get_legend()
    if legend is not None and frame.legend is None and frame.ax is None:
        legend.set_bbox_to_anchor((0, 0.99))
        legend.set_loc("upper left")
        legend.set_frame_on(True)
        legend.get_frame().set(facecolor="white", edgecolor="none", alpha=1.0)


def _last_note(tables: Mapping[str, pd.DataFrame], frame: Frame) -> list[str]:
    last = max(int(table["time"].max()) for table in tables.values())
    return [term("event.last", frame.lang, time=last)] if last >= 0 else []


def _trend_notes(given: Mapping[str, Any], frame: Frame, kinds: Sequence[str]) -> list[str]:
    """p-values of the tests that all leads are zero."""
    notes, colon = [], "：" if frame.lang == "zh" else ": "
    for name, fit in given.items():
        if not callable(getattr(fit, "pretrend", None)):
            continue
        found = fit.pretrend().set_index("effect")["p_value"].reindex(list(kinds)).dropna()
        said = [
            term("event.p", frame.lang, kind=term(f"event.{kind}_short", frame.lang), p=_p(p))
            for kind, p in found.items()
        ]
        if said:
            tests = ("，" if frame.lang == "zh" else ", ").join(said)
            text = term("event.trend", frame.lang, tests=tests)
            notes.append(f"{frame.name(name)}{colon}{text}" if name else text)
    return notes


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {number(value, 3)}"
