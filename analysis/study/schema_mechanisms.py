"""Sections on how, for whom and where: channels, moderators, groups."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from analysis.study.schema_base import Section
from spatial.errors import counted

__all__ = ["Channel", "Cut", "Group", "LocalClass", "Moderator"]


class Channel(Section):
    """[channels.NAME]: a column that the focus may move, or a chain of them."""

    column: str | None = Field(default=None, min_length=1)
    chain: tuple[str, ...] | None = Field(default=None, min_length=2)
    steps: Literal[2, 3] = 2
    draws: int = Field(default=500, ge=0)

    @model_validator(mode="after")
    def _one_of_them(self) -> Channel:
        if (self.column is None) == (self.chain is None):
            raise ValueError("give exactly one of column and chain")
        return self


class Moderator(Section):
    """[moderators.NAME]: the column on which the effect of the focus may depend."""

    column: str = Field(min_length=1)
    at: tuple[float, ...] | None = Field(default=None, min_length=1)


class Cut(Section):
    """Classes of a number: lower bounds of all classes but the first, in one year or on average."""

    column: str = Field(min_length=1)
    at: int | None = None
    breaks: Literal["median"] | tuple[float, ...] = "median"
    labels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Cut:
        breaks = (0.0,) if self.breaks == "median" else self.breaks
        if not breaks or list(breaks) != sorted(set(breaks)):
            raise ValueError("breaks rise from class to class, such as [50, 100, 500]")
        if self.labels and len(self.labels) != len(breaks) + 1:
            raise ValueError(
                f"{counted(len(breaks), 'break makes', 'breaks make')} {len(breaks) + 1} classes, "
                f"but labels has {len(self.labels)}"
            )
        return self


class LocalClass(Section):
    """Local clusters of a column in one year."""

    column: str = Field(min_length=1)
    at: int | None = None
    alpha: float = Field(default=0.05, gt=0, lt=1)


class Group(Section):
    """[groups.NAME]: which units are compared, and by what they are told apart."""

    column: str | None = Field(default=None, min_length=1)
    cut: Cut | None = None
    flag: str | None = Field(default=None, min_length=1)
    lisa: LocalClass | None = None
    focus: tuple[str, ...] = ()
    between: bool = False
    permutations: int = Field(default=0, ge=0)

    @field_validator("focus", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_rule(self) -> Group:
        given = [self.column, self.cut, self.flag, self.lisa]
        if sum(rule is not None for rule in given) != 1:
            raise ValueError("give exactly one of column, cut, flag and lisa")
        return self

    @property
    def source(self) -> str:
        """The column that the rule reads."""
        rule = self.cut or self.lisa
        return rule.column if rule else str(self.column or self.flag)
