"""What every section of the study file is made of."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Covariance", "Kind", "OpenSection", "Scalar", "Section"]

Kind = Literal["OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS"]
Covariance = Literal["auto", "expected", "observed", "robust", "cluster", "driscoll-kraay", "hac"]
Scalar = str | int | float | bool


class Section(BaseModel):
    """A section of the study file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class OpenSection(BaseModel):
    """A section whose further keys are the arguments of a function."""

    model_config = ConfigDict(extra="allow", frozen=True, str_strip_whitespace=True)

    @property
    def arguments(self) -> dict[str, Any]:
        """The keys beyond the fixed ones, as written."""
        return dict(self.model_extra or {})
