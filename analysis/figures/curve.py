"""A specification curve: sorted estimates above, the choices that make each below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from analysis.figures.frame import (
    COLOURS,
    Frame,
    Options,
    add_legend,
    dress,
    finish,
    open_stack,
    read_options,
)
from analysis.fonts import families, style
from analysis.terms import TERMS, term
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["specification_curve"]

DIMENSIONS = (
    "weights", "formula", "kind", "fixed_effects", "estimator", "covariance", "winsorise",
    "lag_regressors", "drop", "drop_times", "controls",
)  # fmt: skip
NEEDED = ("specification", "effect", "estimate", "p_value", "conf_low", "conf_high")
SHADES = (COLOURS[0], "#9db4c8", COLOURS[1])  # significant, not, main specification
CURVE = 42.0  # millimetres
ROW = 3.1
GAP = 0.55  # rows between two dimensions


def specification_curve(
    curve: pd.DataFrame,
    *,
    effect: str = "indirect",
    alpha: float = 0.05,
    **options: Unpack[Options],
) -> Figure:
    """Draw estimates of all specifications in ascending order above the matrix of their choices.

    Estimates with p < alpha are dark, the main specification stands out. Of the dimensions those
    are shown in which the specifications differ. What could not be fitted is counted in the note.

    Parameters
    ----------
    curve
        From `spatial.specification_curve`.
    effect
        "direct", "indirect" or "total".
    alpha
        Level of significance.
    **options
        See `Options`; `labels` maps the term and names of choices to printed ones; one `ax` is
        divided into the two panels. Colours: significant, not significant, main specification.

    Examples
    --------
    >>> figures.specification_curve(curve, lang="zh", width_mm=160)  # doctest: +SKIP
    """
    frame = read_options(options)
    every = _chosen(curve, effect, alpha)
    found = every[every["estimate"].notna()].sort_values(
        ["estimate", "specification"], kind="stable", ignore_index=True
    )
    rows = _rows(every[every["estimate"].notna()].sort_values("specification", kind="stable"))
    height = len(rows) * ROW + (len({d for d, _ in rows}) - 1) * GAP * ROW
    with style(frame.font_size):
        above, below = open_stack(frame, (CURVE, height + 2), 4)
        _draw_estimates(above, found, effect, alpha, frame)
        _draw_matrix(below, found, rows, alpha, frame)
        add_legend(above, frame, 3)
        return finish([frame.ax or above, below], frame, _notes(every, found, alpha, frame))


def _chosen(curve: pd.DataFrame, effect: str, alpha: float) -> pd.DataFrame:
    absent = [name for name in NEEDED if name not in curve.columns]
    if absent:
        raise InputError(
            f"the curve lacks the column {absent[0]!r}; give what spatial.specification_curve "
            "returns."
        )
    if not 0 < alpha < 1:
        raise InputError(f"alpha={alpha!r} lies not between 0 and 1.")
    every = curve[curve["effect"] == effect]
    if every.empty or every["estimate"].isna().all():
        raise InputError(
            f"the curve has no estimate of effect={effect!r}; it has "
            f"{', '.join(curve['effect'].unique())}."
        )
    return every


def _rows(every: pd.DataFrame) -> list[tuple[str, str]]:
    """Dimension and level of each row of the matrix, where specifications differ."""
    rows = []
    for dimension in DIMENSIONS:
        if dimension in every and len(set(every[dimension])) > 1:
            rows += [(dimension, level) for level in dict.fromkeys(every[dimension])]
    return rows


def _draw_estimates(
    axes: Axes, found: pd.DataFrame, effect: str, alpha: float, frame: Frame
) -> None:
    at, colours = np.arange(len(found)), _colours(found, alpha, frame)
    dark, light, main_colour = frame.palette(SHADES)[:3]
    wide = max(0.35, min(1.6, 90 / len(found)))
    axes.axhline(0, color="#999999", lw=0.5, zorder=1)
    axes.vlines(
        at, found["conf_low"], found["conf_high"], colors=colours, lw=wide, alpha=0.45, zorder=2
    )
    size = max(1.5, min(12.0, 700 / len(found)))
    sure = (found["p_value"] < alpha).to_numpy()
    for mask, colour, key in ((sure, dark, "significant"), (~sure, light, "not")):
        axes.scatter(
            at[mask], found["estimate"][mask], s=size, color=colour, lw=0, zorder=3,
        )  # fmt: skip
        if mask.any():
            label = term(f"curve.{key}", frame.lang, alpha=f"{alpha:g}")
            axes.scatter([], [], s=12, color=colour, lw=0, label=label)
    main = (found["specification"] == 0).to_numpy()
    axes.scatter(
        at[main], found["estimate"][main], s=max(16.0, size), color=main_colour, marker="D", lw=0,
        zorder=4, label=term("curve.main", frame.lang) if main.any() else None,
    )  # fmt: skip
    name = frame.name(found["term"].iloc[0]) if "term" in found else ""
    printed = term(f"effect.{effect}", frame.lang)
    axes.set_ylabel(term("curve.axis", frame.lang, effect=printed, term=name) if name else printed)
    axes.set_xlim(-0.8, len(found) - 0.2)
    dress(axes, frame)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0, labelbottom=False)


def _draw_matrix(
    axes: Axes, found: pd.DataFrame, rows: list[tuple[str, str]], alpha: float, frame: Frame
) -> None:
    colours, height = _colours(found, alpha, frame), 0.0
    at = np.arange(len(found))
    places: list[float] = []
    texts: list[str] = []
    before = rows[0][0] if rows else ""
    for dimension, level in rows:
        height += GAP if dimension != before else 0.0
        first = not texts or dimension != before
        before = dimension
        mask = (found[dimension] == level).to_numpy()
        axes.vlines(
            at[mask], height - 0.32, height + 0.32, colors=[colours[i] for i in at[mask]],
            lw=max(0.4, min(2.4, 150 / len(found))),
        )  # fmt: skip
        places.append(height)
        texts.append(_printed(dimension, level, frame, first=first))
        height += 1.0
    axes.set_ylim(height - 0.4, -0.6)
    axes.set_yticks(places, texts)
    dress(axes, frame)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="both", length=0, labelbottom=False)
    for text in axes.get_yticklabels():
        text.set(family=list(families()), parse_math=False, fontsize=frame.small)


def _printed(dimension: str, level: str, frame: Frame, *, first: bool) -> str:
    """Name of a level, behind that of its dimension in the first row."""
    known = f"curve.level.{level}"
    word = term(known, frame.lang) if known in TERMS else frame.name(level)
    word = frame.name(level) if level in (frame.labels or {}) else word
    if dimension == "winsorise" and level != "none":
        word = f"{100 * float(level):g} %"
    glue = "：" if frame.lang == "zh" else ": "
    return f"{term(f'curve.{dimension}', frame.lang)}{glue}{word}" if first else word


def _colours(found: pd.DataFrame, alpha: float, frame: Frame) -> list[str]:
    dark, light, main_colour = frame.palette(SHADES)[:3]
    pairs = zip(found["specification"] == 0, found["p_value"] < alpha, strict=True)
    return [main_colour if main else dark if sure else light for main, sure in pairs]


def _notes(every: pd.DataFrame, found: pd.DataFrame, alpha: float, frame: Frame) -> list[str]:
    up, down = found["estimate"] > 0, found["estimate"] < 0
    sure = found["p_value"] < alpha
    shares = {"up": up, "up_sure": up & sure, "down": down, "down_sure": down & sure}
    shown = {name: f"{100 * part.mean():.0f} %" for name, part in shares.items()}
    notes = [term("curve.shares", frame.lang, count=len(found), alpha=f"{alpha:g}", **shown)]
    failed = len(every) - len(found)
    return [*notes, *([term("curve.failed", frame.lang, count=failed)] if failed else [])]
