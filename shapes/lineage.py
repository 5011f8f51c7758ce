"""What became of cities: which changes concern a table, and where each of its rows belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from shapes.errors import InputError, named, nearest
from shapes.labels import canonical, normal_code, tight
from shapes.names import forms

__all__ = ["Choices", "Event", "Lineage", "Names"]

Choice = str | Mapping[Any, float]
Choices = str | Mapping[Any, Choice]
WORDS = ("dissolve", "drop", "keep")
_DONE = {"split": "dissolved", "moved": "dissolved", "founded": "dissolved", "merged": "merged"}


class Event(NamedTuple):
    """One unit's change: what it gave to whom, and the first year on the new boundaries."""

    year: int
    kind: str
    before: str
    receivers: tuple[str, ...]
    parts: tuple[str, ...]

    def sentence(self) -> str:
        """Describe the change in a few words."""
        went = "; ".join(
            f"{part} to {receiver}" if part else f"to {receiver}"
            for part, receiver in zip(self.parts, self.receivers, strict=True)
        )
        if self.kind == "split":
            return f"divided in {self.year}: {went}"
        if self.kind == "merged":
            return f"merged into {named(self.receivers)} in {self.year}"
        return f"{went} in {self.year}"


class Names:
    """Labels of a table as names of units: today's name for an earlier one, whole for short."""

    def __init__(self, changes: pd.DataFrame, to: int) -> None:
        known = changes[changes["year"] <= to]
        renamed = known[known["kind"] == "renamed"]
        self._next = dict(zip(renamed["before"], renamed["after"], strict=True))
        self._codes: dict[str, str] = {}
        self._units: dict[str, str] = {}
        for side in ("after", "before"):
            for name, code in zip(changes[side][::-1], changes[f"{side}_code"][::-1], strict=True):
                for word in (str(name), *(stem for stem, _ in sorted(forms(str(name)))), str(code)):
                    self._units.setdefault(word, str(name))
                self._codes.setdefault(str(name), str(code))
        self._units.pop("", None)
        self.shown: dict[str, Any] = {}

    def direct(self, label: Any) -> str:
        """Name under which a label stands in the table of changes; any other label as it is."""
        text = tight(canonical(label))
        return self._units.get(normal_code(text) or text, canonical(label))

    def of(self, label: Any) -> str:
        """Name of the unit at the end of its renamings."""
        name = self.direct(label)
        while name in self._next:
            name = self._next[name]
        return name

    def learn(self, labels: Sequence[Any], years: Sequence[int]) -> list[str]:
        """Names of all rows; the label of the latest row of a unit is the one to print."""
        names = [self.of(label) for label in labels]
        order = sorted(range(len(names)), key=lambda row: years[row])
        coded = all(normal_code(canonical(label)) for label in labels)
        for row in order:
            name, label = names[row], labels[row]
            written = label if self.direct(label) == name else self._spelt(name, coded=coded)
            self.shown[name] = written
        return names

    def _spelt(self, name: str, *, coded: bool) -> str:
        return (coded and self._codes.get(name)) or name


