"""Results per city for a GIS: styled layers with what they say of themselves."""

from analysis.layers.export import FORMATS, export_layers

__all__ = ["FORMATS", "export_layers"]
