"""Words of maps: frames, proportional symbols, flows, comparisons."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MAPS"]

MAPS: Mapping[str, tuple[str, str]] = {
    "map.north": ("N", "北"),
}
