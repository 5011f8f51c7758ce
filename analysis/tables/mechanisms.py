"""Tables of channels, of moderators and of groups: direct, indirect and total effects in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.tables.cells import ABSENT, UNDEFINED, Cell, check_stars, stars_of
from analysis.tables.covariances import covariance_words
from analysis.tables.labels import term_label
from analysis.tables.notes import star_key
from analysis.tables.table import Head, Row, Table
from analysis.terms import check_language, group_name
from analysis.terms import term as word

if TYPE_CHECKING:
    from spatial.fit import Fit
    from spatial.heterogeneity import Groups
    from spatial.mechanisms import Channels, Moderation

__all__ = ["channels", "groups", "mediation", "moderation", "spillovers_between"]

EFFECTS = ("direct", "indirect", "total")
COUNTS = ("nobs", "isolates")


class _Style:
    """How numbers and names are printed."""

    def __init__(
        self,
        labels: Mapping[str, str] | None,
        lang: str,
        decimals: int,
        stars: Sequence[float],
    ) -> None:
        self.lang, self.decimals = check_language(lang), decimals
        self.labels, self.levels = labels, check_stars(stars)

    def name(self, text: str) -> str:
        """Printed name of a term, or of a path of terms."""
        parts = [term_label(part, self.labels, self.lang) for part in text.split(" → ")]
        return " → ".join(parts)

    def lines(
        self, label: str, rows: pd.DataFrame, kinds: Iterable[str], counts: Sequence[str] = ()
    ) -> list[Row]:
        """A line of estimates with stars, and one of standard errors below it."""
        found = rows.set_index("effect")
        top, below = [], []
        for kind in kinds:
            there = kind in found.index
            row = found.loc[kind] if there and bool(found["estimate"].notna()[kind]) else None
            nothing = UNDEFINED if there else ABSENT
            top.append(nothing if row is None else self._estimate(row))
            error = None if row is None or pd.isna(row["std_error"]) else float(row["std_error"])
            below.append(
                Cell()
                if error is None
                else Cell(value=error, decimals=self.decimals, brackets=True, smallest="e")
            )
        top += [Cell(value=float(found[count].iloc[0]), decimals=0) for count in counts]
        below += [Cell() for _ in counts]
        return [Row(label, tuple(top)), Row("", tuple(below), kind="under")]

    def _estimate(self, row: Any) -> Cell:
        stars = "" if pd.isna(row["p_value"]) else stars_of(float(row["p_value"]), self.levels)
        value = float(row["estimate"])
        return Cell(value=value, decimals=self.decimals, stars=stars, smallest="e")

    def head(self, kinds: Iterable[str], counts: Iterable[str] = ()) -> tuple[tuple[Head, ...]]:
        """Names of the columns."""
        names = [*(f"effect.{kind}" for kind in kinds), *(f"mechanism.{count}" for count in counts)]
        return ((Head(""), *(Head(word(name, self.lang)) for name in names)),)

    def table(
        self,
        head: tuple[tuple[Head, ...], ...],
        rows: Iterable[Row],
        title: str | None,
        fits: Iterable[Fit],
        *notes: str,
    ) -> Table:
        """The table with the key of its stars, and the covariance of its fits."""
        what = word("table.under_se", self.lang)
        key = word("table.note_stars", self.lang, what=what, stars=star_key(self.levels, self.lang))
        if not self.levels:
            key = word("table.note_parentheses", self.lang, what=what)
        kinds = dict.fromkeys(
            covariance_words(fit.cov_kind, self.lang, lambda name: self.name(name)) for fit in fits
        )
        glue = "；" if self.lang == "zh" else "; "
        said = [word("table.note_cov", self.lang, kind=glue.join(kinds))] if kinds else []
        said += [word(f"mechanism.note_{note}", self.lang) for note in notes]
        return Table(head, tuple(rows), (key, *said), title, self.lang, what)


def channels(
    found: Sequence[Channels],
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of what moves each channel, and with three steps of what the channels move.

    Parameters
    ----------
    found
        Results of `spatial.channels`.
    labels, lang, decimals, stars, title
        As in `models`.

    Examples
    --------
    >>> tables.channels([found], lang="zh").save("机制.docx")  # doctest: +SKIP
    """
    style, rows = _Style(labels, lang, decimals, stars), []
    for table in (one.links for one in found):
        for keys, part in table.groupby(["channel", "term", "response"], sort=False):
            name = style.name(f"{keys[1]} → {keys[2]}")
            rows += style.lines(name, part, EFFECTS, COUNTS)
    return style.table(style.head(EFFECTS, COUNTS), rows, title, _equations(found), "links")


