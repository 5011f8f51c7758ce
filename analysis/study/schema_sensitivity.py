"""Sections of the study file on how the main finding holds, and on cities one by one."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from analysis.study.schema_base import Covariance, Kind, Scalar, Section

__all__ = ["Alternative", "Carriers", "Decay", "Profiles", "Robustness"]


class Alternative(Section):
    """A further formula of [robustness], with a focus of its own."""

    formula: str = Field(min_length=1)
    focus: str | None = None


class Robustness(Section):
    """[robustness]: each entry one variation; specification_curve makes their product."""

    weights: tuple[str, ...] = ()
    formulas: dict[str, str | Alternative] = Field(default_factory=dict)
    kinds: tuple[Kind, ...] = ()
    effects: tuple[Literal["none", "unit", "time", "twoway", "random"], ...] = ()
    estimators: tuple[Literal["ml", "gmm"], ...] = ()
    covariances: tuple[Covariance, ...] = ()
    winsorise: tuple[float, ...] = ()
    lag_regressors: tuple[int, ...] = ()
    drop: dict[str, dict[str, tuple[Scalar, ...]]] = Field(default_factory=dict)
    drop_years: tuple[int | tuple[int, ...], ...] = ()
    policies: tuple[str, ...] = ()
    specification_curve: bool = True

    @field_validator(
        "weights", "kinds", "effects", "estimators", "covariances", "winsorise", "lag_regressors",
        "drop_years", "policies", mode="before",
    )  # fmt: skip
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return value if isinstance(value, (list, tuple)) else (value,)


class Decay(Section):
    """[decay]: the indirect effect over the distance that weights reach."""

    mode: Literal["band", "beyond", "cutoff"] = "band"
    km: dict[str, float] | tuple[float, ...] = Field(
        default_factory=lambda: {"from": 100.0, "to": 800.0, "step": 50.0}
    )
    fallback: Literal["none", "nearest"] = "none"

    @field_validator("km")
    @classmethod
    def _a_range_is_whole(cls, value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) != {"from", "to", "step"} or value["step"] <= 0:
                raise ValueError("km is a list, or has from, to and a positive step")
            if value["from"] > value["to"]:
                raise ValueError("km: from lies beyond to")
        elif not value:
            raise ValueError("km is empty; give distances")
        return value

    @property
    def distances(self) -> list[float]:
        """Distances in kilometres."""
        if not isinstance(self.km, dict):
            return list(self.km)
        low, high, step = (self.km[key] for key in ("from", "to", "step"))
        return [low + place * step for place in range(int((high - low) / step + 1e-9) + 1)]


class Carriers(Section):
    """[carriers]: weights between which the same model chooses."""

    weights: tuple[str, ...] = Field(min_length=2)


class Profiles(Section):
    """[profiles]: cities that get a page, and what their gap is measured to."""

    units: tuple[str, ...] = ()
    frontier: str = "best"
    partners: int = Field(default=3, ge=1)
    maps: Literal["all"] | tuple[str, ...] = "all"

    @field_validator("units", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("maps", mode="before")
    @classmethod
    def _all_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) and value != "all" else value

    @field_validator("frontier")
    @classmethod
    def _names_a_column(cls, value: str) -> str:
        if value != "best" and not (value.endswith("-best") and value.removesuffix("-best")):
            raise ValueError('frontier is "best" or "COLUMN-best", such as "region-best"')
        return value

    @property
    def by(self) -> str | None:
        """Column of the groups that have a frontier each."""
        return None if self.frontier == "best" else self.frontier.removesuffix("-best")
