"""Which maps and figures a study draws, with their captions in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from analysis.report.captions import captions
from analysis.report.crowded import HEAVIEST, crowds_links, has_dense_links
from analysis.study.cluster_pictures import cluster_maps, last_values, last_year
from analysis.study.picture import Picture, draw, figure_options, file_stem, map_options
from analysis.terms import LANGUAGES

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from analysis.study.results import Study

__all__ = ["Picture", "draw", "figure_options", "file_stem", "map_options", "plan_pictures"]


def plan_pictures(study: Study) -> list[Picture]:
    """All pictures of a study, in the order of the report."""
    cities = study.sources.cities
    if study.plan.maps.simplify:
        import shapes

        cities = shapes.simplify(cities, tolerance_m=study.plan.maps.simplify)
    return [
        *_symbol_maps(study, cities),
        *_weights_map(study, cities),
        *cluster_maps(study, cities),
        *_moran_figures(study),
        *_effects(study),
        *_spillovers(study, cities),
        *_groups(study),
        *_spread(study),
        *_thresholds(study),
        *_shocks(study),
    ]


def _symbol_maps(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    """Circles of the columns that the study names, in the last year."""
    from analysis import maps

    times = study.sample.times
    for size, *colour in study.plan.maps.symbols:
        year = times[-1] if times else ""
        frame = study.sample.at(year)
        second = frame[colour[0]].rename(study.label(colour[0])) if colour else None
        values, options = frame[size].rename(study.label(size)), map_options(study)
        word = f"cap.symbols{'_by' if colour else ''}{'' if times else '_now'}"
        columns = {"name": size} | ({"colour": colour[0]} if colour else {})
        caption = captions(study, word, columns=columns, year=year)
        make = partial(maps.symbols, cities, values, colour=second, **options)
        yield Picture("maps", file_stem("symbols", size, *colour), "data", caption, make)


def _weights_map(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    """Links of the main weights; of dense ones the heaviest, and none where even these crowd."""
    from analysis import maps

    if study.plan.main_weights is None:
        return
    found = study.weights[study.plan.main_weights]
    if crowds_links(found):
        return
    top = HEAVIEST if has_dense_links(found) else None
    options = map_options(study) | {"labels": None}
    make = partial(maps.links, cities, found.graph, top=top, **options)
    caption: dict[str, str] = {
        lang: captions(study, "cap.links", weights=found.labels[lang])[lang] for lang in LANGUAGES
    }
    yield Picture("maps", file_stem("links", found.name), "weights", caption, make)


def _moran_figures(study: Study) -> Iterator[Picture]:
    from analysis import figures

    found, options = study.clusters, figure_options(study)
    if found is None:
        return
    graph = study.weights[str(study.plan.main_weights)].graph
    now = "" if found.years else "_now"
    for column in found.moran:
        names = {"name": column}
        caption = captions(study, f"cap.moran_scatter{now}", columns=names, year=last_year(study))
        values, narrow = last_values(study, column), options | {"width_mm": 80}
        make = partial(figures.moran_scatter, values, graph, **narrow)
        stem = file_stem("moran_scatter", column)
        yield Picture("figures", stem, "clustering", caption, make, half=True)
    tables = {study.label(column): table for column, table in found.moran.items() if len(table) > 1}
    if tables:
        make = partial(figures.moran_over_time, tables, **options)
        yield Picture(
            "figures", "moran_over_time", "clustering", captions(study, "cap.moran_over_time"), make
        )


def _effects(study: Study) -> Iterator[Picture]:
    from analysis import figures

    if study.models:
        make = partial(
            figures.effects,
            study.models.main.effects,
            labels=dict(study.plan.labels),
            **figure_options(study),
        )
        yield Picture("figures", "effects", "effects", captions(study, "cap.effects"), make)


def _spillovers(study: Study, cities: GeoDataFrame) -> Iterator[Picture]:
    from analysis import maps

    if study.models is None or not study.models.flows:
        return
    for focus in study.models.flows:
        table = study.models.by_unit[focus]
        caption = captions(study, "cap.spillover", columns={"name": focus})
        make = partial(maps.spillover, cities, table, **map_options(study))
        yield Picture("maps", file_stem("spillover", focus), "spillovers", caption, make)


def _groups(study: Study) -> Iterator[Picture]:
    """Effects of each focus term by group."""
    from analysis import figures
    from analysis.terms import group_name

    lang = study.plan.study.lang
    for name, found in study.mechanisms.groups.items():
        for focus, table in found.effects.groupby("term", sort=False):
            shown = table.assign(term=[group_name(one, lang) for one in table["group"]])
            columns = {"term": str(focus), "name": name}
            caption = captions(study, "cap.group_effects", columns=columns)
            make = partial(figures.effects, shown, **figure_options(study))
            stem = file_stem("groups", name, str(focus))
            yield Picture("figures", stem, "groups", caption, make)


def _spread(study: Study) -> Iterator[Picture]:
    """Densities and transitions of columns."""
    from analysis import figures

    options = figure_options(study) | {"labels": dict(study.plan.labels)}
    plans = (
        ("density", "densities", figures.densities),
        ("transitions", "transitions", figures.transitions),
        ("neighbours", "neighbours", figures.transitions),
        ("local", "local", figures.transitions),
    )
    for column, tables in (study.spread.columns if study.spread else {}).items():
        for key, word, make in plans:
            if key in tables:
                caption = captions(study, f"cap.{word}", columns={"name": column})
                half = key == "transitions"
                sized = options | ({"width_mm": 80} if half else {})
                drawn = partial(make, tables[key], **sized)
                stem = file_stem(word, column)
                yield Picture("figures", stem, "distribution", caption, drawn, half=half)


def _shocks(study: Study) -> Iterator[Picture]:
    """Event study of each treatment."""
    from analysis import figures

    for name, shock in study.shocks.items():
        caption = captions(study, "cap.event_study", columns={"name": name})
        make = partial(figures.event_study, shock.fit, **figure_options(study))
        yield Picture("figures", file_stem("event_study", name), "shocks", caption, make)


def _thresholds(study: Study) -> Iterator[Picture]:
    """Likelihood ratio of each threshold."""
    from analysis import figures

    options = figure_options(study) | {"labels": dict(study.plan.labels)}
    for (name, term), found in study.thresholds.items():
        columns = {"name": found.variable, "term": term}
        caption = captions(study, "cap.threshold", columns=columns)
        make = partial(figures.threshold, found, **options)
        stem = file_stem("threshold", name, term)
        yield Picture("figures", stem, "thresholds", caption, make)
