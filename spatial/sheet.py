"""The rows of the data in the order (time, unit), and which of them a model can use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical_index
from spatial.panel import Panel
from spatial.within import Layout

__all__ = ["Missing", "Sheet", "sheet_of"]

Rows = npt.NDArray[np.intp]
Missing = Literal["absent", "drop_units"] | None
SPAN = 8


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows sorted by time and then by unit, whose they are, and what was left out."""

    frame: pd.DataFrame
    units: pd.Index
    times: pd.Index | None
    unit_name: str
    time_name: str | None
    layout: Layout
    panel: Panel | None
    notes: tuple[str, ...] = ()
    _unreached: list[npt.NDArray[np.bool_]] = field(default_factory=list)

    @property
    def lag(self) -> Callable[[pd.Series], pd.Series] | None:
        """What lag() does; None where there is no time. Rows that it leaves empty are kept."""
        if self.panel is None:
            return None

        def shift(values: pd.Series, periods: int = 1) -> pd.Series:
            if not isinstance(periods, int) or periods < 1:
                raise InputError(
                    f"lag(..., {periods!r}) needs a whole number of steps, at least 1."
                )
            shifted = self.panel.shift_values(values, periods)  # type: ignore[union-attr]
            self._unreached.append(shifted.isna().to_numpy())
            return shifted

        return shift

    def where(self, rows: Rows) -> str:
        """Names of rows for a message: units with their times."""
        unit, time = self.layout.unit_codes, self.layout.time_codes
        shown = [
            str(self.units[unit[r]]) + ("" if self.times is None else f" {self.times[time[r]]}")
            for r in rows[:SPAN]
        ]
        more = f" and {len(rows) - SPAN} more" if len(rows) > SPAN else ""
        return ", ".join(shown) + more

    def used(self, by: str = "lag()") -> tuple[Sheet, Rows]:
        """Rows that lag() reaches, and their places: leading times leave, gaps only as asked.

        `by` says in messages who looks back in time.
        """
        every = np.arange(self.layout.n)
        if not self._unreached:
            return self, every
        empty = np.logical_or.reduce(self._unreached)
        if empty.all():
            raise InputError(
                f"{by} leaves no time with data; the panel needs at least two consecutive times."
            )
        leading = _leading_times(empty, self.layout)
        early = self.layout.time_codes < leading
        late = empty & ~early
        if late.any() and self.layout.balanced:
            return self._without(early, leading, 0, by)
        return self._without(early | late, leading, int(late.sum()), by)

    def _without(
        self, gone: npt.NDArray[np.bool_], leading: int, gaps: int, by: str
    ) -> tuple[Sheet, Rows]:
        rows = np.flatnonzero(~gone)
        notes = list(self.notes)
        times = self.times
        if leading and times is not None:
            notes.append(
                f"{by} uses {named(times[:leading])} as the earlier time; the model starts in "
                f"{times[leading]}."
            )
        if gaps:
            late = np.flatnonzero(gone & (self.layout.time_codes >= leading))
            notes.append(
                f"{counted(gaps, 'row has no row before it', 'rows have no row before them')} for "
                f"{by} and {'counts' if gaps == 1 else 'count'} as absent: {self.where(late)}."
            )
        return replace(_taken(self, rows), notes=tuple(notes)), rows


def sheet_of(data: Panel | pd.DataFrame, missing: Missing) -> Sheet:
    """Rows of a panel or a cross-section; an unbalanced panel needs a word on what is missing."""
    if isinstance(data, Panel):
        return _sheet_of_panel(data, missing)
    if isinstance(data, pd.DataFrame):
        return _sheet_of_frame(data)
    raise InputError(
        f"the data are a {type(data).__name__}; give a spatial.Panel, or for a cross-section a "
        "DataFrame indexed by unit."
    )


