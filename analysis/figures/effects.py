"""Direct, indirect and total effects with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from analysis.canvas import wrap
from analysis.figures.frame import (
    Frame,
    Options,
    add_legend,
    dress,
    finish,
    open_axes,
    read_options,
)
from analysis.fonts import families, style
from analysis.terms import term
from spatial.errors import InputError, named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["effects", "interval_note"]

KINDS = ("direct", "indirect", "total")
NEEDED = ("term", "effect", "estimate", "conf_low", "conf_high")
ROW = 5.2  # millimetres for each mark
NAMES = 0.35  # share of the width that names of terms may take before they wrap


def effects(
    fits: Any,
    *,
    terms: Sequence[str] | None = None,
    kinds: Sequence[str] = KINDS,
    **options: Unpack[Options],
) -> Figure:
    """Draw effects as points with confidence intervals.

    One model: its direct, indirect and total effects beside one another. Several models: a panel
    for each kind of effect, the models side by side. A dynamic model is drawn as two, its short and
    its long run; effects that do not exist are left out, with a note.

    Parameters
    ----------
    fits
        A fit, its `effects()` table, or name of a model to either; a list is numbered.
    terms
        Which regressors, in this order; default all of the first model.
    kinds
        Of "direct", "indirect" and "total".
    **options
        See `Options`; `labels` maps terms to printed names. Several models in one `ax` need one
        kind.

    Examples
    --------
    >>> figures.effects({"SAR": sar, "SDM": sdm}, terms=["agglomeration"])  # doctest: +SKIP
    """
    frame = read_options(options)
    given = _tables(fits, frame)
    tables = {name: table for name, table in given.items() if table["estimate"].notna().any()}
    _require_kinds(kinds)
    wanted = _terms(tables, terms)
    with style(frame.font_size):
        if len(tables) == 1:
            table = next(iter(tables.values()))
            marks = {term(f"effect.{kind}", frame.lang): _part(table, kind) for kind in kinds}
            axes = open_axes(frame, _height(len(wanted), len(kinds)))
            _draw(axes[0], marks, wanted, frame)
            axes[0].set_xlabel(term("effect.axis", frame.lang))
            add_legend(axes[0], frame, len(marks))
        else:
            axes = _panels(tables, kinds, wanted, frame)
        return finish(axes, frame, [*interval_note(tables, frame), *_undefined(given, frame)])


def _panels(
    tables: Mapping[str, pd.DataFrame], kinds: Sequence[str], wanted: Sequence[str], frame: Frame
) -> list[Axes]:
    """Panel of each kind of effect, beside one another on wide paper, else one below the other."""
    if frame.ax is not None and len(kinds) > 1:
        raise InputError(
            f"{len(tables)} models with {len(kinds)} kinds of effects do not fit into one ax; "
            "give kinds=['indirect'] or leave ax out."
        )
    wide = frame.width_mm >= 110
    height = _height(len(wanted), len(tables))
    rows, columns = (1, len(kinds)) if wide else (len(kinds), 1)
    axes = open_axes(frame, rows * height + 2, rows, columns)
    for place, kind in enumerate(kinds):
        marks = {name: _part(table, kind) for name, table in tables.items()}
        _draw(axes[place], marks, wanted, frame, names=place % columns == 0)
        axes[place].set_xlabel(term(f"effect.{kind}", frame.lang))
    add_legend(axes[0], frame, len(tables))
    return axes


def _height(terms: int, marks: int) -> float:
    """Height of a panel in millimetres, its scale and legend included."""
    return max(26.0, terms * max(marks * 0.62, 1.2) * ROW + 17)


def _tables(fits: Any, frame: Frame) -> dict[str, pd.DataFrame]:
    """Effects of each model under its printed name."""
    if isinstance(fits, Mapping):
        given = {str(name): fit for name, fit in fits.items()}
    elif isinstance(fits, (list, tuple)):
        given = {
            term("effect.model", frame.lang, number=place): fit for place, fit in enumerate(fits, 1)
        }
    else:
        given = {"": fits}
    if not given:
        raise InputError("there is no model to draw; give a fit or its effects.")
    tables: dict[str, pd.DataFrame] = {}
    for name, fit in given.items():
        tables |= _by_horizon(frame.name(name) if name else "", _table(fit, name), frame.lang)
    return tables


def _by_horizon(name: str, table: pd.DataFrame, lang: str) -> dict[str, pd.DataFrame]:
    """Two tables of a dynamic model, one for each horizon."""
    if "horizon" not in table.columns:
        return {name: table}
    out = {}
    for horizon, part in table.groupby("horizon", sort=False):
        run = term(f"effect.{horizon}", lang)
        key = term("effect.model_in_run", lang, name=name, run=run.lower()) if name else run
        out[key] = part
    return out


def _table(fit: Any, name: str) -> pd.DataFrame:
    """Table of effects of a fit, or the table itself."""
    table = fit if isinstance(fit, pd.DataFrame) else None
    if table is None and callable(getattr(fit, "effects", None)):
        table = fit.effects()
    lacking = NEEDED if table is None else [c for c in NEEDED if c not in table.columns]
    if table is None or lacking:
        what = f"{name}: " if name else ""
        raise InputError(
            f"{what}a {type(fit).__name__} has no effects to draw (no column {lacking[0]!r}); "
            "give a fit or what fit.effects() returns."
        )
    return table


def _require_kinds(kinds: Sequence[str]) -> None:
    """Refuse kinds of effects that do not exist."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds or isinstance(kinds, str):
        raise InputError(f"kinds={kinds!r} must be a list out of {', '.join(KINDS)}.")


