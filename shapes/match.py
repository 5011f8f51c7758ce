"""Match the names of a table to the units of a boundary table."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from shapes.errors import InputError, named
from shapes.labels import canonical, is_missing, joined_code, normal_code, tight
from shapes.latin import fold_latin, latin_forms, latin_parts
from shapes.names import PROVINCE_NAMESAKES, compatible, forms

__all__ = ["AMBIGUOUS", "Gazetteer", "Match", "code_columns", "distinct", "match_names"]

_CODE_COLUMNS = frozenset(
    {
        "adcode", "ad_code", "gb", "gbcode", "code", "citycode", "city_code",
        "代码", "行政代码", "行政区划代码", "区划代码", "行政区代码",
        "城市代码", "市代码", "地级码",
    }
)  # fmt: skip
_LATIN_COLUMNS = ("city_en", "name_en")
_PROVINCE_COLUMNS = ("province", "province_en")
_CONTINUED = frozenset({"renamed", "short", "code", "spelling"})
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
    one code, XX0100 is XX0000 in the four municipalities) or the romanised name (Xi'an, Xian, XI
    AN); `alias` from the packaged table of renamed cities, short names, former codes and other
    spellings (Haerbin); `suffix`, where an ending (市, 州, 盟, 地区, City, Shi, Autonomous
    Prefecture, the ethnic groups of one) or the province beside it (江苏苏州, "Suzhou, Jiangsu")
    comes or goes and exactly one unit fits. Everything else is `none`: cities that were merged or
    split (莱芜市, 巢湖市), names that fit several units, and misspelt names, for which `suggestion`
    is the most similar name and `score` its similarity. Suggestions are for people; nothing acts
    on them.

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


def code_columns(cities: pd.DataFrame) -> list[Any]:
    """Columns known by their names to hold codes of units."""
    return [c for c in cities.columns if str(c).strip().casefold() in _CODE_COLUMNS]


@cache
def _changes() -> dict[str, dict[str, str]]:
    """Read the packaged table of aliases and changes, by given name."""
    with (files("shapes") / "data" / "aliases.csv").open(encoding="utf-8") as stream:
        return {fold_latin(row["given"]) or row["given"]: row for row in csv.DictReader(stream)}


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
        self._spoken = self._column_words(cities, *_LATIN_COLUMNS)
        self._provinces = self._province_words(cities)

    @cached_property
    def _latin(self) -> dict[str, set[str]]:
        """Keys by romanised name; this and what follows is made where a name is not found."""
        return _unambiguous(
            (fold_latin(word), key)
            for words in (*self._words, *self._spoken)
            for key, word in words.items()
        )

    @cached_property
    def _choices(self) -> list[str]:
        return [w for words in (*self._words, *self._spoken) for w in words.values()]

    def label(self, key: str) -> Any:
        """Label of the boundary table's index that a canonical key stands for."""
        return self._labels[key]

    def find(self, given: str) -> Match:
        """Match one canonical name; where nothing fits, with the most similar one."""
        return self.match(given) or self._suggest(given, tight(given))

    def match(self, given: str) -> Match | None:
        """Match one canonical name; None where nothing fits."""
        name = tight(given)
        for how, step in (
            ("exact", self._by_name),
            ("alias", self._by_alias),
            ("suffix", self._by_form),
            ("suffix", self._by_parts),
            ("suffix", self._by_sound),
            ("suffix", self._by_province),
        ):
            found = step(name)
            if len(found) == 1:
                return Match(given, self.label(found.pop()), how, None, 100.0)
            if found:
                return Match(given, None, "none", AMBIGUOUS.join(sorted(found)), np.nan)
        return None

    def resolve(self, name: str) -> Any:
        """Key of an exact name or code, or None."""
        found = self._by_name(tight(name))
        return self.label(found.pop()) if len(found) == 1 else None

    def _by_name(self, name: str) -> set[str]:
        if not name:
            return set()
        code = joined_code(unicodedata.normalize("NFKC", name))
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

    def _by_parts(self, name: str) -> set[str]:
        """Units that became one, by the names of their parts in one of their forms."""
        parts = name.split("+")
        if len(parts) == 1:
            return set()
        return {
            key
            for words in self._words
            for key, word in words.items()
            if len(units := tight(word).split("+")) == len(parts) and all(map(_alike, parts, units))
        }

    def _by_sound(self, name: str) -> set[str]:
        """Units that a romanised name fits with its endings or without."""
        if self._change(name) is not None:
            return set()
        return {
            key
            for stem, kind in latin_forms(name)
            for official, key in self._sounds.get(stem, ())
            if compatible(kind, official)
        }

    def _by_province(self, name: str) -> set[str]:
        parts = latin_parts(name)
        if len(parts) == 2 and fold_latin("".join(parts)):
            return self._heard_within(*parts) or self._heard_within(*parts[::-1])
        for province, inside in self._provinces.items():
            for rest in (name.removeprefix(province), _within_brackets(name, province)):
                if rest in (name, ""):
                    continue
                found = (self._by_name(rest) or self._units_called(rest)) & inside
                if found:
                    return found
        return self._beside_province(name)

    def _heard_within(self, city: str, province: str) -> set[str]:
        inside = self._provinces.get(fold_latin(province), set())
        return (self._by_name(city) or self._by_sound(city)) & inside

    def _beside_province(self, name: str) -> set[str]:
        """Units called by a romanised name with its province before or behind it."""
        words = name.split()
        for cut in range(1, len(words)):
            front, back = " ".join(words[:cut]), " ".join(words[cut:])
            found = self._heard_within(front, back) or self._heard_within(back, front)
            if found and fold_latin(name):
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
        for stem, kind in sorted(latin_forms(name)):
            row = changes.get(stem)
            kinds = {official for _, official in forms(row["key"])} - {""} if row else set()
            if row and (not kinds or any(compatible(kind, official) for official in kinds)):
                return row
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
        columns = code_columns(cities)
        series = [list(cities.index), *(list(cities[column]) for column in columns)]
        return _unambiguous(
            (code, key)
            for values in series
            for key, value in zip(self.keys, values, strict=True)
            if not is_missing(value) and (code := joined_code(canonical(value)))
        )

    @cached_property
    def _stems(self) -> dict[str, set[tuple[str, str]]]:
        table: dict[str, set[tuple[str, str]]] = {}
        for words in self._words:
            for key, word in words.items():
                for stem, kind in forms(tight(word)):
                    table.setdefault(stem, set()).add((kind, key))
        return table

    @cached_property
    def _sounds(self) -> dict[str, set[tuple[str, str]]]:
        """Kinds and units by the romanised stem; the kind is that of the Chinese name if any."""
        kinds: dict[str, set[str]] = {}
        for units in self._stems.values():
            for kind, key in units:
                kinds.setdefault(key, set()).add(kind)
        table: dict[str, set[tuple[str, str]]] = {}
        for words in (*self._words, *self._spoken):
            for key, word in words.items():
                for stem, kind in latin_forms(word):
                    official = {kind} if kind else (kinds.get(key, set()) - {""} or {""})
                    table.setdefault(stem, set()).update((one, key) for one in official)
        return table

    def _province_words(self, cities: GeoDataFrame) -> dict[str, set[str]]:
        """Units by the full, short and romanised name of their province, longer names first."""
        table: dict[str, set[str]] = {}
        for column in _PROVINCE_COLUMNS:
            if column not in cities.columns:
                continue
            for key, province in zip(self.keys, cities[column], strict=True):
                if not is_missing(province):
                    word = canonical(province)
                    for short in {fold_latin(word) or stem for stem, _ in forms(word)}:
                        table.setdefault(short, set()).add(key)
        return dict(sorted(table.items(), key=lambda item: -len(item[0])))


def _alike(given: str, official: str) -> bool:
    """Whether a name fits an official one in one of its forms."""
    return any(
        stem == other and compatible(kind, rank)
        for stem, kind in forms(given)
        for other, rank in forms(official)
    )


def _within_brackets(name: str, province: str) -> str:
    """Name before a province in brackets: 苏州市（江苏）."""
    for left, right in ("()", "（）"):
        rest = name.removesuffix(f"{left}{province}{right}")
        if rest != name:
            return rest
    return name


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Keys by word; a word of several units keeps them all, so that it is seen as ambiguous."""
    table: dict[str, set[str]] = {}
    for word, key in pairs:
        if word:
            table.setdefault(word, set()).add(key)
    return table
