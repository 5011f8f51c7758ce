"""Maps that go to print: clusters, numbers in classes, spillovers sent and received."""

from analysis.maps.lisa import bilisa, lisa
from analysis.maps.numbers import choropleth, spillover
from analysis.maps.save import save

__all__ = ["bilisa", "choropleth", "lisa", "save", "spillover"]
