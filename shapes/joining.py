"""Join a table of cities to a boundary table: who matched how, and nothing lost in silence."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from shapes.aliases import Aliases, read_aliases
from shapes.errors import InputError, counted, named, nearest
from shapes.labels import canonical, is_missing, tight
from shapes.match import AMBIGUOUS, Gazetteer, Match

__all__ = ["join"]

NAMED = 20  # names in a refusal


def join(
    table: pd.DataFrame,
    cities: GeoDataFrame,
    on: str,
    aliases: Aliases = None,
    *,
    drop: Literal["report"] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every row of a table the key of its unit in a boundary table.

    Names match as in `match_names`, after the caller's own aliases. A name that matches nothing
    stops the join, unless `drop="report"` leaves its rows out and writes it into the ledger. So
    does a second name of one unit (恩施州 beside 恩施土家族苗族自治州), unless an alias says that
    this is meant or the packaged table knows the city was renamed.

    Parameters
    ----------
    table : pandas.DataFrame
        One or many rows per city; not changed.
    cities : geopandas.GeoDataFrame
        Result of `read_boundaries` or `china_cities`.
    on : str
        Column of the table that names the cities, or holds their codes.
    aliases : mapping, pandas.DataFrame or path of a CSV, optional
        What a name of the table means: columns `given` and `key`, or a mapping from one to the
        other. The key is a key, name or code of `cities`. Rows without a key are not filled in
        yet and are ignored. The CSV is the one that `cityripple check` writes, in whatever
        encoding and with whatever separator a spreadsheet saves it.
    drop : "report", optional
        Leave out what does not match and say so in the ledger.

    Returns
    -------
    table : pandas.DataFrame
        Copy with the column `key`, whose values are labels of `cities.index`.
    ledger : pandas.DataFrame
        One row per distinct name: `given`, `key` (missing where left out), `how` (exact, alias,
        suffix, none).

    Raises
    ------
    InputError
        Names without a unit (named, with suggestions), two names of one unit, missing names, a
        missing column, an alias that leads nowhere.

    Examples
    --------
    >>> from shapes import china_cities
    >>> table = pd.DataFrame({"city": ["北京", "襄樊市"], "gdp": [1.0, 2.0]})
    >>> joined, ledger = join(table, china_cities(), on="city")
    >>> joined["key"].tolist(), ledger["how"].tolist()
    (['北京市', '襄阳市'], ['suffix', 'alias'])
    """
    _check_request(table, on, drop)
    gazetteer = Gazetteer(cities)
    meant = read_aliases(aliases, gazetteer)
    codes, labels = pd.factorize(table[on], use_na_sentinel=False)
    texts = ["" if is_missing(label) else canonical(label) for label in labels]
    matches = [
        Match(name, meant[name], "alias", None, 100.0)
        if name in meant
        else gazetteer.match(name) or Match(name, None, "none", None, np.nan)
        for name in dict.fromkeys(texts)
    ]
    lost = [match for match in matches if match.how == "none"]
    if lost and drop is None:
        lost = [*(gazetteer.find(match.given) for match in lost[:NAMED]), *lost[NAMED:]]
        _refuse_unmatched(lost, table, on, unnamed=_unnamed(cities, lost, matches))
    _refuse_second_names([match for match in matches if match.how != "none"])
    keys = {match.given: match.key for match in matches if match.how != "none"}
    held = np.array([text in keys for text in texts], dtype=bool)
    matched = held[codes]
    joined = table.loc[matched].copy()
    known = pd.array([keys[text] for text in texts if text in keys], dtype=cities.index.dtype)
    found = known.take((np.cumsum(held) - 1)[codes[matched]])
    if on == "key":
        joined["key"] = found
    else:
        joined.insert(0, "key", found)
    ledger = pd.DataFrame(
        [(match.given, match.key, match.how) for match in matches],
        columns=["given", "key", "how"],
        dtype=object,
    )
    return joined, ledger


def _check_request(table: pd.DataFrame, on: str, drop: str | None) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"the table is a {type(table).__name__}; give a pandas.DataFrame.")
    if on not in table.columns:
        raise InputError(
            f"the table has no column {on!r}; give on= one of its columns, "
            f"such as {nearest(on, table.columns)}."
        )
    if "key" in table.columns and on != "key":
        raise InputError(
            "the table already has a column 'key', which the join would overwrite; rename it."
        )
    if drop not in (None, "report"):
        raise InputError(
            f"drop={drop!r} is unknown; give 'report' or leave it away to refuse unmatched names."
        )


def _unnamed(cities: GeoDataFrame, lost: list[Match], matches: list[Match]) -> bool:
    """Whether nothing matches because the boundary table knows no names."""
    return len(lost) == len(matches) and not {cities.attrs.get("name"), "city"} & {*cities.columns}


def _refuse_unmatched(lost: list[Match], table: pd.DataFrame, on: str, *, unnamed: bool) -> None:
    words = [_hint(match) for match in lost if match.given]
    missing = [i for i, name in enumerate(table[on]) if is_missing(name)]
    if missing:
        words.append(
            f"{counted(len(missing), 'empty cell', 'empty cells')} (first in row "
            f"{table.index[missing[0]]})"
        )
    if unnamed:
        raise InputError(
            f"column {on!r} holds {named(words, 4)}, but the boundaries have no column of names; "
            "give name= to read_boundaries, or join by the keys of the boundaries."
        )
    raise InputError(
        f"column {on!r} has {counted(len(lost), 'name that matches', 'names that match')} no unit: "
        f"{named(words, NAMED)}; correct them, give aliases= (columns given, key), or leave them "
        "out with drop='report'."
    )


def _hint(match: Match) -> str:
    if match.suggestion is None:
        return match.given
    several = AMBIGUOUS in match.suggestion
    mark = "?" if several or not pd.isna(match.score) else ""
    return f"{match.given} ({match.suggestion.replace(AMBIGUOUS, ' or ')}{mark})"


def _refuse_second_names(matches: list[Match]) -> None:
    """Two different names of one unit, of which none is an alias; blanks make no difference."""
    plain: dict[Any, dict[str, str]] = {}
    for match in matches:
        if match.how != "alias":
            plain.setdefault(match.key, {}).setdefault(tight(match.given), match.given)
    twice = [
        f"{' and '.join(names.values())} → {key}" for key, names in plain.items() if len(names) > 1
    ]
    if twice:
        raise InputError(
            f"different names lead to one unit: {named(twice)}; write one name for each unit, or "
            "say with aliases= (columns given, key) that they are the same."
        )
