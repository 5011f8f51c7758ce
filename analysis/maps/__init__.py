"""Maps that go to print: clusters, numbers, spillovers, graphs of neighbours, faults."""

from analysis.maps.faults import faults
from analysis.maps.flows import flows
from analysis.maps.graph import links
from analysis.maps.lisa import bilisa, lisa
from analysis.maps.numbers import choropleth, spillover
from analysis.maps.save import save
from analysis.maps.symbols import symbols

__all__ = [
    "bilisa",
    "choropleth",
    "faults",
    "flows",
    "links",
    "lisa",
    "save",
    "spillover",
    "symbols",
]
