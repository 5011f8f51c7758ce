"""[maps]: how maps and figures are drawn and saved, and which columns are drawn as circles."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from analysis.study.schema_base import Section

__all__ = ["Box", "Maps"]

Box = tuple[float, float, float, float]


class Maps(Section):
    """[maps]: how maps and figures are drawn and saved.

    `inset` is true, false, or boxes of west, south, east, north; `symbols` holds columns, each
    alone or with a second one for the colour.
    """

    width_mm: float = Field(default=160, ge=40, le=400)
    font_size: float = Field(default=7, ge=4, le=20)
    dpi: int = Field(default=300, ge=50, le=1200)
    formats: tuple[Literal["png", "pdf", "tif", "svg"], ...] = ("png", "pdf")
    lines: str | None = None
    approval: str = ""
    source: str = ""
    labels: tuple[str, ...] = ()
    inset: bool | tuple[Box, ...] = True
    simplify: float = Field(default=0, ge=0)
    crs: str | None = None
    graticule: bool = True
    arrow: bool = False
    symbols: tuple[tuple[str, ...], ...] = ()
    interactive: bool | None = None

    @field_validator("inset", mode="before")
    @classmethod
    def _one_box_or_many(cls, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        flat = isinstance(value, list | tuple) and all(isinstance(x, int | float) for x in value)
        return (value,) if flat else value

    @field_validator("symbols", mode="before")
    @classmethod
    def _columns_or_pairs(cls, value: Any) -> Any:
        every = [value] if isinstance(value, str) else value
        if not isinstance(every, list | tuple):
            return every
        return tuple((one,) if isinstance(one, str) else one for one in every)

    @field_validator("symbols")
    @classmethod
    def _one_or_two(cls, value: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        if any(len(one) not in (1, 2) for one in value):
            raise ValueError("symbols holds columns, or pairs of columns: size, then colour")
        return value

    @property
    def columns(self) -> list[str]:
        """Columns that circles are drawn of."""
        return list(dict.fromkeys(name for one in self.symbols for name in one))
