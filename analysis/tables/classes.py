"""Tables that count the classes of local statistics, and how units moved between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.convention import convention
from analysis.tables.cells import BLANK, Cell
from analysis.tables.labels import term_label
from analysis.tables.table import Head, Row, Table
from analysis.terms import TERMS, check_language
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["class_changes", "local_classes"]


def local_classes(
    results: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    *,
    title: str | None = None,
) -> Table:
    """Table of how many units each local statistic puts into each class, by time.

    Parameters
    ----------
    results
        By name, what `spatial.lisa`, `bilisa`, `getis_ord` or their twins by time return; all over
        times, or none.
    labels
        Printed names of the names.
    lang, title
        As in `models`.

    Returns
    -------
    Table
        A heading for each result and a row for each of its classes, those without a unit too; a
        column for each time.

    Raises
    ------
    InputError
        No result, a result without clusters, results with and without times.

    Examples
    --------
    >>> tables.local_classes({"y": spatial.lisa_by_time(panel, "y", w)})  # doctest: +SKIP
    """
    check_language(lang)
    for name, result in results.items():
        _require_clusters(result, name)
    levels = {result.index.nlevels for result in results.values()}
    if len(levels) != 1:
        raise InputError("the results must be some, all of them over times or all without.")
    counts = {name: _counts(result) for name, result in results.items()}
    times = list(dict.fromkeys(time for found in counts.values() for time in found))
    rows, notes = [], []
    for place, (name, result) in enumerate(results.items()):
        rows.append(Row(term_label(name, labels, lang), kind="section", rule=place > 0))
        for key in result["cluster"].cat.categories:
            cells = [
                Cell(value=float(counts[name][time][key]), decimals=0)
                if time in counts[name]
                else BLANK
                for time in times
            ]
            rows.append(Row(_class_word(str(key), lang), tuple(cells)))
        notes += [text for text in _convention(result, lang) if text not in notes]
    heads = [str(time) if time is not None else word("table.count", lang) for time in times]
    return Table(
        head=((Head(word("classes.class", lang)), *map(Head, heads)),),
        rows=tuple(rows),
        notes=tuple(notes),
        title=title,
        lang=lang,
    )


def class_changes(change: pd.DataFrame, lang: str = "en", *, title: str | None = None) -> Table:
    """Table of the classes of the earlier time against those of the later one.

    Parameters
    ----------
    change
        From `spatial.lisa_change`.
    lang, title
        As in `models`.

    Returns
    -------
    Table
        A row for each class of the earlier time, a column for each of the later one, and sums.

    Raises
    ------
    InputError
        What is no result of `spatial.lisa_change`.

    Examples
    --------
    >>> tables.class_changes(spatial.lisa_change(local, (2011, 2022)))  # doctest: +SKIP
    """
    check_language(lang)
    if not isinstance(change, pd.DataFrame) or not {"before", "after"} <= {*change.columns}:
        raise InputError(
            "the change has no columns before and after; give what spatial.lisa_change returns."
        )
    keys = list(change["before"].cat.categories)
    table = pd.crosstab(change["before"], change["after"]).reindex(
        index=keys, columns=keys, fill_value=0
    )
    both = (str(change.attrs.get(side, "")) for side in ("before", "after"))
    names = [_class_word(str(key), lang) for key in keys]
    total = word("classes.total", lang)
    rows = [
        _counted(name, [*table.loc[key], table.loc[key].sum()])
        for name, key in zip(names, keys, strict=True)
    ]
    rows.append(_counted(total, [*table.sum(), int(table.to_numpy().sum())], rule=True))
    first, last = both
    return Table(
        head=(
            (Head(first), Head(last, span=len(keys)), Head("")),
            (Head(word("classes.class", lang)), *map(Head, names), Head(total)),
        ),
        rows=tuple(rows),
        notes=tuple(_convention(change, lang)),
        title=title,
        lang=lang,
    )


def _require_clusters(result: object, name: str) -> None:
    """Refuse what is not the result of a local statistic."""
    if not isinstance(result, pd.DataFrame) or "cluster" not in result.columns:
        raise InputError(
            f"the result of {name} has no column cluster; give what spatial.lisa or "
            "spatial.getis_ord returns."
        )


def _counts(result: pd.DataFrame) -> dict[Any, Any]:
    """Units of each class by time; under None where the result has no times."""
    if result.index.nlevels == 1:
        return {None: result["cluster"].value_counts()}
    times = result.index.get_level_values(0)
    return {time: result["cluster"][times == time].value_counts() for time in times.unique()}


def _counted(label: str, counts: list[Any], *, rule: bool = False) -> Row:
    return Row(label, tuple(Cell(value=float(n), decimals=0) for n in counts), rule=rule)


def _class_word(key: str, lang: str) -> str:
    """Printed name of a class of local Moran or of local G."""
    known = next(k for k in (f"cluster.{key}", f"spot.{key}") if k in TERMS)
    return word(known, lang)


def _convention(result: pd.DataFrame, lang: str) -> list[str]:
    """How the result was tested, as one sentence; nothing where it does not say."""
    said = convention(result.attrs, lang)
    if not said:
        return []
    text = ("；" if lang == "zh" else "; ").join(said)
    return [f"{text[:1].upper()}{text[1:]}{'。' if lang == 'zh' else '.'}"]
