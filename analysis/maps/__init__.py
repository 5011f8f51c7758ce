"""Maps that go to print: clusters, classes, numbers, symbols, spillovers, flows, graphs, faults."""

from analysis.maps.categories import categories
from analysis.maps.change import lisa_change
from analysis.maps.compare import compare
from analysis.maps.faults import faults
from analysis.maps.flows import flows
from analysis.maps.graph import links
from analysis.maps.lisa import bilisa, lisa
from analysis.maps.numbers import choropleth, spillover
from analysis.maps.save import save
from analysis.maps.significance import significance
from analysis.maps.spots import hot_spots
from analysis.maps.symbols import symbols

__all__ = [
    "bilisa",
    "categories",
    "choropleth",
    "compare",
    "faults",
    "flows",
    "hot_spots",
    "links",
    "lisa",
    "lisa_change",
    "save",
    "significance",
    "spillover",
    "symbols",
]
