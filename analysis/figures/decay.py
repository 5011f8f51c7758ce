"""An effect over the distance that weights reach, with the cities that stand alone below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis.figures.frame import (
    Frame,
    Options,
    add_legend,
    dress,
    finish,
    open_stack,
    read_options,
)
from analysis.fonts import style
from analysis.terms import term
from spatial.errors import InputError, named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["decay"]

NEEDED = ("km", "term", "effect", "estimate", "conf_low", "conf_high", "isolates")
CURVE, COUNTS = 44.0, 15.0  # millimetres


def decay(
    curve: pd.DataFrame,
    *,
    effect: str = "indirect",
    terms: Sequence[str] | str | None = None,
    truth: pd.Series | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw an effect with its interval over distance, above the number of cities alone.

    Parameters
    ----------
    curve
        From `spatial.decay`.
    effect
        "direct", "indirect" or "total".
    terms
        Which terms; all by default, each with its own mark.
    truth
        Known values by distance, drawn as a dashed line.
    **options
        See `Options`; one `ax` is divided into the two panels.

    Examples
    --------
    >>> figures.decay(spatial.decay(model, panel, cities, "x", km=[100, 200]))  # doctest: +SKIP
    """
    frame = read_options(options)
    every, wanted = _chosen(curve, effect, terms)
    found = every[every["estimate"].notna()]
    with style(frame.font_size):
        above, below = open_stack(frame, (CURVE, COUNTS), 12)
        entries = _draw_curves(above, found, wanted, truth, frame)
        above.set_ylabel(term(f"effect.{effect}", frame.lang))
        dress(above, frame)
        above.tick_params(axis="x", labelbottom=False)
        add_legend(above, frame, entries if entries > 1 else 0)
        _draw_counts(below, every[every["term"] == wanted[0]], frame)
        return finish([frame.ax or above, below], frame, _notes(every, frame))


def _chosen(
    curve: pd.DataFrame, effect: str, terms: Sequence[str] | str | None
) -> tuple[pd.DataFrame, list[str]]:
    absent = [name for name in NEEDED if name not in curve.columns]
    if absent:
        raise InputError(
            f"the curve lacks the column {absent[0]!r}; give what spatial.decay returns."
        )
    present = list(dict.fromkeys(map(str, curve["term"])))
    wanted = present if terms is None else [terms] if isinstance(terms, str) else list(terms)
    unknown = [name for name in wanted if name not in present]
    if unknown or not wanted:
        raise InputError(f"the curve has no term {named(unknown)}; it has {named(present)}.")
    every = curve[(curve["effect"] == effect) & curve["term"].isin(wanted)].sort_values("km")
    if every["estimate"].isna().all():
        raise InputError(f"the curve has no estimate of effect={effect!r}.")
    return every, wanted


def _draw_curves(
    axes: Axes, found: pd.DataFrame, wanted: Sequence[str], truth: pd.Series | None, frame: Frame
) -> int:
    """Curves with bands; how many entries the legend has."""
    axes.axhline(0, color="#999999", lw=0.5, zorder=1)
    for place, name in enumerate(wanted):
        part = found[found["term"] == name]
        km, colour = part["km"].to_numpy(dtype=float), frame.mark(place)[0]
        low, high = part["conf_low"].to_numpy(float), part["conf_high"].to_numpy(float)
        axes.fill_between(km, low, high, color=colour, alpha=0.16, lw=0, zorder=1)
        label = frame.name(name) if len(wanted) > 1 else term("decay.estimate", frame.lang)
        axes.plot(
            km, part["estimate"], color=colour, lw=1.0, marker="o", ms=2.8, zorder=3, label=label
        )
    if truth is None:
        return len(wanted)
    axes.plot(
        truth.index.to_numpy(dtype=float), truth.to_numpy(dtype=float),
        color=frame.palette()[1], lw=1.0, ls=(0, (4, 2)), zorder=2,
        label=term("decay.truth", frame.lang),
    )  # fmt: skip
    return len(wanted) + 1


def _draw_counts(axes: Axes, part: pd.DataFrame, frame: Frame) -> None:
    rescued = "rescued" in part and bool((part["rescued"] > 0).any())
    counts = part["rescued" if rescued else "isolates"].to_numpy(dtype=float)
    km = part["km"].to_numpy(dtype=float)
    wide = 0.6 * min((b - a for a, b in pairwise(km)), default=20.0)
    axes.bar(km, counts, width=wide, color="#8c8c8c", lw=0)
    if len(km) <= frame.width_mm / 5:
        for at, count in zip(km, counts, strict=True):
            if count == count:  # not NaN
                axes.annotate(
                    f"{count:.0f}", (at, count), (0, 1), textcoords="offset points", ha="center",
                    va="bottom", fontsize=frame.small, color="#404040",
                )  # fmt: skip
    axes.margins(y=0.35)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(term("decay.rescued" if rescued else "decay.isolates", frame.lang))
    axes.set_xlabel(term("decay.km", frame.lang))
    dress(axes, frame)
    axes.locator_params(axis="y", nbins=3, integer=True)


def _notes(every: pd.DataFrame, frame: Frame) -> list[str]:
    notes = []
    if "mode" in every and len(set(every["mode"])) == 1:
        notes.append(term(f"decay.{every['mode'].iloc[0]}", frame.lang))
    lost = every.loc[every["estimate"].isna(), "km"].unique()
    if len(lost):
        glue = "、" if frame.lang == "zh" else ", "
        notes.append(term("decay.failed", frame.lang, km=glue.join(f"{one:g}" for one in lost)))
    return notes