class Lineage:
    """Where the rows of a table belong once the changes that concern it are dealt with.

    Parameters
    ----------
    changes
        Checked table of changes.
    names, years
        Unit and year of each row.
    to
        Year whose boundaries are wanted.
    choices
        What becomes of units that were divided.
    """

    def __init__(
        self,
        changes: pd.DataFrame,
        names: Sequence[str],
        years: Sequence[int],
        to: int,
        choices: Choices | None,
    ) -> None:
        self.rows: dict[str, list[int]] = defaultdict(list)
        for name, year in zip(names, years, strict=True):
            self.rows[name].append(year)
        self.events = [event for event in _events(changes, to) if self._concerns(event)]
        self.choices = _choices(self.events, choices)
        self.ends = {e.before: e.year for e in self.events if e.kind in ("merged", "split")}
        self.starts = {r: e.year for e in self.events if e.kind == "founded" for r in e.receivers}
        self.dropped = {unit for e in self._chosen("drop") for unit in (e.before, *e.receivers)}
        self.members = self._groups()
        self.group_of = {unit: label for label, units in self.members.items() for unit in units}
        self._check_complete()

    def targets(self, name: str, year: int) -> dict[str, float]:
        """Units that a row goes to, with its shares."""
        if name in self.dropped:
            return {}
        shares = {name: 1.0}
        for event in self.events:
            choice = self.choices[event]
            if isinstance(choice, str) or year >= event.year or event.before not in shares:
                continue
            whole = shares.pop(event.before)
            rest = 1.0 - sum(choice.values())
            if event.kind != "split":
                shares[event.before] = whole * rest
            for receiver, share in choice.items():
                shares[receiver] = shares.get(receiver, 0.0) + whole * share
        found: dict[str, float] = defaultdict(float)
        for unit, share in shares.items():
            found[self.group_of.get(unit, unit)] += share
        return dict(found)

    def leads(self, name: str, target: str) -> bool:
        """Whether a unit is the one that gives a target its text."""
        return name == self.members.get(target, [target])[0]

    def entries(self) -> list[tuple[str, str, str, str, str]]:
        """Rows of the ledger: unit, what, into, years, detail."""
        made = []
        for event in self.events:
            choice = self.choices[event]
            past = choice not in ("drop", "dissolve") or event.kind == "merged"
            years = [y for y in self.rows[event.before] if y < event.year or not past]
            into, what = "", {"drop": "dropped", "keep": "kept"}.get(str(choice), "shared out")
            if choice == "dissolve":
                what, into = _DONE[event.kind], self.group_of[event.before]
            elif not isinstance(choice, str):
                into = ", ".join(f"{unit} {share:g}" for unit, share in choice.items())
            made.append((event.before, what, into, _span(years), event.sentence()))
        said = {event.before for event in self.events}
        dropped = sorted(self.dropped - said)
        made += [(u, "dropped", "", _span(self.rows[u]), "received ground") for u in dropped]
        made += [
            (unit, "dissolved", label, _span(self.rows[unit]), "received ground")
            for label, units in self.members.items()
            for unit in units
            if unit not in said and unit != label
        ]
        return made

    def _chosen(self, word: str) -> list[Event]:
        return [event for event in self.events if self.choices[event] == word]

    def _concerns(self, event: Event) -> bool:
        units = (event.before, *event.receivers)
        return any(min(self.rows[unit]) < event.year for unit in units if self.rows.get(unit))

    def _groups(self) -> dict[str, list[str]]:
        """Units that become one, by their common label; those that go on stand first."""
        groups: list[list[str]] = []
        for event in self._chosen("dissolve"):
            units = [*event.receivers, event.before]
            joined = [group for group in groups if set(group) & set(units)]
            groups = [group for group in groups if group not in joined]
            groups.append(list(dict.fromkeys([u for g in joined for u in g] + units)))
        found = {}
        for group in groups:
            going = [unit for unit in group if unit not in self.ends]
            found["+".join(going)] = [*going, *(unit for unit in group if unit in self.ends)]
        return found

    def _check_complete(self) -> None:
        """Refuse years in which a unit lacks the rows of its partners."""
        gaps = []
        for units in self.members.values():
            years = {year for unit in units for year in self.rows.get(unit, [])}
            gaps += self._lacking(units, years)
        for event in self.events:
            choice = self.choices[event]
            if not isinstance(choice, str):
                gaps += self._lacking(
                    choice, {y for y in self.rows[event.before] if y < event.year}
                )
        if gaps:
            who = np.array([unit for unit, _ in gaps])
            shown = pd.Series([year for _, year in gaps]).groupby(who, sort=False)
            lacking = [f"{unit} ({_span(list(years))})" for unit, years in shown]
            raise InputError(
                f"units that become one need rows for the same years, and the table lacks "
                f"{named(lacking)}; add the rows, or choose 'drop' or 'keep' in choices= for the "
                "change concerned."
            )

    def _lacking(self, units: Iterable[str], years: set[int]) -> list[tuple[str, int]]:
        """Units and years that exist and have no row."""
        return [
            (unit, year)
            for unit in units
            for year in sorted(years - set(self.rows[unit]))
            if self._exists(unit, year)
        ]

    def _exists(self, unit: str, year: int) -> bool:
        return self.starts.get(unit, year) <= year < self.ends.get(unit, year + 1)


def _events(changes: pd.DataFrame, to: int) -> Iterable[Event]:
    """Changes of boundaries up to a year, one for each unit that gave ground."""
    known = changes[(changes["kind"] != "renamed") & (changes["year"] <= to)]
    for _, rows in known.groupby(["year", "kind", "before"], sort=False):
        first = rows.iloc[0]
        receivers, parts = tuple(rows["after"]), tuple(rows["part"])
        yield Event(int(first["year"]), first["kind"], first["before"], receivers, parts)


def _choices(events: Sequence[Event], given: Choices | None) -> dict[Event, Choice]:
    """Choice for each event; a merger needs none."""
    asked = {} if given is None or isinstance(given, str) else dict(given)
    befores = [event.before for event in events]
    stray = [name for name in asked if canonical(name) not in befores]
    if stray:
        raise InputError(
            f"choices name {named(stray)}, which gave no ground in the years of the table; "
            + (f"those that did are {nearest(stray[0], befores)}." if befores else "nobody did.")
        )
    found: dict[Event, Choice] = {}
    open_events = []
    for event in events:
        choice = next((c for name, c in asked.items() if canonical(name) == event.before), None)
        if choice is None and event.kind == "merged":
            choice = "dissolve"
        elif choice is None and isinstance(given, str):
            choice = given
        if choice is None:
            open_events.append(event)
        else:
            found[event] = _checked(event, choice)
    if open_events:
        shown = "; ".join(f"{event.before} ({event.sentence()})" for event in open_events)
        raise InputError(
            f"boundaries changed within the years of the table, and nothing is mapped unasked: "
            f"{shown}; give choices= for each: 'dissolve', 'drop', 'keep' or shares, such as "
            f"{{'{open_events[0].before}': 'dissolve'}}."
        )
    return found


def _checked(event: Event, choice: Any) -> Choice:
    if isinstance(choice, str) and choice in WORDS:
        return choice
    if not isinstance(choice, Mapping):
        raise InputError(
            f"the choice {choice!r} for {event.before} is unknown; write 'dissolve', 'drop', "
            "'keep' or shares by receiver."
        )
    shares = {canonical(unit): share for unit, share in choice.items()}
    other = [unit for unit in shares if unit not in event.receivers]
    numbers = all(isinstance(s, Real) and 0 <= float(s) <= 1 for s in shares.values())
    total = sum(shares.values()) if numbers else float("nan")
    fits = abs(total - 1) < 1e-9 if event.kind in ("split", "merged") else total <= 1
    if other or not fits:
        whole = "sum to one" if event.kind in ("split", "merged") else "sum to one at most"
        raise InputError(
            f"the shares of {event.before} go to {named(shares)} and sum to {total:g}; they go to "
            f"{named(event.receivers)}, lie between 0 and 1 and {whole}."
        )
    return shares


def _span(years: Sequence[int]) -> str:
    """First and last year, or the only one."""
    if not len(years):
        return ""
    return str(min(years)) if min(years) == max(years) else f"{min(years)}–{max(years)}"
