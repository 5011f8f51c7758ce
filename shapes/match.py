"""Match the names of a table to the units of a boundary table."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from shapes.errors import InputError, named
from shapes.labels import canonical, is_missing, normal_code, tight
from shapes.names import PROVINCE_NAMESAKES, compatible, fold_latin, forms

__all__ = ["AMBIGUOUS", "Gazetteer", "Match", "distinct", "match_names"]

_CODE_COLUMNS = frozenset(
    {
        "adcode", "ad_code", "gb", "gbcode", "code", "citycode", "city_code",
        "代码", "行政代码", "行政区划代码", "区划代码", "行政区代码",
        "城市代码", "市代码", "地级码",
    }
)  # fmt: skip
_LATIN_COLUMNS = ("city_en", "name_en")
_CONTINUED = frozenset({"renamed", "short", "code"})
_LEAST_SCORE = 50.0
AMBIGUOUS = " | "


class Match(NamedTuple):
    """What became of one given name."""

    given: str
    key: str | None
    how: str
    suggestion: str | None
    score: float


def match_names(names: Iterable[Any], cities: GeoDataFrame) -> pd.DataFrame:
    """Match names or codes to the units of a boundary table, without ever guessing.

    In this order: `exact` on the key, the name column, a code column (4, 6, 9 and 12 digits are
    one code, XX0100 is XX0000 in the four municipalities) or the romanised name; `alias` from the
    packaged table of renamed cities, short names and former codes; `suffix`, where an ending (市,
    州, 盟, 地区, the ethnic groups of an autonomous prefecture) or the province in front comes or
    goes and exactly one unit fits. Everything else is `none`: cities that were merged or split
    (莱芜市, 巢湖市), names that fit several units, and misspelt names, for which `suggestion` is
    the most similar name and `score` its similarity. Suggestions are for people; nothing acts on
    them.

    Parameters
    ----------
    names : iterable of str or number
        Names as the table writes them; repeated names are matched once.
    cities : geopandas.GeoDataFrame
        Result of `read_boundaries` or `china_cities`.

    Returns
    -------
    pandas.DataFrame
        One row per distinct name: `given`, `key` (missing where `how` is none), `how` (exact,
        alias, suffix, none), `suggestion` (a name, several joined by " | ", or what became of the
        city), `score` (0 to 100; 100 for a match, missing where there is nothing to compare).

    Raises
    ------
    InputError
        When `cities` is no boundary table or its keys are not unique.

    Examples
    --------
    >>> from shapes import china_cities
    >>> match_names(["恩施州", "襄樊", "莱芜市"], china_cities())["how"].tolist()
    ['suffix', 'alias', 'none']
    """
    gazetteer = Gazetteer(cities)
    rows = [gazetteer.find(given) for given in distinct(names)]
    return pd.DataFrame(rows, columns=list(Match._fields), dtype=object).astype({"score": float})


def distinct(names: Iterable[Any]) -> list[str]:
    """Canonical texts in the order in which they first appear; a missing name is ""."""
    several = [names] if isinstance(names, str) else names
    return list(dict.fromkeys("" if is_missing(name) else canonical(name) for name in several))


@cache
def _changes() -> dict[str, dict[str, str]]:
    """Read the packaged table of aliases and changes, by given name."""
    with (files("shapes") / "data" / "aliases.csv").open(encoding="utf-8") as stream:
        return {row["given"]: row for row in csv.DictReader(stream)}


class Gazetteer:
    """Every way in which a unit of a boundary table can be called."""

    def __init__(self, cities: GeoDataFrame) -> None:
        if not isinstance(cities, pd.DataFrame):
            raise InputError(
                f"cities is a {type(cities).__name__}, not a boundary table; "
                "give the result of read_boundaries or china_cities."
            )
        self.keys = [canonical(key) for key in cities.index]
        if len(set(self.keys)) < len(self.keys):
            twice = pd.Index(self.keys)[pd.Index(self.keys).duplicated()].unique()
            raise InputError(
                f"the boundary table has the keys {named(twice)} more than once; "
                "index it by a column that is unique."
            )
        self._labels = dict(zip(self.keys, cities.index, strict=True))
        self._words = self._column_words(cities, cities.attrs.get("name"), "city")
        self._exact = _unambiguous(
            (tight(word), key) for words in self._words for key, word in words.items()
        )
        self._exact.update({tight(key): {key} for key in self.keys})
        self._codes = self._column_codes(cities)
        spoken = self._column_words(cities, *_LATIN_COLUMNS)
        self._latin = _unambiguous(
            (fold_latin(word), key)
            for words in (*self._words, *spoken)
            for key, word in words.items()
        )
        self._choices = [w for words in (*self._words, *spoken) for w in words.values()]
        self._stems = self._stem_table()
        self._provinces = self._province_words(cities)

    def label(self, key: str) -> Any:
        """Label of the boundary table's index that a canonical key stands for."""
        return self._labels[key]

    def find(self, given: str) -> Match:
        """Match one canonical name."""
        name = tight(given)
        for how, step in (
            ("exact", self._by_name),
            ("alias", self._by_alias),
            ("suffix", self._by_form),
            ("suffix", self._by_province),
        ):
            found = step(name)
            if len(found) == 1:
                return Match(given, self.label(found.pop()), how, None, 100.0)
            if found:
                return Match(given, None, "none", AMBIGUOUS.join(sorted(found)), np.nan)
        return self._suggest(given, name)

    def resolve(self, name: str) -> Any:
        """Key of an exact name or code, or None."""
        found = self._by_name(tight(name))
        return self.label(found.pop()) if len(found) == 1 else None

    def _by_name(self, name: str) -> set[str]:
        if not name:
            return set()
        code = normal_code(unicodedata.normalize("NFKC", name))
        found = self._exact.get(name) or (self._codes.get(code) if code else None)
        return set(found or self._latin.get(fold_latin(name)) or ())

    def _by_alias(self, name: str) -> set[str]:
        change = self._change(name)
        if change is not None:
            return self._units_called(change["key"]) if change["kind"] in _CONTINUED else set()
        rows = _changes().items()
        former = [old for old, row in rows if row["kind"] == "renamed" and row["key"] == name]
        return {key for old in former for key in self._units_called(old)}

    def _by_form(self, name: str) -> set[str]:
        if self._change(name) is not None or name in PROVINCE_NAMESAKES:
            return set()
        return self._units_called(name)

    def _by_province(self, name: str) -> set[str]:
        for province, inside in self._provinces.items():
            rest = name.removeprefix(province)
            if rest not in (name, ""):
                found = (self._by_name(rest) or self._units_called(rest)) & inside
                if found:
                    return found
        return set()

    def _units_called(self, name: str) -> set[str]:
        """Units that the name fits in one of its forms."""
        return {
            key
            for stem, kind in forms(name)
            for official, key in self._stems.get(stem, ())
            if compatible(kind, official)
        }

    def _change(self, name: str) -> dict[str, str] | None:
        """Entry of the packaged table under the name, or under the name as a city (襄樊)."""
        changes = _changes()
        code = normal_code(name)
        for word in (code or name, f"{name}市"):
            if word in changes:
                return changes[word]
        return None

    def _suggest(self, given: str, name: str) -> Match:
        change = self._change(name)
        if change is not None and change["note"] and change["kind"] not in _CONTINUED:
            return Match(given, None, "none", str(change["note"]), np.nan)
        if not name or normal_code(name):
            return Match(given, None, "none", None, np.nan)
        from rapidfuzz import fuzz, process

        best = process.extractOne(given, self._choices, scorer=fuzz.WRatio)
        if best is None or best[1] < _LEAST_SCORE:
            return Match(given, None, "none", None, np.nan)
        return Match(given, None, "none", best[0], float(best[1]))

    def _column_words(self, cities: GeoDataFrame, *columns: Any) -> list[dict[str, str]]:
        """Names by key: the key itself, then the columns that are there."""
        tables = [{key: key for key in self.keys}]
        for column in dict.fromkeys(columns):
            if column in cities.columns:
                pairs = zip(self.keys, cities[column], strict=True)
                tables.append({key: canonical(word) for key, word in pairs if not is_missing(word)})
        return tables

    def _column_codes(self, cities: GeoDataFrame) -> dict[str, set[str]]:
        """Keys by code, from the index and from the columns known to hold codes."""
        columns = [c for c in cities.columns if str(c).strip().casefold() in _CODE_COLUMNS]
        series = [list(cities.index), *(list(cities[column]) for column in columns)]
        return _unambiguous(
            (code, key)
            for values in series
            for key, value in zip(self.keys, values, strict=True)
            if not is_missing(value) and (code := normal_code(canonical(value)))
        )

    def _stem_table(self) -> dict[str, set[tuple[str, str]]]:
        table: dict[str, set[tuple[str, str]]] = {}
        for words in self._words:
            for key, word in words.items():
                for stem, kind in forms(tight(word)):
                    table.setdefault(stem, set()).add((kind, key))
        return table

    def _province_words(self, cities: GeoDataFrame) -> dict[str, set[str]]:
        """Units by the full and the short name of their province, longer names first."""
        table: dict[str, set[str]] = {}
        if "province" in cities.columns:
            for key, province in zip(self.keys, cities["province"], strict=True):
                if not is_missing(province):
                    for stem, _ in forms(canonical(province)):
                        table.setdefault(stem, set()).add(key)
        return dict(sorted(table.items(), key=lambda item: -len(item[0])))


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Keys by word; a word of several units keeps them all, so that it is seen as ambiguous."""
    table: dict[str, set[str]] = {}
    for word, key in pairs:
        if word:
            table.setdefault(word, set()).add(key)
    return table
