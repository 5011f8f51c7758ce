"""Rows of one unit under two names, as workbooks with a sheet per indicator have them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from spatial.errors import InputError, named

__all__ = ["join_halves"]


def join_halves(
    table: pd.DataFrame, keys: Sequence[str], unit: str
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Join rows of one polygon and year that complete each other; refuse those that disagree.

    One sheet writes 北京 and the next 北京市: the two rows of each year hold different columns.
    Where both hold a value, it has to be the same.

    Parameters
    ----------
    table
        Long table; not changed.
    keys
        Columns that identify a row: the key of the polygon, and the year of a panel.
    unit
        Column with the names as the table writes them; the first name of a row is kept.

    Returns
    -------
    table
        One row per key; the table itself where every row stands alone.
    repairs
        key, problem and detail of what was joined.

    Raises
    ------
    InputError
        Two rows that hold different values in one column, by name.
    """
    twice = table.duplicated(list(keys), keep=False)
    if not twice.any():
        return table, []
    rows = table[twice].groupby(list(keys), sort=False, dropna=False)
    names = rows[unit].agg(lambda given: " and ".join(dict.fromkeys(map(str, given))))
    differ = rows[[c for c in table.columns if c not in (*keys, unit)]].agg("nunique") > 1
    owners = names.index.get_level_values(0)
    if differ.any(axis=None):
        column = str(differ.columns[differ.any()][0])
        hit = differ[column].to_numpy()
        pairs = zip(names[hit], owners[hit], strict=True)
        shown = dict.fromkeys(f"{given} (both {key})" for given, key in pairs)
        raise InputError(
            f"several rows of the table stand for one polygon and year: {named(shown)}, with "
            f"different values of {column}; add them up or keep one."
        )
    first = rows.first().reset_index()[list(table.columns)]
    whole = pd.concat([table[~twice], first.astype(table.dtypes)], ignore_index=True)
    joined = dict(zip(owners, names, strict=True))
    return whole, [
        {"key": str(key), "problem": "rows joined", "detail": f"{given} complete each other"}
        for key, given in joined.items()
    ]
