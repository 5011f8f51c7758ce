"""A page to look at on a screen: Moran scatter and cluster map, linked."""

from analysis.linked.page import NO_BOKEH, PageOptions, has_bokeh, interactive

__all__ = ["NO_BOKEH", "PageOptions", "has_bokeh", "interactive"]
