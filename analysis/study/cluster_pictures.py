"""Maps of the local statistics of a study, and of the columns they are of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from analysis.report.captions import captions
from analysis.study.picture import Picture, file_stem, map_options

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from analysis.study.results import Study

__all__ = ["cluster_maps", "last_values", "last_year"]


def cluster_maps(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    """Clusters, what became of them, hot spots, pairs, values; levels of significance apart."""
    if study.clusters is None:
        return
    for column in study.clusters.lisa:
        yield from _of_column(study, cities, column)
    yield from _hot_spots(study, cities)
    yield from _pairs(study, cities)
    for column in study.clusters.lisa:
        yield _values(study, cities, column)


def _of_column(study: Study, cities: GeoDataFrame, column: str) -> Iterator[Picture]:
    """Clusters of one column by year, their significance, and the change from first to last."""
    from analysis import maps

    found, section = study.clusters, study.plan.autocorrelation
    if found is None or section is None:
        return
    result, options = found.lisa[column], map_options(study)
    make = partial(maps.lisa, cities, result, **options)
    yield _picture(study, "lisa", (column,), {"name": column}, make, "clustering")
    if column in found.changes:
        ends = {side: found.changes[column].attrs[side] for side in ("before", "after")}
        caption = captions(study, "cap.lisa_change", columns={"name": column}, **ends)
        make = partial(maps.lisa_change, cities, result, **options)
        yield Picture("maps", file_stem("lisa_change", column), "clustering", caption, make)
    if section.significance:
        make = partial(maps.significance, cities, result, **options)
        yield _picture(study, "significance", (column,), {"name": column}, make, None)


def _hot_spots(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    from analysis import maps

    for column, result in (study.clusters.hot_spots if study.clusters else {}).items():
        make = partial(maps.hot_spots, cities, result, **map_options(study))
        yield _picture(study, "hot_spots", (column,), {"name": column}, make, "clustering")


def _pairs(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    from analysis import maps

    for (x, y), result in (study.clusters.bilisa if study.clusters else {}).items():
        here, there = study.label(x), study.label(y)
        options = map_options(study)
        make = partial(maps.bilisa, cities, result, here=here, there=there, **options)
        yield _picture(study, "bilisa", (x, y), {"here": x, "there": y}, make, "clustering")


def _picture(
    study: Study,
    kind: str,
    columns: tuple[str, ...],
    places: dict[str, str],
    make: Any,
    section: str | None,
) -> Picture:
    """Map of a local statistic over the years, or of a cross-section."""
    years = [str(year) for year in study.clusters.years] if study.clusters else []
    now = "" if years else "_now"
    caption = captions(study, f"cap.{kind}{now}", columns=places, years=years)
    return Picture("maps", file_stem(kind, *columns), section, caption, make)


def _values(study: Study, cities: GeoDataFrame, column: str) -> Picture:
    """Values of one column in the last year."""
    from analysis import maps

    year = last_year(study)
    now = "_now" if year == "" else ""
    caption = captions(study, f"cap.choropleth{now}", columns={"name": column}, year=year)
    make = partial(maps.choropleth, cities, last_values(study, column), **map_options(study))
    return Picture("maps", file_stem("values", column), "clustering", caption, make)


def last_year(study: Study) -> Any:
    """Last year of the local statistics; "" for a cross-section."""
    return study.clusters.years[-1] if study.clusters and study.clusters.years else ""


def last_values(study: Study, column: str) -> pd.Series[Any]:
    """Values of a column in that year, under its printed name."""
    return study.sample.at(last_year(study))[column].rename(study.label(column))
