"""What a kind of map may draw over the units besides lines: symbols, arrows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from analysis.maps.placing import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Overlay"]


class Overlay(Protocol):
    """Drawn things whose size on paper is fixed, so that their ground depends on the scale."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each class that is not one of units."""

    def draw(self, axes: Axes, window: Window, *, elsewhere: Window | None = None) -> None:
        """Draw at the scale of a window, without what another window shows already."""

    def ground(self, window: Window) -> list[Any]:
        """Outlines in the plane at the scale of a window."""

    def said(self, window: Window, lang: str) -> list[str]:
        """What the note below says of them at the scale of a window."""

    def clear(self, row: int) -> float:
        """Radius in millimetres around the point of a unit that its name keeps off."""
