"""One map for each column of the table of cities: numbers in classes, classes by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.maps.colours import PALETTE
from analysis.report.captions import captions
from analysis.report.words import Words
from analysis.study.picture import Picture, file_stem, map_options
from analysis.terms import LANGUAGES, term
from spatial.errors import InputError, named

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.figure import Figure

    from analysis.study.results import Study

__all__ = ["column_maps", "mapped_columns"]

EFFECTS = ("own", "received", "sent")
SHOWN = ("type", "group")  # in the report; the others stand in the folder of maps
APART = ("gap",)  # has a map of its own
ERROR, LOCAL, GROUP = "_std_error", "lisa_", "group_"


def column_maps(
    study: Study, cities: GeoDataFrame, focus: str, table: pd.DataFrame
) -> Iterator[Picture]:
    """Maps of the columns that [profiles] maps names, but for those with maps of their own."""
    wanted = "all" if study.plan.profiles is None else study.plan.profiles.maps
    for name in mapped_columns(table, wanted):
        if name not in APART:
            yield _picture(study, focus, name, _map_of(study, cities, table, name))


def mapped_columns(table: pd.DataFrame, wanted: str | Sequence[str]) -> list[str]:
    """Columns to be mapped, "all" or those named.

    "all" leaves out what is neither number nor class (names of senders and receivers), columns
    without a value, a group that all cities share, and groups of more kinds than there are colours.
    """
    possible = [str(name) for name in table.columns if _can_be_drawn(table[name], str(name))]
    if isinstance(wanted, str):
        return possible
    absent = [name for name in wanted if name not in possible]
    if absent:
        raise InputError(
            f"[profiles] maps names {named(absent)}, of which no map can be drawn; there are "
            f"{named(possible, 40)}."
        )
    return list(wanted)


def _can_be_drawn(column: pd.Series[Any], name: str) -> bool:
    if name == "group" or name.startswith(GROUP):
        return 1 < column.nunique() <= len(PALETTE)
    numeric = pd.api.types.is_numeric_dtype(column)
    return bool(column.notna().any()) and (numeric or name == "type" or name.startswith(LOCAL))


def _picture(study: Study, focus: str, name: str, make: Callable[[], Figure]) -> Picture:
    caption: dict[str, str] = {
        lang: captions(
            study, "cap.profile_column", columns={"name": focus}, column=_title(study, name, lang)
        )[lang]
        for lang in LANGUAGES
    }
    section = "profiles" if name in SHOWN else None
    return Picture("maps", file_stem("profiles", focus, name), section, caption, make)


def _map_of(
    study: Study, cities: GeoDataFrame, table: pd.DataFrame, name: str
) -> Callable[[], Figure]:
    """How a column is drawn."""
    from analysis import maps

    options = map_options(study)
    lang = options["lang"]
    column = table[name].rename(_title(study, name, lang))
    if name in EFFECTS:
        return partial(maps.spillover, cities, table, which=name, **options)
    if name.startswith(LOCAL):
        return partial(maps.lisa, cities, _local(study, table, name), **options)
    if name == "type":
        words = Words(lang)
        printed = {kind: words(f"profile.{kind}") for kind in column.cat.categories}
        kinds = {kind: text[:1].upper() + text[1:] for kind, text in printed.items()}
        return partial(maps.categories, cities, column, names=kinds, **options)
    truths = pd.api.types.is_bool_dtype(column)
    number = pd.api.types.is_numeric_dtype(column) and not truths
    return partial(maps.choropleth if number else maps.categories, cities, column, **options)


def _local(study: Study, table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Column of local classes as the result it came from, with how it was tested."""
    found = table[[name]].set_axis(["cluster"], axis=1)
    results = study.clusters.lisa if study.clusters else {}
    found.attrs = {} if not results else dict(next(iter(results.values())).attrs)
    return found


def _title(study: Study, name: str, lang: Any) -> str:
    """Printed name of a column."""
    if name.endswith(ERROR):
        return term("column.std_error", lang, title=_title(study, name.removesuffix(ERROR), lang))
    if name.startswith(LOCAL):
        whole = name.removeprefix(LOCAL)
        if whole in (study.clusters.lisa if study.clusters else {}):
            return Words(lang)("profile.lisa", name=study.label(whole, lang))
        column, _, year = whole.rpartition("_")
        return Words(lang)("profile.lisa", name=f"{study.label(column, lang)} {year}")
    if name.startswith(GROUP):
        return study.label(name.removeprefix(GROUP), lang)
    return term(f"column.{name}", lang)
