"""Formula text to named columns: what may be written, how terms are spelt, what is missing where.

Names, `+ - * / ** : ( )`, numbers and the calls log, exp, sqrt, lag, I and C are all that is ever
evaluated. Column labels are formulaic's; the spatial lag of column c is called "W." + c.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named

__all__ = [
    "CALLS",
    "Columns",
    "check_formula",
    "coded_alike",
    "formula_columns",
    "formula_names",
    "lag_name",
]

CALLS = ("log", "exp", "sqrt", "lag", "I", "C")
TOKEN = re.compile(
    r"\s*(?:(?P<quoted>`[^`]+`)|(?P<name>[^\W\d]\w*)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<operator>\*\*|[-+*/:~()])|(?P<other>\S))"
)
FACTOR = re.compile(r"(?<!\w)C\(\s*(`[^`]+`|[^\W\d]\w*)\s*\)")
PLAIN = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Columns:
    """Outcome and regressors of a formula, on the rows of the data.

    `x` is (rows, k) with one label per column; `term` says of which formula term each column is;
    `spec` is what other rows are coded alike with, None where the columns are the data's own.
    """

    outcome: str
    y: npt.NDArray[np.float64]
    x: npt.NDArray[np.float64]
    labels: tuple[str, ...]
    term: tuple[str, ...]
    spec: Any = None

    def take(self, rows: npt.NDArray[np.intp]) -> Columns:
        """The same columns on some of the rows."""
        if len(rows) == len(self.y):
            return self
        return replace(self, y=self.y[rows], x=self.x[rows])


def lag_name(label: str) -> str:
    """Name of the spatial lag of a column."""
    return f"W.{label}"


def check_formula(formula: str) -> None:
    """Refuse whatever is not a column name, a number, an operator or one of the allowed calls."""
    if not isinstance(formula, str) or formula.count("~") != 1:
        raise InputError(
            f'the formula {formula!r} needs the form "outcome ~ regressor + regressor".'
        )
    tokens = [(m.lastgroup, m.group(m.lastgroup or 0)) for m in TOKEN.finditer(formula.rstrip())]
    for place, (kind, text) in enumerate(tokens):
        if kind == "other":
            raise InputError(
                f"the formula holds {text!r}; it may hold column names (in `backticks` when they "
                "hold spaces "
                f"or signs), numbers, + - * / ** : ( ) and {', '.join(CALLS)}."
            )
        called = place + 1 < len(tokens) and tokens[place + 1][1] == "("
        if kind == "name" and called and text not in CALLS:
            raise InputError(f"the formula calls {text}(); only {', '.join(CALLS)} may be called.")
    left, right = formula.split("~")
    if not left.strip() or not right.strip():
        raise InputError(
            f"the formula {formula!r} lacks its {'left' if not left.strip() else 'right'} side."
        )


def formula_names(formula: str) -> list[str]:
    """Columns that a formula reads, in order of appearance."""
    check_formula(formula)
    tokens = [(m.lastgroup, m.group(m.lastgroup or 0)) for m in TOKEN.finditer(formula.rstrip())]
    names: dict[str, None] = {}
    for place, (kind, text) in enumerate(tokens):
        called = place + 1 < len(tokens) and tokens[place + 1][1] == "("
        if kind == "quoted":
            names[text.strip("`")] = None
        elif kind == "name" and not called:
            names[text] = None
    return list(names)


def formula_columns(
    formula: str,
    frame: pd.DataFrame,
    *,
    where: Callable[[npt.NDArray[np.intp]], str],
    lag: Callable[[pd.Series], pd.Series] | None,
) -> Columns:
    """Evaluate a formula on a frame.

    Parameters
    ----------
    where
        Gives the names of rows, for messages.
    lag
        What `lag()` does; None where there is no time.

    Raises
    ------
    InputError
        Columns that are absent, reserved, text, or missing in some rows.
    """
    names = formula_names(formula)
    _require_known(names, frame)
    _refuse_reserved(names)
    if lag is None and re.search(r"\blag\s*\(", formula):
        raise InputError("lag() needs a panel; a cross-section has no earlier time.")
    table = frame[names]
    if not all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes):
        table = _numbers_as_numbers(table)
        _refuse_text(table.drop(columns=_factors(formula)), where)
    _refuse_missing(table, where)
    return _plain(formula, table) or _evaluated(formula, table, lag)


def _factors(formula: str) -> list[str]:
    """Columns that the formula declares as categories, C(name)."""
    return list({text.strip("`") for text in FACTOR.findall(formula)})


def _plain(formula: str, table: pd.DataFrame) -> Columns | None:
    """Formulas that only add up numeric columns need no parser."""
    left, right = (side.strip() for side in formula.split("~"))
    terms = [term.strip() for term in right.split("+")]
    if not all(PLAIN.fullmatch(name) for name in (left, *terms)) or len(set(terms)) < len(terms):
        return None
    numbers = [
        pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
        for kind in table.dtypes
    ]
    if not all(numbers) or left in terms or any(term in CALLS for term in terms):
        return None
    values = table[[left, *terms]].to_numpy(dtype=np.float64)
    labels = ("Intercept", *terms)
    x = np.column_stack([np.ones(len(values)), values[:, 1:]])
    return Columns(left, values[:, 0], x, labels, labels)


def _evaluated(
    formula: str, table: pd.DataFrame, lag: Callable[[pd.Series], pd.Series] | None
) -> Columns:
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    ready = table.copy()
    for name in ready.columns[[pd.api.types.is_bool_dtype(t) for t in ready.dtypes]]:
        ready[name] = ready[name].astype(np.float64)
    context = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt, "lag": lag}
    try:
        with np.errstate(all="ignore"):
            matrices = Formula(formula).get_model_matrix(ready, context=context, na_action="ignore")
        left, right = matrices.lhs, matrices.rhs
    except (FormulaicError, SyntaxError, AttributeError, TypeError) as error:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")[0]
        raise InputError(f"the formula {formula!r} cannot be read: {plain}") from error
    if left.shape[1] != 1:
        raise InputError(
            f"the left side of {formula!r} is {left.shape[1]} columns; it must be one number per "
            "row."
        )
    term = [""] * right.shape[1]
    for name, places in right.model_spec.term_indices.items():
        for place in places:
            term[place] = "Intercept" if str(name) == "1" else str(name)
    x = right.to_numpy(dtype=np.float64)
    return Columns(
        str(left.columns[0]),
        left.iloc[:, 0].to_numpy(dtype=np.float64),
        x,
        tuple(str(label) for label in right.columns),
        tuple(term),
        right.model_spec,
    )


def coded_alike(
    formula: str,
    spec: Any,
    frame: pd.DataFrame,
    *,
    where: Callable[[npt.NDArray[np.intp]], str],
    lag: Callable[[pd.Series], pd.Series] | None,
) -> dict[str, npt.NDArray[np.float64]]:
    """Regressors of other rows by label, with the categories of the rows of `spec`.

    Raises
    ------
    InputError
        Columns that are absent, missing in some rows, or hold a category not seen before.
    """
    names = formula_names("0 ~" + formula.split("~")[1])
    _require_known(names, frame)
    table = _numbers_as_numbers(frame[names])
    _refuse_missing(table, where)
    if spec is None:
        columns = {name: table[name].to_numpy(dtype=np.float64) for name in names}
        return {"Intercept": np.ones(len(table)), **columns}
    for name in table.columns[[pd.api.types.is_bool_dtype(t) for t in table.dtypes]]:
        table[name] = table[name].astype(np.float64)
    from formulaic.errors import DataMismatchWarning

    context = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt, "lag": lag}
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataMismatchWarning)
        try:
            with np.errstate(all="ignore"):
                x = spec.get_model_matrix(table, context=context, na_action="ignore")
        except DataMismatchWarning as unseen:
            raise InputError(
                "the data hold categories that the fit has not seen "
                f"({str(unseen).split(':')[1].split('}')[0].strip(' {')}); leave these rows out."
            ) from unseen
    return {str(name): x[name].to_numpy(dtype=np.float64) for name in x.columns}


def _require_known(names: Sequence[str], frame: pd.DataFrame) -> None:
    twice = [name for name in names if (frame.columns == name).sum() > 1]
    if twice:
        raise InputError(f"the table has several columns called {named(twice)}; rename them.")
    absent = [name for name in names if name not in frame.columns]
    if absent:
        near = get_close_matches(absent[0], [str(c) for c in frame.columns], n=1)
        hint = f"did you mean {near[0]}?" if near else f"the table has {named(frame.columns, 20)}."
        raise InputError(f"the formula names {named(absent)}, which the table lacks; {hint}")


def _refuse_reserved(names: Sequence[str]) -> None:
    bad = [n for n in names if n in ("rho", "lambda", "Intercept") or n.startswith(("W.", "L."))]
    if bad:
        raise InputError(
            f"the columns {named(bad)} have names that the results need (rho, lambda, Intercept, "
            "W.*, L.*); rename them."
        )


def _numbers_as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Turn object columns that hold numbers only, as spreadsheets give them, into numbers."""
    loose = [
        name
        for name, column in table.items()
        if column.dtype == object and all(isinstance(value, Number) for value in column.dropna())
    ]
    return table.astype(dict.fromkeys(loose, np.float64)) if loose else table