def _terms(tables: Mapping[str, pd.DataFrame], terms: Sequence[str] | None) -> list[str]:
    """Terms to draw; asked-for terms that no model has are refused."""
    present = list(dict.fromkeys(str(t) for table in tables.values() for t in table["term"]))
    if terms is None:
        return present
    if isinstance(terms, str):
        terms = [terms]
    absent = [name for name in terms if name not in present]
    if absent or not terms:
        raise InputError(f"no model has the term {named(absent)}; there are {named(present, 30)}.")
    return list(terms)


def _part(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Rows of one kind of effect, by term."""
    return table.loc[table["effect"] == kind].set_index("term")


def _draw(
    axes: Axes,
    marks: Mapping[str, pd.DataFrame],
    terms: Sequence[str],
    frame: Frame,
    *,
    names: bool = True,
) -> None:
    """Points and intervals: a row per term, and in it a mark per series."""
    axes.axvline(0, color="#999999", lw=0.5, zorder=1)
    offsets = np.linspace(-0.26, 0.26, len(marks)) if len(marks) > 1 else np.zeros(1)
    for place, ((name, part), offset) in enumerate(zip(marks.items(), offsets, strict=True)):
        rows = [row for row, one in enumerate(terms) if one in part.index]
        shown = part.loc[[terms[row] for row in rows]]
        middle = shown["estimate"].to_numpy(dtype=float)
        low = np.nan_to_num(middle - shown["conf_low"].to_numpy(dtype=float))
        high = np.nan_to_num(shown["conf_high"].to_numpy(dtype=float) - middle)
        colour, marker = frame.mark(place)
        axes.errorbar(
            middle, np.array(rows) + offset, xerr=[low, high], fmt=marker, color=colour, ms=3.6,
            elinewidth=0.9, capsize=1.6, capthick=0.7, mew=0, label=name, zorder=2,
        )  # fmt: skip
    axes.set_ylim(len(terms) - 0.5, -0.5)
    room = NAMES * frame.width_mm
    printed = ["\n".join(wrap(frame.name(one), frame.font_size, room)) for one in terms]
    axes.set_yticks(range(len(terms)), printed)
    dress(axes, frame)
    axes.tick_params(axis="y", length=0, labelleft=names)
    for text in axes.get_yticklabels():
        text.set(family=list(families()), parse_math=False)


def _undefined(tables: Mapping[str, pd.DataFrame], frame: Frame) -> list[str]:
    """Name the series that cannot be drawn because their effects do not exist."""
    empty = [name for name, table in tables.items() if table["estimate"].isna().all()]
    if not empty:
        return []
    names = ("、" if frame.lang == "zh" else ", ").join(empty)
    return [term("note.undefined", frame.lang, names=names)]


def interval_note(tables: Mapping[str, pd.DataFrame], frame: Frame) -> list[str]:
    """Confidence level of the intervals, read off the tables themselves."""
    from scipy.special import ndtr

    rows = pd.concat(list(tables.values()))
    if "std_error" not in rows.columns:
        return []
    rows = rows[(rows["std_error"] > 0) & rows["conf_high"].notna()]
    z = ((rows["conf_high"] - rows["conf_low"]) / 2 / rows["std_error"]).to_numpy(dtype=float)
    levels = set(np.round(200 * ndtr(z) - 100).astype(int).tolist())
    if len(levels) != 1:
        return []
    return [term("note.interval", frame.lang, level=levels.pop())]
