"""Maps that go to print: clusters, numbers in classes, spillovers, graphs of neighbours."""

from analysis.maps.graph import links
from analysis.maps.lisa import bilisa, lisa
from analysis.maps.numbers import choropleth, spillover
from analysis.maps.save import save

__all__ = ["bilisa", "choropleth", "links", "lisa", "save", "spillover"]