def _refuse_text(table: pd.DataFrame, where: Callable[[npt.NDArray[np.intp]], str]) -> None:
    """Numbers kept as text would silently turn into categories; words are categories."""
    for name, column in table.items():
        if pd.api.types.is_numeric_dtype(column.dtype) or isinstance(
            column.dtype, pd.CategoricalDtype
        ):
            continue
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            raise InputError(
                f"column {name} holds dates; turn it into a number or a category first."
            )
        numbers = pd.to_numeric(column, errors="coerce")
        words = np.flatnonzero((numbers.isna() & column.notna()).to_numpy())
        if numbers.notna().any():
            cells = f"{named(column.iloc[words[:3]].unique())} at {where(words)}"
            mend = f"mend {cells}, then " if len(words) else ""
            raise InputError(
                f"column {name} holds numbers as text; {mend}convert it with pandas.to_numeric, "
                f"or write C({name}) for categories."
            )


def _refuse_missing(table: pd.DataFrame, where: Callable[[npt.NDArray[np.intp]], str]) -> None:
    missing = table.isna()
    if missing.to_numpy().any():
        parts = [
            f"{name} in {counted(int(missing[name].sum()), 'row', 'rows')} "
            f"({where(np.flatnonzero(missing[name].to_numpy()))})"
            for name in table.columns[missing.any().to_numpy()]
        ]
        raise InputError(
            f"values are missing: {'; '.join(parts)}. Fill them in, or leave these units or years "
            "out."
        )
