"""Pictures, tables, layers and numbers of the parts in `analysis.study.sensitivity`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.report.captions import captions
from analysis.report.city import unit_key
from analysis.report.parts import said
from analysis.report.words import Words
from analysis.study.pictures import Picture, figure_options, file_stem, map_options
from analysis.study.profile_pictures import column_maps
from analysis.study.sheets import Sheet, with_mark
from analysis.tables.cells import Cell
from analysis.tables.table import Head, Row, Table
from analysis.terms import group_name, term

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from analysis.study.results import Study

__all__ = ["sensitivity_pictures", "sensitivity_record", "sensitivity_sheets"]

FAINT, PADDING = 0.01, 0.5  # of the largest flow; of the extent
NEIGHBOURHOOD = 25  # largest receivers whose extent a city's own map shows
FIGURES = ("estimate", "std_error", "p_value", "conf_low", "conf_high")


def sensitivity_record(study: Study) -> dict[str, Any]:
    """Every number for results.json."""
    found = study.sensitivity
    return {
        "robustness": None
        if found.curve is None
        else {"shares": found.shares, "specifications": found.curve},
        "decay": found.decay,
        "carriers": found.carriers,
        "profiles": found.profiles,
        "profile_flows": found.flows,
    }


def sensitivity_pictures(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    """Curves over specifications and distance, gaps, and a small map for each named city."""
    yield from _curves(study)
    yield from _profiles(study, cities)


def _curves(study: Study) -> Iterator[Picture]:
    from analysis import figures

    found, options = study.sensitivity, figure_options(study)
    options |= {"labels": dict(study.plan.labels)}
    if found.curve is not None:
        for focus, part in found.curve.groupby("focus", sort=False):
            name = {"name": str(focus)}
            yield Picture(
                "figures", file_stem("specification_curve", str(focus)), "robustness",
                captions(study, "cap.curve", columns=name),
                partial(figures.specification_curve, part, **options),
            )  # fmt: skip
    if found.decay is not None:
        for focus, part in found.decay.groupby("term", sort=False):
            caption = captions(study, "cap.decay", columns={"name": str(focus)})
            truth = study.sensitivity.truth.get(str(focus))
            make = partial(figures.decay, part, truth=truth, **options)
            yield Picture("figures", file_stem("decay", str(focus)), "decay", caption, make)


def _profiles(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    from analysis import maps

    section = study.plan.profiles
    if section is None or study.models is None:
        return
    outcome = study.models.main.fit.outcome
    for focus, table in (study.sensitivity.profiles or {}).items():
        options = map_options(study)
        values = table["gap"].rename(study.label(outcome))
        caption = captions(study, "cap.gap", columns={"name": outcome})
        make = partial(maps.choropleth, cities, values, **options)
        yield Picture("maps", file_stem("gap", focus), "profiles", caption, make)
        yield from column_maps(study, cities, focus, table)
        for unit in section.units:
            yield _of_city(study, cities, focus, unit)
            yield from _flows_of(study, cities, focus, unit)


def _of_city(study: Study, cities: GeoDataFrame, focus: str, unit: str) -> Picture:
    """Small map of what one city sends, over the extent of its largest receivers."""
    from analysis import maps

    fit: Any = study.fit
    place = unit_key(study, focus, unit)
    flows = fit.flows(focus, unit=place)
    values = pd.Series(flows["effect"].to_numpy(), index=flows["to"], name=study.label(focus))
    size = flows["effect"].abs()
    largest = size[size > FAINT * size.max()].nlargest(NEIGHBOURHOOD)
    near = [place, *flows.loc[largest.index, "to"]]
    here = cities.loc[[k for k in cities.index if str(k) in {str(one) for one in near}]]
    x0, y0, x1, y1 = here.total_bounds
    wide, high = PADDING * (x1 - x0), PADDING * (y1 - y0)
    shown = cities.cx[x0 - wide : x1 + wide, y0 - high : y1 + high]
    values = values[[str(k) in {str(c) for c in shown.index} for k in values.index]]
    options = map_options(study) | {"labels": [study.sources.names.get(str(place), str(place))]}
    options |= {"width_mm": 80, "inset": False, "scheme": "equal_interval", "k": 4}
    columns = {"name": focus}
    caption = captions(study, "cap.sent_from", columns=columns, unit=study.place(place))
    make = partial(maps.choropleth, shown, values, **options)
    stem = file_stem("profile", unit, focus)
    return Picture("maps", stem, "profiles", caption, make, half=True)


def _flows_of(study: Study, cities: GeoDataFrame, focus: str, unit: str) -> Iterator[Picture]:
    """Arrows to the largest receivers of one city, where it reaches any."""
    from analysis import maps

    flows = study.sensitivity.flows.get(focus, {}).get(unit)
    if flows is None or not (flows["effect"] != 0).any():
        return
    place = unit_key(study, focus, unit)
    options = map_options(study) | {"labels": None, "width_mm": 80, "inset": False}
    flows = flows.copy()
    flows.attrs |= {
        "term": study.label(focus),
        "outcome": study.label(str(flows.attrs["outcome"])),
    }
    caption = captions(study, "cap.flows_from", columns={"name": focus}, unit=study.place(place))
    make = partial(maps.flows, cities, flows, unit=place, **options)
    yield Picture("maps", file_stem("flows", unit, focus), "profiles", caption, make, half=True)


def sensitivity_sheets(study: Study) -> list[Sheet]:
    """Tables: other choices one at a time, all of them, distances, weights, cities."""
    return with_mark(study, [*_curve_sheets(study), *_other_sheets(study)])


def _curve_sheets(study: Study) -> Iterator[Sheet]:
    found = study.sensitivity
    if found.curve is not None:
        for focus, part in found.curve.groupby("focus", sort=False):
            name = {"name": str(focus)}
            full = _specifications(study, part[part["effect"] == "indirect"])
            few = _specifications(study, part[_one_at_a_time(part)])
            caption = captions(study, "cap.robustness", columns=name)
            stem = file_stem("robustness", str(focus))
            yield Sheet(stem, "robustness", caption, full, few)
    if found.decay is not None:
        table = found.decay[found.decay["effect"] == "indirect"]
        heads = ["km", *FIGURES, "isolates", "rescued", "nobs"]
        for focus, part in table.groupby("term", sort=False):
            caption = captions(study, "cap.decay", columns={"name": str(focus)})
            labels = [f"{km:g}" for km in part["km"]]
            yield Sheet(file_stem("decay", str(focus)), "decay", caption,
                        _table(study, labels, part, heads))  # fmt: skip


def _other_sheets(study: Study) -> Iterator[Sheet]:
    found, lang = study.sensitivity, study.plan.study.lang
    if found.carriers is not None:
        part = found.carriers
        glue = "，" if lang == "zh" else ", "
        labels = [
            glue.join(
                (str(row.weights), study.label(str(row.term)), term(f"effect.{row.effect}", lang))
            )
            for row in part.itertuples()
        ]
        heads = ["weights", *FIGURES, "rho", "loglik", "probability", "nobs", "isolates"]
        caption = captions(study, "cap.carriers")
        sheet = _table(study, labels, part, heads)
        why = part.attrs.get("without_probability")
        if why:
            words = Words(lang)
            sheet = replace(sheet, notes=(words("carriers.none", why=said(why, words)),))
        yield Sheet("carriers", "carriers", caption, sheet)
    for focus, table in (found.profiles or {}).items():
        caption = captions(study, "cap.profiles", columns={"name": focus})
        yield Sheet(file_stem("profiles", focus), "profiles", caption, *_cities(study, table))


def _one_at_a_time(part: pd.DataFrame) -> Any:
    """Indirect effects of the main specification and of those that differ in one choice."""
    from spatial.robustness.changes import DIMENSIONS

    chosen = part[list(DIMENSIONS)]
    differs = (chosen != chosen.iloc[0]).sum(axis=1)
    return (differs <= 1) & (part["effect"] == "indirect")


def _specifications(study: Study, part: pd.DataFrame) -> Table:
    from spatial.robustness.changes import DIMENSIONS

    lang = study.plan.study.lang
    varied = [name for name in DIMENSIONS if len(set(part[name])) > 1]
    glue = "；" if lang == "zh" else "; "
    main = part.iloc[0][varied]
    labels = [
        glue.join(f"{term(f'curve.{n}', lang)} {row[n]}" for n in varied if row[n] != main[n])
        or term("curve.main", lang)
        for _, row in part.iterrows()
    ]
    return _table(study, labels, part, ["specification", *FIGURES, "rho", "nobs", "isolates"])


def _table(study: Study, labels: list[str], part: pd.DataFrame, heads: list[str]) -> Table:
    """Table of numbers: the first head stands over the labels."""
    lang, decimals = study.plan.study.lang, study.plan.tables.decimals
    whole = ("nobs", "isolates", "rescued")
    rows = tuple(
        Row(
            label,
            tuple(
                Cell() if pd.isna(value) else
                Cell(value=float(value), decimals=0 if name in whole else decimals, smallest="p" if
                     name in ("p_value", "probability") else "plain")
                for name, value in zip(heads[1:], values, strict=True)
            ),
        )
        for label, values in zip(labels, part[heads[1:]].to_numpy(dtype=object), strict=True)
    )  # fmt: skip
    head = tuple(Head(term(f"sensitivity.{name}", lang)) for name in heads)
    return Table(head=(head,), rows=rows, lang=lang)


def _cities(study: Study, table: pd.DataFrame) -> tuple[Table, Table]:
    """All cities, and for the report the first of them by what they send."""
    lang, decimals = study.plan.study.lang, study.plan.tables.decimals
    words = Words(lang)
    numbers = ["own", "sent", "received", "level", "gap"]
    texts = ["type", "group", "senders", "receivers", *_classes(table)]
    order = table.iloc[np.argsort(-table["sent"].abs().to_numpy(), kind="stable")]
    rows = tuple(
        Row(
            study.place(key),
            (
                *(Cell(value=float(row[name]), decimals=decimals) for name in numbers),
                *(Cell(_text(name, row[name], words)) for name in texts),
            ),
        )
        for key, row in order.iterrows()
    )
    heads = ["unit", *numbers, *texts]
    head = tuple(Head(_head(study, name)) for name in heads)
    full = Table(head=(head,), rows=rows, lang=lang)
    shown = Table(head=(head[:8],), rows=tuple(Row(r.label, r.cells[:7]) for r in rows[:20]),
                  lang=lang)  # fmt: skip
    return full, shown


def _classes(table: pd.DataFrame) -> list[str]:
    """Columns of memberships and of local classes."""
    return [str(name) for name in table.columns if str(name).startswith(("group_", "lisa_"))]


def _text(name: str, value: Any, words: Words) -> str:
    if name == "type":
        return words(f"profile.{value}")
    if name.startswith("lisa_"):
        return term(f"cluster.{value}", words.lang)
    if name.startswith("group"):
        return "–" if pd.isna(value) else group_name(str(value), words.lang)
    return str(value)


def _head(study: Study, name: str) -> str:
    """Printed head of a column; a local class is called by its variable and year."""
    if name.startswith("group_"):
        return study.label(name.removeprefix("group_"))
    if not name.startswith("lisa_"):
        return term(f"sensitivity.{name}", study.plan.study.lang)
    whole = name.removeprefix("lisa_")
    column, _, time = whole.rpartition("_")
    found = study.clusters.lisa if study.clusters else {}
    shown = f"{study.label(column)} {time}" if column in found else study.label(whole)
    return f"LISA {shown}"