def mediation(
    found: Sequence[Channels],
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of what travels each path from the focus to the outcome, with bootstrap errors.

    Examples
    --------
    >>> tables.mediation([found])  # doctest: +SKIP
    """
    style, rows = _Style(labels, lang, decimals, stars), []
    for one in found:
        for (_, kind, path), part in one.paths.groupby(["channel", "kind", "path"], sort=False):
            name = word("mechanism.sum", lang) if kind == "sum" else style.name(str(path))
            rows += style.lines(name, part, EFFECTS, (*COUNTS, "draws"))
    return style.table(style.head(EFFECTS, (*COUNTS, "draws")), rows, title, (), "paths")


def _equations(found: Sequence[Channels]) -> list[Fit]:
    return [fit for one in found for part in one.fits.values() for fit in part.values()]


def moderation(
    found: Sequence[Moderation],
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of effects at values of each moderator, and of what a rise of it by one adds.

    Examples
    --------
    >>> tables.moderation([found])  # doctest: +SKIP
    """
    style, rows = _Style(labels, lang, decimals, stars), []
    for one in found:
        moderator = style.name(one.moderator)
        rows.append(Row(f"{style.name(one.term)} × {moderator}", kind="section"))
        for value, part in one.effects.groupby("value", sort=False):
            rows += style.lines(f"{moderator} = {float(str(value)):.4g}", part, EFFECTS, COUNTS)
        rows += style.lines(word("mechanism.change", lang), one.change, EFFECTS, COUNTS)
    fits = [one.fit for one in found]
    return style.table(style.head(EFFECTS, COUNTS), rows, title, fits, "moderation")


def groups(
    found: Groups,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of effects by group: each group alone, all in one fit, their differences, the tests.

    Examples
    --------
    >>> tables.groups(found, lang="zh")  # doctest: +SKIP
    """
    style, rows = _Style(labels, lang, decimals, stars), []
    counts, kinds = (*COUNTS, "units"), (*EFFECTS, "sent")
    for key, table in (("separate", found.separate), ("joint", found.effects)):
        for term, part in table.groupby("term", sort=False):
            heading = word(f"mechanism.{key}", lang, name=style.name(str(term)))
            rows.append(Row(heading, kind="section"))
            for group, lines in part.groupby("group", sort=False):
                rows += style.lines(group_name(str(group), lang), lines, kinds, counts)
    for term, part in found.contrasts.groupby("term", sort=False):
        heading = word("mechanism.differences", lang, name=style.name(str(term)))
        rows.append(Row(heading, kind="section"))
        for (one, other), lines in part.groupby(["group", "versus"], sort=False):
            names = f"{group_name(str(one), lang)} − {group_name(str(other), lang)}"
            rows += [
                Row(row.label, (*row.cells, Cell()), row.kind)
                for row in style.lines(names, lines, kinds, COUNTS)
            ]
    fits = (found.joint, *found.fits.values())
    return style.table(style.head(kinds, counts), rows, title, fits, "groups", "separate")


def spillovers_between(
    found: Groups,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of spillovers from group to group: senders in rows, receivers in columns.

    Examples
    --------
    >>> tables.spillovers_between(found)  # doctest: +SKIP
    """
    style, rows = _Style(labels, lang, decimals, stars), []
    names = list(dict.fromkeys(found.between["to"]))
    for term, table in found.between.groupby("term", sort=False):
        rows.append(Row(style.name(str(term)), kind="section"))
        for sender, part in table.groupby("from", sort=False):
            lines = part.drop(columns=["from", "effect"]).rename(columns={"to": "effect"})
            label = word("mechanism.from", lang, name=group_name(str(sender), lang))
            rows += style.lines(label, lines, names)
        counts = table.drop_duplicates("to").set_index("to")
        for name in COUNTS:
            cells = (Cell(value=float(counts.loc[to, name]), decimals=0) for to in names)
            rows.append(Row(word(f"mechanism.{name}", lang), tuple(cells)))
    heads = (Head(word("mechanism.to", lang, name=group_name(name, lang))) for name in names)
    return style.table(((Head(""), *heads),), rows, title, (found.joint,), "between")
