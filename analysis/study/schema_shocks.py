"""The sections of treatments and of instruments."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from analysis.study.schema_base import Section

__all__ = ["Did", "Instruments"]


class Did(Section):
    """[did.NAME]: a treatment that starts at different times, here and at the neighbours."""

    first_treated: str = Field(min_length=1)
    formula: str | None = None
    weights: str | None = None
    leads: int = Field(default=4, ge=0)
    lags: int = Field(default=5, ge=0)
    estimator: Literal["imputation", "twoway"] = "imputation"
    exposed: Literal["excluded", "modelled"] = "excluded"
    placebo: int = Field(default=200, ge=0)
    covariance_km: float | None = Field(default=None, gt=0)


class Instruments(Section):
    """[instruments]: terms that are not exogenous, and what stands outside to move them."""

    model_config = ConfigDict(serialize_by_alias=True)

    endogenous: tuple[str, ...] = Field(alias="for", min_length=1)
    excluded: tuple[str, ...] = Field(min_length=1)
    lagged: Literal["all"] | tuple[str, ...] | None = None

    @field_validator("endogenous", "excluded", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("lagged", mode="before")
    @classmethod
    def _all_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) and value != "all" else value
