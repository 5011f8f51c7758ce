"""Densities year by year, and transition probabilities as a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from analysis.canvas import number
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
from analysis.terms import TERMS, term
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["densities", "transitions"]

RAMP = ("#9ecae1", "#1f4e79", "#c8501e")  # first time, last but one, last
NAMED = 6
DASHES = ("-", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1, 1)))
SHADES = ("#ffffff", "#1f4e79")
ROW_MM = 9.0


def densities(table: pd.DataFrame, **options: Unpack[Options]) -> Figure:
    """Draw kernel densities over time, the earliest light, the last one in another colour.

    Parameters
    ----------
    table
        From `spatial.distribution.densities`. Where it holds more than six times the legend names
        six of them, and all are drawn.
    **options
        See `Options`; `labels` names the column. Colours: first time, last but one, last.

    Examples
    --------
    >>> figures.densities(spatial.distribution.densities(panel, "resilience"))  # doctest: +SKIP
    """
    frame = read_options(options)
    _require(table, ("value", "density"), "spatial.distribution.densities")
    time = table.attrs.get("time", table.columns[0])
    times = list(table[time].unique())
    shown = {
        times[i] for i in np.linspace(0, len(times) - 1, min(NAMED, len(times))).round().astype(int)
    }
    with style(frame.font_size):
        axes = open_axes(frame, 0.62 * min(frame.width_mm, 120.0))[0]
        early, late, last = frame.palette(RAMP)[:3]
        for place, (one, part) in enumerate(table.groupby(time, sort=False)):
            final = place == len(times) - 1 and len(times) > 1
            few = len(times) <= NAMED and not final
            axes.plot(
                part["value"],
                part["density"],
                lw=1.1 if final else 0.9,
                color=last if final else _between((early, late), place / max(len(times) - 1, 1)),
                label=str(one) if one in shown else None,
                ls=DASHES[place % len(DASHES)] if few else "-",
            )
        axes.set_ylim(bottom=0)
        axes.margins(x=0)
        name = frame.name(table.attrs.get("column", ""))
        words(axes, frame, name, term("density.axis", frame.lang))
        add_legend(axes, frame, len(shown))
        notes = [term(f"density.{table.attrs.get('rule', 'given')}", frame.lang)]
        if len(times) > len(shown):
            notes.append(term("density.unnamed", frame.lang, count=len(times)))
        return finish([axes], frame, notes)


def transitions(table: pd.DataFrame, *, decimals: int = 2, **options: Unpack[Options]) -> Figure:
    """Draw transition probabilities as a heat map, one panel for each condition.

    Parameters
    ----------
    table
        From `spatial.transitions`, or `spatial.distribution.class_transitions`.
    decimals
        Of the probabilities; below each stands the number of transitions.
    **options
        See `Options`. Colours: of probability zero and of one.

    Examples
    --------
    >>> table = spatial.transitions(panel, "res", given="neighbours", w=w)  # doctest: +SKIP
    >>> figures.transitions(table)  # doctest: +SKIP
    """
    frame = read_options(options)
    _require(table, ("from", "to", "estimate", "count"), "spatial.transitions")
    parts = _parts(table, frame.lang)
    if frame.ax is not None and len(parts) > 1:
        raise InputError(
            f"{len(parts)} conditions do not fit into one ax; draw one of them, or leave ax out."
        )
    rows = -(-len(parts) // max(1, int(frame.width_mm // 50)))
    columns = -(-len(parts) // rows)
    size = len(table["from"].unique())
    with style(frame.font_size):
        height = rows * (size * ROW_MM + 15)
        axes = open_axes(frame, height, rows, columns)
        for place, (title, part) in enumerate(parts):
            _heat(axes[place], part, title, decimals, frame, edge=place % columns == 0)
        for spare in axes[len(parts) :]:
            spare.set_axis_off()
        step = int(table.attrs.get("step", 1))
        notes = [term("transition.note", frame.lang, step=step)]
        scope = table.attrs.get("scope")
        notes += [term(f"transition.{scope}", frame.lang)] if scope else []
        local = table.attrs.get("local")
        if local:
            glue = "；" if frame.lang == "zh" else "; "
            told = {key: value for key, value in local.items() if "weights" not in key}
            how = glue.join(convention(told, frame.lang))
            notes.append(term("transition.local", frame.lang, how=how))
        return finish(axes, frame, notes)


def _parts(table: pd.DataFrame, lang: str) -> list[tuple[str, pd.DataFrame]]:
    if "given" not in table.columns:
        return [("", table)]
    key = f"transition.given_{table.attrs.get('given', 'time')}"
    return [
        (term(key, lang, value=value), part) for value, part in table.groupby("given", sort=False)
    ]


def _heat(
    axes: Axes,
    part: pd.DataFrame,
    title: str,
    decimals: int,
    frame: Frame,
    *,
    edge: bool,
) -> None:
    """One matrix: shades, probabilities and counts."""
    names = list(part["from"].unique())
    shape = (len(names), len(names))
    shares = part["estimate"].to_numpy(dtype=float).reshape(shape)
    counts = part["count"].to_numpy().reshape(shape)
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("shares", list(frame.palette(SHADES)[:2]))
    ramp = shades.with_extremes(bad="#eeeeee")
    axes.imshow(np.ma.masked_invalid(shares), cmap=ramp, vmin=0, vmax=1, aspect="auto")
    text: dict[str, Any] = {
        "ha": "center", "va": "center", "fontsize": frame.small, "family": list(families()),
        "parse_math": False, "linespacing": 1.05,
    }  # fmt: skip
    for row in range(len(names)):
        for column in range(len(names)):
            share = shares[row, column]
            shown = "–" if np.isnan(share) else number(round(share, decimals), decimals)
            colour = "white" if _dark(ramp(share)) else "#222222"
            axes.text(column, row, f"{shown}\n({counts[row, column]})", color=colour, **text)
    printed = [_class_name(name, frame) for name in names]
    axes.set_xticks(range(len(names)), printed)
    if _crowded(axes, printed, frame):
        axes.tick_params(axis="x", labelrotation=30)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), printed)
    axes.set_xlabel(term("transition.to", frame.lang))
    if edge:
        axes.set_ylabel(term("transition.from", frame.lang))
    if title:
        axes.set_title(title, loc="left")
    dress(axes, frame)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelleft=edge)


def _crowded(axes: Axes, printed: Sequence[str], frame: Frame) -> bool:
    """Whether names of classes side by side would run into one another."""
    figure: Any = axes.get_figure()
    room = 72.0 * figure.get_figwidth() * axes.get_position().width / len(printed)
    widest = max(sum(1.0 if ord(c) > 0x2E80 else 0.55 for c in name) for name in printed)
    return bool(widest * frame.font_size > 0.9 * room)


def _class_name(name: str, frame: Frame) -> str:
    """Printed name of a class: of a local statistic in words, else as it is."""
    key = f"cluster.{name}"
    return term(key, frame.lang) if key in TERMS else frame.name(name)


def _dark(colour: tuple[float, ...]) -> bool:
    """Whether white can be read on it better than black (relative luminance)."""
    red, green, blue = colour[:3]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5


def _between(ends: tuple[str, str], share: float) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    low, high = (np.array(to_rgb(colour)) for colour in ends)
    red, green, blue = (1 - share) * low + share * high
    return float(red), float(green), float(blue)


def _require(table: pd.DataFrame, columns: tuple[str, ...], source: str) -> None:
    lacking = [c for c in columns if c not in getattr(table, "columns", ())]
    if lacking or not len(table):
        what = f"column {lacking[0]!r}" if lacking else "rows"
        raise InputError(f"the table has no {what}; give what {source} returns.")
