"""One city: what it sends and receives, from whom, its classes, its gap, what its type advises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Block, Figure, Grid, Text
from analysis.report.captions import captions, synthetic_mark
from analysis.report.findings import number
from analysis.report.parts import grid, study_period
from analysis.report.words import Words
from analysis.terms import group_name, term
from spatial.labels import canonical

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["CityPage", "city_page", "doubt", "in_report", "type_rule", "unit_key"]

NEVER = 0.05
EFFECTS = ("own", "sent", "received")
NORMAL = 1.959963984540054


@dataclass(frozen=True)
class CityPage:
    """What stands on the page of a city: beside the map, below it, and in small print."""

    title: str
    subtitle: str
    mark: str
    lead: Sequence[Block]
    picture: Figure | None
    facts: Grid
    below: Sequence[Grid]
    small: Sequence[str]


def type_rule(study: Study, focus: str, words: Words) -> str:
    """How the types of cities are told apart, and what the gap is measured to."""
    by = study.plan.profiles.by if study.plan.profiles else None
    key = "profile.group_best" if by else "profile.best"
    frontier = words(key, group=study.label(by) if by else "")
    outcome = study.models.main.fit.outcome if study.models else ""
    return words(
        "profile.rule", x=study.label(focus), frontier=frontier, y=study.label(outcome)
    )  # fmt: skip


def doubt(study: Study, focus: str, words: Words) -> list[Block]:
    """Say where what cities send is a pattern only."""
    table = study.effects
    if table is None:
        return []
    row = table[(table["term"] == focus) & (table["effect"] == "indirect")]["p_value"]
    return [] if (row < NEVER).any() else [Text(words("profile.unsure"), strong=True)]


def unit_key(study: Study, focus: str, unit: str) -> Any:
    """Key of a city given by key or printed name."""
    names, wanted = study.sources.names, canonical(unit)
    table = (study.sensitivity.profiles or {})[focus]
    return next(
        k for k in table.index if wanted in (canonical(k), canonical(names.get(str(k), str(k))))
    )


def in_report(study: Study, focus: str, unit: str, words: Words) -> list[Block]:
    """Sentence and table of one city, for the report on all of them."""
    city = City(study, focus, unit_key(study, focus, unit), words)
    items = [*city.kind(), *city.figures(), *city.partners_in_words(), *city.classes_in_words()]
    caption = captions(study, "cap.profile", unit=city.place)[words.lang]
    head = (words("profile.item"), words("profile.value"))
    return [Text(city.sentence()), grid(caption, head, items, words)]


def city_page(study: Study, focus: str, unit: str, picture: Figure | None) -> CityPage:
    """Everything on the page of one city."""
    words = Words(study.plan.study.lang)
    city = City(study, focus, unit_key(study, focus, unit), words)
    head = (words("profile.item"), words("profile.value"), words("profile.rank"))
    rows = [*((*item, "") for item in city.kind()), *city.ranked()]
    below = [city.partners(), *city.classes()]
    weights = study.weights[study.models.main.weights].labels[words.lang] if study.models else ""
    small = [type_rule(study, focus, words), words("unit_maps")]
    small.append(words("profile.about", kind=study.fit.kind if study.fit else "", weights=weights))
    return CityPage(
        title=city.place,
        subtitle=words("profile.of", title=study.plan.study.title,
                       period=study_period(study, words)),
        mark=synthetic_mark(study),
        lead=[Text(city.sentence()), Text(city.advice()), *doubt(study, focus, words)],
        picture=picture,
        facts=grid(words("profile.figures"), head, rows, words, right=(1, 2)),
        below=[one for one in below if one.rows],
        small=small,
    )  # fmt: skip


class City:
    """One row of the profiles, in words."""

    def __init__(self, study: Study, focus: str, key: Any, words: Words) -> None:
        self.study, self.focus, self.words = study, focus, words
        self.table = (study.sensitivity.profiles or {})[focus]
        self.row: Any = self.table.loc[key]
        self.key, self.place = key, study.place(key)
        self.decimals = study.plan.tables.decimals
        self.by = study.plan.profiles.by if study.plan.profiles else None

    def sentence(self) -> str:
        """What it is, sends, receives, and lacks to the frontier."""
        row, words = self.row, self.words
        shown = {name: number(float(row[name]), self.decimals) for name in EFFECTS}
        group = f" ({group_name(str(row['group']), words.lang)})" if self.by else ""
        return words(
            "profile.city",
            unit=self.place,
            type=words(f"profile.{row['type']}"),
            group=group,
            x=self.study.label(self.focus),
            gap=number(float(row["gap"]), self.decimals),
            behind=words("profile.above" if row["behind"] else "profile.below"),
            **shown,
        )

    def advice(self) -> str:
        """What the rule of the types says for this type."""
        words, kind = self.words, self.row["type"]
        name = words(f"profile.{kind}")
        return words(
            f"profile.advice.{kind}",
            type=name[:1].upper() + name[1:],
            x=self.study.label(self.focus),
            names=words.listed([name for name, _ in self._partners("receivers")]) or "–",
            sources=words.listed([name for name, _ in self._partners("senders")]) or "–",
        )

    def kind(self) -> list[tuple[str, str]]:
        """Type, group of the frontier, and the groups of the study."""
        words, row = self.words, self.row
        items = [(words("profile.type"), words(f"profile.{row['type']}"))]
        if self.by:
            label = self.study.label(self.by)
            items.append((label, group_name(str(row["group"]), words.lang)))
        for name in self.table.columns:
            if str(name).startswith("group_"):
                label = self.study.label(str(name).removeprefix("group_"))
                value = "–" if pd.isna(row[name]) else group_name(str(row[name]), words.lang)
                if (label, value) not in items:
                    items.append((label, value))
        return items

    def figures(self) -> list[tuple[str, str]]:
        """Effects with standard errors, level and gap."""
        words = self.words
        items = [(words(f"profile.{name}"), self._with_error(name)) for name in EFFECTS]
        level = words("profile.level", name=self.study.label(self.focus))
        items.append((level, number(float(self.row["level"]), self.decimals)))
        return [*items, (words("profile.gap"), number(float(self.row["gap"]), self.decimals))]

    def ranked(self) -> list[tuple[str, str, str]]:
        """Figures, each with its place among all cities: the largest in size is first."""
        count = len(self.table)
        places = [self._place(name) for name in (*EFFECTS, "level", "gap")]
        shown = [self.words("profile.place", place=place, count=count) for place in places]
        return [(*item, place) for item, place in zip(self.figures(), shown, strict=True)]

    def _place(self, name: str) -> int:
        column = self.table[name].astype(float)
        column = column if name in ("level", "gap") else column.abs()
        return int((column > column.loc[self.key]).sum()) + 1

    def _with_error(self, name: str) -> str:
        error = number(float(self.row[f"{name}_std_error"]), self.decimals)
        return f"{number(float(self.row[name]), self.decimals)} ({error})"

    def _partners(self, side: str) -> list[tuple[str, str]]:
        pairs = [one.rpartition(" ") for one in str(self.row[side]).split("; ") if one]
        return [(name, effect.replace("-", "−")) for name, _, effect in pairs]

    def partners_in_words(self) -> list[tuple[str, str]]:
        """Largest senders and receivers, each side in one cell."""
        sides = ("senders", "receivers")
        return [(self.words(f"profile.{side}"), str(self.row[side]) or "–") for side in sides]

    def partners(self) -> Grid:
        """Largest receivers beside largest senders."""
        words = self.words
        sides = [self._partners("receivers"), self._partners("senders")]
        most = max(map(len, sides))
        full = [[*side, *[("", "")] * (most - len(side))] for side in sides]
        rows = [(*left, *right) for left, right in zip(*full, strict=True)]
        head = [words("profile.receivers"), words("effect")]
        head += [words("profile.senders"), words("effect")]
        return grid(words("profile.partners"), head, rows, words, right=(1, 3))

    def _classes(self) -> dict[str, dict[str, str]]:
        """Local class by variable and year."""
        found: dict[str, dict[str, str]] = {}
        known = self.study.clusters.lisa if self.study.clusters else {}
        for name in map(str, self.table.columns):
            if not name.startswith("lisa_"):
                continue
            whole = name.removeprefix("lisa_")
            column, _, year = whole.rpartition("_")
            column, year = (column, year) if column in known else (whole, "")
            shown = term(f"cluster.{self.row[name]}", self.words.lang)
            found.setdefault(self.study.label(column), {})[year] = shown
        return found

    def classes_in_words(self) -> list[tuple[str, str]]:
        """A line for each variable and year."""
        return [
            (self.words("profile.lisa", name=f"{name} {year}".strip()), shown)
            for name, years in self._classes().items()
            for year, shown in years.items()
        ]

    def classes(self) -> list[Grid]:
        """A line for each variable, a column for each year."""
        found, words = self._classes(), self.words
        years = list(dict.fromkeys(year for one in found.values() for year in one))
        rows = [(name, *(one.get(year, "–") for year in years)) for name, one in found.items()]
        head = [words("profile.class"), *(year or words("profile.value") for year in years)]
        return [grid(words("profile.classes"), head, rows, words)]
