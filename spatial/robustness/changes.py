"""What a specification may change: weights, formula, model, covariance, values, rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from spatial.errors import InputError, is_whole, named
from spatial.formula import formula_names
from spatial.labels import canonical
from spatial.models import GNS, OLS, SAC, SAR, SDEM, SDM, SEM, SLX, Specification
from spatial.panel import Panel

__all__ = ["DIMENSIONS", "Choice", "changed_model", "changed_values", "levels_of", "without_rows"]

FAMILY = {model.kind: model for model in (OLS, SLX, SAR, SEM, SDM, SDEM, SAC, GNS)}
DIMENSIONS = (
    "weights", "formula", "kind", "fixed_effects", "estimator", "covariance", "winsorise",
    "lag_regressors", "drop", "drop_times", "controls",
)  # fmt: skip
KEYS = {  # of `variations`, and the dimension each fills
    "formulas": "formula",
    "kinds": "kind",
    "effects": "fixed_effects",
    "estimators": "estimator",
    "covariances": "covariance",
    "winsorise": "winsorise",
    "lag_regressors": "lag_regressors",
    "drop": "drop",
    "drop_times": "drop_times",
    "controls": "controls",
}
NONE = "none"


@dataclass(frozen=True)
class Choice:
    """One level of one dimension: its printed name and what it stands for; `base` for the model's.

    The value is a formula and its focus, a word, a share, a number of periods, a tuple of units,
    times or terms.
    """

    name: str
    value: Any = None
    base: bool = False


def levels_of(
    model: Specification, graphs: Iterable[str], focus: str, variations: Mapping[str, Any]
) -> dict[str, list[Choice]]:
    """Levels of every dimension, that of the model first.

    Raises
    ------
    InputError
        A key or value of `variations` that means nothing.
    """
    unknown = [key for key in variations if key not in KEYS]
    if unknown:
        raise InputError(
            f"variations has no key {unknown[0]!r}; there are {', '.join(KEYS)} (weights are "
            "given as a mapping in graphs=)."
        )
    own = {
        "formula": Choice("main", (model.formula, focus), base=True),
        "kind": Choice(model.kind, model.kind, base=True),
        "fixed_effects": Choice(model.effects, model.effects, base=True),
        "estimator": Choice(str(model.estimator), model.estimator, base=True),
        "covariance": Choice("default", None, base=True),
    }
    levels = {"weights": [Choice(name, name) for name in graphs]}
    levels["weights"][0] = replace(levels["weights"][0], base=True)
    by_dimension = {dimension: key for key, dimension in KEYS.items()}
    for dimension in DIMENSIONS[1:]:
        key = by_dimension[dimension]
        given = variations.get(key)
        further = [] if given is None else list(_read(key, given, focus))
        every = [own.get(dimension, Choice(NONE, None, base=True)), *further]
        levels[dimension] = list({choice.name: choice for choice in reversed(every)}.values())[::-1]
    return levels


def _read(key: str, given: Any, focus: str) -> Iterable[Choice]:
    """Choices of one key of `variations`."""
    if key in ("formulas", "drop"):
        if not isinstance(given, Mapping):
            what = "formulas" if key == "formulas" else "lists of units"
            raise InputError(f"{key}={given!r}; it maps names to {what}.")
        for name, value in given.items():
            plain = key == "formulas" and isinstance(value, str)
            yield Choice(str(name), (value, focus) if plain else tuple(value))
    elif key in ("controls", "drop_times"):
        pairs = given.items() if isinstance(given, Mapping) else ((v, v) for v in _listed(given))
        for name, value in pairs:
            yield Choice(", ".join(map(str, _listed(name))), tuple(_listed(value)))
    elif key in ("winsorise", "lag_regressors"):
        check = _share if key == "winsorise" else _periods
        for value in _listed(given):
            known = check(value)
            yield Choice(f"{known:g}", known)
    else:
        for word in _listed(given):
            if key == "kinds" and word not in FAMILY:
                raise InputError(f"kinds names {word!r}; it is one of {', '.join(FAMILY)}.")
            yield Choice(str(word), word)


def _share(value: Any) -> float:
    if isinstance(value, bool) or not 0 < float(value) < 0.5:
        raise InputError(f"winsorise={value!r}; it is the share cut at each end, such as 0.01.")
    return float(value)


def _periods(value: Any) -> int:
    if not is_whole(value) or value < 1:
        raise InputError(f"lag_regressors={value!r}; give whole periods, such as 1.")
    return int(value)


def _listed(value: Any) -> list[Any]:
    one = isinstance(value, str) or not isinstance(value, Iterable)
    return [value] if one else list(value)


def changed_model(
    model: Specification, focus: str, choices: Mapping[str, Choice]
) -> tuple[Specification, str]:
    """Specification of these choices, and the term whose effects are asked for.

    The focus of another formula takes the place of the model's in `lagged`; controls join the
    formula.
    """
    formula, term = choices["formula"].value
    old = {field.name: getattr(model, field.name) for field in fields(model) if field.name != "_"}
    kind = FAMILY[choices["kind"].value]
    for name in choices["controls"].value or ():
        formula = f"{formula} + {name}"
    new: dict[str, Any] = old | {"formula": formula}
    if not choices["fixed_effects"].base:
        new["effects"] = choices["fixed_effects"].value
    if not choices["estimator"].base:
        new["estimator"] = choices["estimator"].value
    if not kind.lag_x:
        new["lagged"] = None
    elif old["lagged"] is not None:
        new["lagged"] = tuple(dict.fromkeys(term if t == focus else t for t in old["lagged"]))
    if new["bias_correction"] == "lee-yu" and new["effects"] in ("none", "random"):
        new["bias_correction"] = "default"
    return kind(**new), term


def changed_values(
    data: Panel | pd.DataFrame, formula: str, share: float | None, periods: int | None
) -> Panel | pd.DataFrame:
    """Data with values winsorised, then regressors shifted.

    Winsorising takes both tails of every number that the formula reads, over all rows, but for
    variables of at most two values. Shifted regressors leave out the periods before which there is
    none.
    """
    if share:
        data = _on_frame(data, lambda frame: _winsorised(frame, formula, share))
    return _lagged(data, formula, periods) if periods else data


def without_rows(
    data: Panel | pd.DataFrame, units: Sequence[Any], times: Sequence[Any]
) -> Panel | pd.DataFrame:
    """Data without some units and some times; what is not there is refused."""
    data = _without_units(data, units) if units else data
    return _without_times(data, times) if times else data


def _on_frame(data: Panel | pd.DataFrame, change: Any) -> Panel | pd.DataFrame:
    if isinstance(data, Panel):
        return Panel(change(data.frame), data.unit, data.time)
    changed: pd.DataFrame = change(data.copy())
    return changed


def _winsorised(frame: pd.DataFrame, formula: str, share: float) -> pd.DataFrame:
    for name in formula_names(formula):
        if name not in frame or not pd.api.types.is_numeric_dtype(frame[name]):
            continue
        values = frame[name].astype(float)
        if values.nunique() > 2:
            low, high = values.quantile([share, 1 - share])
            frame[name] = values.clip(low, high)
    return frame


def _lagged(data: Panel | pd.DataFrame, formula: str, periods: int) -> Panel:
    if not isinstance(data, Panel):
        raise InputError("lag_regressors needs a spatial.Panel; a cross-section has no past.")
    left, right = formula.split("~")
    outcome = formula_names(f"{left} ~ {left}")
    names = [name for name in formula_names(f"{right} ~ {right}") if name in data.frame]
    both = [name for name in names if name in outcome]
    if both:
        raise InputError(
            f"lag_regressors cannot shift {named(both)}, which also stands in the outcome; give "
            "the regressor a column of its own."
        )
    frame = data.frame
    for name in names:
        frame[name] = data.shift(name, periods).to_numpy()
    known = frame[names].notna().all(axis=1) | data.frame[names].isna().any(axis=1)
    if not known.any():
        raise InputError(f"no period of the panel has another {periods} before it.")
    return Panel(frame[known], data.unit, data.time)


def _without_units(data: Panel | pd.DataFrame, units: Sequence[Any]) -> Panel | pd.DataFrame:
    every = data.units if isinstance(data, Panel) else data.index
    gone = {canonical(unit) for unit in units}
    absent = gone - {canonical(unit) for unit in every}
    if absent:
        raise InputError(f"drop names {named(sorted(absent))}, which the data lack.")
    stay = [unit for unit in every if canonical(unit) not in gone]
    if not stay:
        raise InputError("drop leaves no unit.")
    return data.subset(units=stay) if isinstance(data, Panel) else data.loc[stay]


def _without_times(data: Panel | pd.DataFrame, times: Sequence[Any]) -> Panel:
    if not isinstance(data, Panel):
        raise InputError("drop_times needs a spatial.Panel; a cross-section has no times.")
    absent = [time for time in times if time not in data.times]
    if absent:
        raise InputError(f"drop_times names {named(absent)}, which the data lack.")
    frame = data.frame
    stays = ~np.isin(frame[data.time].to_numpy(), list(times))
    if not stays.any():
        raise InputError("drop_times leaves no time.")
    return Panel(frame[stays], data.unit, data.time)