def _sheet_of_panel(panel: Panel, missing: Missing) -> Sheet:
    notes: tuple[str, ...] = ()
    if not panel.balanced:
        if missing is None:
            _refuse_unbalanced(panel)
        if missing == "drop_units":
            panel, notes = _complete(panel)
        else:
            notes = (_absent_note(panel),)
    layout = Layout(*panel.codes, panel.n_units, panel.n_times)
    return Sheet(
        panel.frame, panel.units, panel.times, panel.unit, panel.time, layout, panel, notes
    )


def _refuse_unbalanced(panel: Panel) -> None:
    raise InputError(
        f"the panel is unbalanced: {counted(len(panel.gaps), 'row is', 'rows are')} absent "
        f"({_holes(panel)}); "
        'give missing="absent" if these units do not exist in those years, or '
        f'missing="drop_units" to keep the {len(panel.complete_units)} units observed in every '
        "year (panel.subset(units=panel.complete_units) does the same; "
        "panel.subset(years=(first, last)) may keep more)."
    )


def _holes(panel: Panel) -> str:
    gaps = panel.gaps
    shown = [f"{u} {t}" for u, t in gaps.head(SPAN).itertuples(index=False)]
    return ", ".join(shown) + (f" and {len(gaps) - SPAN} more" if len(gaps) > SPAN else "")


def _complete(panel: Panel) -> tuple[Panel, tuple[str, ...]]:
    """The units observed in every time, and the sentence that names the others."""
    complete = panel.complete_units
    if len(complete) < 2:
        raise InputError(
            f"{len(complete)} of {panel.n_units} units are observed in every year, too few for "
            'missing="drop_units"; choose fewer years with panel.subset(years=(first, last)).'
        )
    dropped = panel.units.difference(complete, sort=False)
    note = (
        f"Units without a row in every year were dropped ({len(dropped)} of {panel.n_units}): "
        f"{named(dropped, 40)}. Those who had them as neighbours lose these from their lags, which "
        "draws spillovers towards zero; fill the gaps if you can."
    )
    return panel.subset(units=complete), (note,)


def _absent_note(panel: Panel) -> str:
    one, many = "absent row is a unit that does", "absent rows are units that do"
    return (
        f"Unbalanced panel: {counted(len(panel.gaps), one, many)} not exist in that year "
        f"({_holes(panel)}); weights are cut and re-scaled to those present. If they exist but "
        "were not observed, the estimates are biased."
    )


def _sheet_of_frame(frame: pd.DataFrame) -> Sheet:
    if len(frame) == 0:
        raise InputError("the table has no rows; check the filters that made it.")
    if isinstance(frame.index, pd.MultiIndex):
        raise InputError(
            "a cross-section is indexed by unit alone; for units and times make a spatial.Panel."
        )
    labels = canonical_index(frame.index, "the index of the data")
    numeric = pd.api.types.is_numeric_dtype(frame.index.dtype)
    order = frame.index.argsort() if numeric else labels.argsort()
    ordered = frame.iloc[order]
    name = str(frame.index.name) if frame.index.name is not None else "unit"
    n = len(ordered)
    layout = Layout(np.arange(n), np.zeros(n, dtype=np.intp), n, 1)
    return Sheet(ordered.reset_index(drop=True), ordered.index, None, name, None, layout, None)


def _leading_times(empty: npt.NDArray[np.bool_], layout: Layout) -> int:
    """Number of times before the first in which some row is reached."""
    reached = np.bincount(layout.time_codes[~empty], minlength=layout.n_times)
    return int(np.argmax(reached > 0))


def _taken(sheet: Sheet, rows: Rows) -> Sheet:
    """Sheet of some rows, with the units and times that are left."""
    units, unit_codes = np.unique(sheet.layout.unit_codes[rows], return_inverse=True)
    times, time_codes = np.unique(sheet.layout.time_codes[rows], return_inverse=True)
    layout = Layout(unit_codes, time_codes, len(units), len(times))
    return replace(
        sheet,
        frame=sheet.frame.iloc[rows],
        units=sheet.units.take(units),
        times=None if sheet.times is None else sheet.times.take(times),
        layout=layout,
    )
