"""Compute the measures of a study in the order in which they need each other."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pandas as pd

from analysis.study.schema import Measure
from spatial.errors import InputError

__all__ = ["Measured", "check_measures", "measure"]

GIVEN = ("frame", "table", "unit", "time")


@dataclass(frozen=True)
class Measured:
    """The table with the measures as columns, and what the report says of each.

    `formulas` maps a measure to its sentence in each language, `indicators` a composite one to
    the weights or loadings of its indicators, `phases` one over phases to their years and
    national growth; `warnings` are sentences of the indices.
    """

    frame: pd.DataFrame
    formulas: Mapping[str, Mapping[str, str]]
    warnings: tuple[str, ...]
    indicators: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    phases: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def measure(
    frame: pd.DataFrame,
    measures: Mapping[str, Measure],
    *,
    unit: str,
    time: str | None,
    in_sample: pd.Series[bool],
    names: Mapping[str, str],
) -> Measured:
    """Add one column per measure.

    Parameters
    ----------
    frame
        Long table of all units and years.
    measures
        The [measure.NAME] sections.
    unit, time
        Columns with the city and the year.
    in_sample
        Rows of the units that stay; a measure with within_sample = true sees only these.
    names
        Printed names of units, for what the indices refuse.

    Raises
    ------
    InputError
        An index or argument is unknown, two measures need each other, or a measure has the name of
        a column.
    """
    result, formulas, said = frame.copy(), {}, []
    tables: dict[str, dict[str, pd.DataFrame]] = {"indicators": {}, "phases": {}}
    labels = _labels(frame[unit], names)
    for name in _order(measures):
        if name in frame.columns:
            raise InputError(
                f"[measure.{name}]: the table already has a column {name!r}; give the measure "
                "another name."
            )
        section = measures[name]
        function = _function(name, section.index)
        arguments = _arguments(name, section, function)
        labelled = result.assign(**{unit: labels})
        data = labelled[in_sample] if section.within_sample else labelled
        keys = {"unit": unit} | (
            {"time": time} if "time" in inspect.signature(function).parameters else {}
        )
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                values = function(data, **arguments, **keys)
            except InputError as error:
                raise InputError(f"[measure.{name}]: {error}") from None
        said += [f"{name}: {item.message}" for item in caught]
        result[name] = values.reindex(result.index)
        note = str(values.attrs.get("note", section.index))
        formulas[name] = {"en": note, "zh": str(values.attrs.get("note_zh", note))}
        for kind, found in tables.items():
            if kind in values.attrs:
                found[name] = pd.DataFrame(json.loads(values.attrs[kind]))
    return Measured(result, formulas, tuple(said), **tables)


def _labels(units: pd.Series[str], names: Mapping[str, str]) -> pd.Series[str]:
    """Give printed names, unless two units share one."""
    printed = units.map(lambda key: names.get(key, key))
    return printed if printed.nunique() == units.nunique() else units


def check_measures(measures: Mapping[str, Measure]) -> None:
    """Refuse unknown indices and arguments and circles, before any file is read."""
    for name in _order(measures):
        _arguments(name, measures[name], _function(name, measures[name].index))


def _order(measures: Mapping[str, Measure]) -> list[str]:
    """Names so that each stands after those it uses."""
    uses = {
        name: {word for word in part.words if word in measures} for name, part in measures.items()
    }
    try:
        return list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        circle = list(dict.fromkeys(error.args[1]))
        text = " and ".join(circle) if len(circle) > 1 else f"{circle[0]} and itself"
        raise InputError(
            f"[measure]: {text} need each other; compute one of them from columns of the table."
        ) from None


def _function(name: str, index: str) -> Callable[..., pd.Series[Any]]:
    from analysis import indices, instruments

    functions: dict[str, Callable[..., pd.Series[Any]]] = {
        word: getattr(home, word)
        for home in (indices, instruments)
        for word in home.__all__
        if inspect.isfunction(getattr(home, word))
    }
    known = {
        word: function
        for word, function in functions.items()
        if {"frame", "table"} & set(inspect.signature(function).parameters)
    }
    if index not in known:
        near = get_close_matches(index, known, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else f"available are {', '.join(known)}."
        raise InputError(
            f"[measure.{name}] index = {index!r} is no function of analysis.indices; {remedy}"
        )
    return known[index]


def _arguments(name: str, section: Measure, function: Callable[..., Any]) -> dict[str, Any]:
    """Arguments of the section, checked against the function's own."""
    parameters = {k: p for k, p in inspect.signature(function).parameters.items() if k not in GIVEN}
    given = section.arguments
    for key in given:
        if key not in parameters:
            near = get_close_matches(key, [*parameters, "within_sample"], n=1, cutoff=0.5)
            remedy = (
                f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(parameters)}."
            )
            raise InputError(f"[measure.{name}] has no key {key!r}; {remedy}")
    lacking = [
        k for k, p in parameters.items() if p.default is inspect.Parameter.empty and k not in given
    ]
    if lacking:
        raise InputError(
            f"[measure.{name}] lacks {' and '.join(lacking)}, which {section.index} needs."
        )
    return given
