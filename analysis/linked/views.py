"""What the page shows of a local statistic: one view per variable, one part per time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.convention import convention
from analysis.maps.colours import CLUSTERS
from analysis.maps.years import by_time
from analysis.tables.labels import term_label
from analysis.terms import term
from spatial.errors import InputError
from spatial.labels import canonical, canonical_index, missing_from, positions
from spatial.panel import Panel

__all__ = ["Part", "View", "make_views"]

Floats = npt.NDArray[np.float64]
NEEDED = ("statistic", "lag", "p_value", "p_adjusted", "cluster")
DIGITS = 6  # significant, of the numbers in the page
AGREES = 1e-6


@dataclass(frozen=True)
class Part:
    """One time of a view, in the order of the cities, (n,) each; NaN where there is nothing.

    `code` numbers the classes of `CLUSTERS`; `slope` is Σ z·lag / Σ z².
    """

    time: str
    value: Floats
    z: Floats
    lag: Floats
    p_value: Floats
    p_adjusted: Floats
    code: npt.NDArray[np.intp]
    slope: float

    @property
    def counts(self) -> list[int]:
        """Cities of each class."""
        return [int(count) for count in np.bincount(self.code, minlength=len(CLUSTERS))]


@dataclass(frozen=True)
class View:
    """A variable, or one here and another at the neighbours.

    `axes` are the printed names of the axes of its scatter, `note` says how it was tested.
    """

    name: str
    axes: tuple[str, str]
    note: str
    corrected: bool
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """Give plain lists with `DIGITS` significant digits, None where there is nothing."""
        return {
            "name": self.name,
            "axes": list(self.axes),
            "note": self.note,
            "corrected": self.corrected,
            "parts": [
                {
                    "time": part.time,
                    "slope": _plain(np.array([part.slope]))[0],
                    "counts": part.counts,
                    "code": part.code.tolist(),
                    **{
                        key: _plain(getattr(part, key))
                        for key in ("value", "z", "lag", "p_value", "p_adjusted")
                    },
                }
                for part in self.parts
            ],
        }


def _plain(values: Floats) -> list[float | None]:
    return [float(f"{value:.{DIGITS}g}") if value == value else None for value in values]


def make_views(
    lisa: Mapping[Any, pd.DataFrame],
    data: Panel | pd.DataFrame,
    keys: pd.Index,
    *,
    labels: Mapping[str, str],
    lang: str,
    times: Sequence[Any] | None,
) -> list[View]:
    """Views of local statistics, with the values that they were computed from.

    Parameters
    ----------
    lisa
        Column, or (column here, column at the neighbours), to the result of `spatial.lisa_by_time`,
        `spatial.lisa` or `spatial.bilisa`.
    data
        Panel, or for results without times a frame indexed by unit, that holds the columns.
    keys
        Canonical labels of the cities.
    labels
        Printed names of columns.
    lang
        "en" or "zh".
    times
        Which times to show; all by default.

    Raises
    ------
    InputError
        The table is no such result, its units are no cities, or the values are not its own.
    """
    if not isinstance(lisa, Mapping) or not lisa:
        raise InputError(
            "give the results as a mapping from columns: {'resilience': lisa_by_time(...)}."
        )
    return [_view(name, table, data, keys, labels, lang, times) for name, table in lisa.items()]


def _view(
    name: Any,
    table: pd.DataFrame,
    data: Panel | pd.DataFrame,
    keys: pd.Index,
    labels: Mapping[str, str],
    lang: str,
    times: Sequence[Any] | None,
) -> View:
    here, there = name if isinstance(name, tuple) else (name, name)
    _check(table, str(here))
    printed = [term_label(str(column), labels, lang) for column in (here, there)]
    shown = printed[0] if here == there else " → ".join(printed)
    parts = [
        _part(time, part, _values(data, here, time), keys, shown)
        for time, part in _by_time(table, times)
    ]
    axes = (
        term("moran.value_axis", lang, name=printed[0]),
        term("moran.lag_axis", lang, name=printed[1]),
    )
    glue = "；" if lang == "zh" else "; "
    said = glue.join(convention(table.attrs, lang))
    corrected = bool(table.attrs.get("correction"))
    return View(shown, axes, term("map.note", lang, note=said) if said else "", corrected,
                tuple(parts))  # fmt: skip


def _check(table: object, name: str) -> None:
    absent = (
        list(NEEDED)
        if not isinstance(table, pd.DataFrame)
        else [column for column in NEEDED if column not in table.columns]
    )
    if absent:
        raise InputError(
            f"the result of {name} has no column {absent[0]!r}; give what spatial.lisa_by_time, "
            "spatial.lisa or spatial.bilisa returns."
        )


def _by_time(table: pd.DataFrame, times: Sequence[Any] | None) -> list[tuple[str, pd.DataFrame]]:
    """Parts of a result; each keeps its rows."""
    if table.index.nlevels == 1:
        return [(time, table) for time, _ in by_time(table["cluster"], times)]
    places = pd.Series(np.arange(len(table)), index=table.index)
    found = by_time(places, times)
    return [(time, table.iloc[rows.to_numpy()].droplevel(0)) for time, rows in found]


def _values(data: Panel | pd.DataFrame, column: Any, time: str) -> pd.Series[Any]:
    """Values of a column in a time, by unit."""
    if isinstance(data, Panel):
        if not time:
            raise InputError(
                f"the result of {column} has no times and the data are a panel; give "
                "panel.at(time)."
            )
        frame = data.at(_like(data.times, time))
    elif isinstance(data, pd.DataFrame):
        if time:
            raise InputError(
                f"the result of {column} has times; give the panel that it was computed from."
            )
        frame = data
    else:
        raise InputError(f"the data are a {type(data).__name__}; give a Panel or a DataFrame.")
    if column not in frame.columns:
        raise InputError(f"the data have no column {column!r}, which a result is called after.")
    values: pd.Series[Any] = frame[column]
    return values


def _like(times: pd.Index, text: str) -> Any:
    """The time that is written so."""
    return next((time for time in times if canonical(time) == text), text)


def _part(
    time: str, table: pd.DataFrame, values: pd.Series[Any], keys: pd.Index, name: str
) -> Part:
    """Result and values on the cities."""
    what = f"the result of {name}"
    units = canonical_index(table.index, what)
    rows = positions(units, keys, data=what, source="the boundaries")
    given = pd.Series(values.to_numpy(dtype=float), index=canonical_index(values.index, "the data"))
    absent = missing_from(units[(table["cluster"] != "missing").to_numpy()], given.index)
    if absent:
        raise InputError(f"the data lack {absent[0]}, which {what} holds.")
    value = given.reindex(units).to_numpy()
    known = (table["cluster"] != "missing").to_numpy() & ~np.isnan(value)
    value = np.where(known, value, np.nan)
    lag = table["lag"].to_numpy(dtype=float)
    z = _standardised(value)
    _require_same(z * lag, table["statistic"].to_numpy(dtype=float), known, name, time)
    names = list(CLUSTERS)
    code = np.full(len(keys), names.index("missing"), dtype=np.intp)
    code[rows] = [names.index(str(one)) if one == one else code[0] for one in table["cluster"]]
    spread = {
        "value": value,
        "z": z,
        "lag": np.where(known, lag, np.nan),
        "p_value": table["p_value"].to_numpy(dtype=float),
        "p_adjusted": table["p_adjusted"].to_numpy(dtype=float),
    }
    full = {}
    for key, column in spread.items():
        full[key] = np.full(len(keys), np.nan)
        full[key][rows] = column
    slope = float(np.nansum(z * lag) / np.nansum(z**2))
    return Part(time, code=code, slope=slope, **full)


def _standardised(values: Floats) -> Floats:
    centred = values - np.nanmean(values)
    return np.asarray(centred / np.sqrt(np.nanmean(centred**2)))


def _require_same(
    product: Floats, statistic: Floats, known: npt.NDArray[np.bool_], name: str, time: str
) -> None:
    """Refuse values that the result was not computed from: I_i = z_i · lag_i."""
    off = np.abs(product - statistic)[known]
    scale = max(1.0, float(np.abs(statistic[known]).max(initial=0.0)))
    if np.isnan(off).any() or off.max(initial=0.0) > AGREES * scale:
        at = f" in {time}" if time else ""
        raise InputError(
            f"the values of {name}{at} are not those that its result was computed from; give the "
            "same data, before any change."
        )
