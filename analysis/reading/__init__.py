"""Tables as statistical offices send them in, a long frame out."""

from __future__ import annotations

from analysis.reading.table import read_table

__all__ = ["read_table"]
