"""What makes no sense of very many units: left out, and said so."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from analysis.report.words import Words
from spatial.effects.flows import too_many_pairs

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.study.weighting import Weighted

__all__ = ["HEAVIEST", "crowded", "crowds_links", "crowds_page", "has_dense_links"]

MOST_UNITS = 20_000  # that a browser redraws without a wait at every step
HEAVIEST, MANY_NEIGHBOURS, MOST_LINKS = 3, 12, 10_000


def crowds_page(study: Study) -> bool:
    """Whether units are too many for the interactive page; a study that demands it gets it."""
    return study.plan.maps.interactive is None and len(study.sources.cities) > MOST_UNITS


def has_dense_links(weights: Weighted) -> bool:
    """Whether a unit has so many neighbours that a map shows the heaviest links alone."""
    count, links = (int(weights.description[key]) for key in ("n", "links"))
    return links > MANY_NEIGHBOURS * count


def crowds_links(weights: Weighted) -> bool:
    """Whether links are too many to be told apart on a map."""
    count, links = (int(weights.description[key]) for key in ("n", "links"))
    return (HEAVIEST * count if has_dense_links(weights) else links) > MOST_LINKS


def crowded(study: Study, words: Words) -> list[str]:
    """Sentences on what this study leaves out because its units are too many."""
    said = []
    name = study.plan.main_weights
    if name is not None and crowds_links(study.weights[name]):
        links = f"{int(study.weights[name].description['links']):,}"
        said.append(words("crowded.links", links=links))
    flows = study.models.flows if study.models else {}
    said += [words("crowded.flows", x=study.label(x)) for x, one in flows.items() if one.empty]
    sizes = [len(table) for table in (study.sensitivity.profiles or {}).values()]
    if sizes and too_many_pairs(sizes[0]):
        said.append(words("crowded.partners", pairs=f"{sizes[0] ** 2:,}"))
    if study.clusters is not None and find_spec("bokeh") and crowds_page(study):
        said.append(words("crowded.page", count=f"{MOST_UNITS:,}"))
    return said
