"""The study file as typed sections: which keys there are and what they default to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from analysis.study.schema_base import Covariance, Kind, OpenSection, Scalar, Section
from analysis.study.schema_claims import Claims, absent_result
from analysis.study.schema_maps import Maps
from analysis.study.schema_mechanisms import Channel, Group, Moderator
from analysis.study.schema_sensitivity import Carriers, Decay, Profiles, Robustness
from analysis.study.schema_shocks import Did, Instruments

__all__ = [
    "Autocorrelation",
    "Boundaries",
    "Did",
    "Distribution",
    "Instruments",
    "Layers",
    "Maps",
    "Measure",
    "Model",
    "Plan",
    "StudySection",
    "Table",
    "Tables",
    "Threshold",
    "WeightsSection",
]

COVARIANCE_KEYS = {
    "covariance_by": ("cluster",),
    "covariance_km": ("hac",),
    "covariance_lags": ("driscoll-kraay", "hac"),
}
Part = Literal["density", "dagum", "theil", "convergence", "transitions"]


class StudySection(Section):
    """[study]: what is asked, in which language, with which seed; whether the data are made up."""

    title: str = Field(min_length=1)
    lang: Literal["en", "zh"] = "en"
    seed: int = Field(default=0, ge=0)
    synthetic: bool = False
    truth: str | None = None
    series: str | None = None


class Boundaries(Section):
    """[boundaries]: "china", a path, or "libpysal:NAME" for a file that libpysal ships."""

    file: str = Field(min_length=1)
    key: str | None = None
    name: str | None = None
    layer: str | None = None
    encoding: str | None = None
    crs: str | int | None = None
    aliases: str | None = None


class Table(Section):
    """[table]: the file with the figures, how it is laid out and which rows count."""

    file: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    time: str | None = None
    layout: Literal["long", "wide", "sheets"] = "long"
    sheet: str | tuple[str, ...] | None = None
    value: str | None = None
    encoding: str | None = None
    years: tuple[int, int] | None = None
    drop_units: tuple[str, ...] = ()
    keep: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    missing: Literal["refuse", "complete-units", "unbalanced", "interpolate"] = "refuse"

    @field_validator("drop_units", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        """One unit or several; codes may stand without quotation marks."""
        several = value if isinstance(value, (list, tuple)) else (value,)
        return tuple(str(v) if type(v) is int else v for v in several)

    @field_validator("keep", mode="before")
    @classmethod
    def _each_one_or_many(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: v if isinstance(v, (list, tuple)) else [v] for k, v in value.items()}

    @field_validator("years")
    @classmethod
    def _in_order(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and value[0] > value[1]:
            raise ValueError(f"the first year {value[0]} is after the last {value[1]}")
        return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [text for part in parts for text in _texts(part)] if isinstance(parts, Iterable) else []


class Measure(OpenSection):
    """[measure.NAME]: a function of analysis.indices and its arguments."""

    index: str = Field(min_length=1)
    within_sample: bool = False

    @property
    def words(self) -> list[str]:
        """Every text among the arguments, and every name in a formula: what it may use."""
        texts = _texts(self.arguments)
        names = [n for text in texts for n in re.findall(r"`([^`]+)`|([^\W\d]\w*)", text)]
        return [*texts, *(quoted or plain for quoted, plain in names if self.index == "expression")]


class WeightsSection(OpenSection):
    """[weights.NAME]: a builder of spatial.weights and its arguments."""

    kind: str = Field(min_length=1)


class Model(Section):
    """[model]: formula, focus, weights (the first of a list is the main one), estimator."""

    formula: str = Field(min_length=1)
    focus: tuple[str, ...] = Field(min_length=1)
    weights: tuple[str, ...] = Field(min_length=1)
    kind: Kind = "SDM"
    compare: tuple[Kind, ...] = ()
    effects: Literal["none", "unit", "time", "twoway", "random"] | None = None
    dynamic: tuple[Literal["y", "Wy"], ...] = ()
    bias_correction: Literal["auto", "lee-yu", "none"] = "auto"
    lagged: Literal["all"] | tuple[str, ...] = "all"
    covariance: Covariance = "auto"
    covariance_by: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=2)
    covariance_km: float | None = Field(default=None, gt=0)
    covariance_lags: int | None = Field(default=None, ge=0)
    effects_method: Literal["delta", "simulate"] = "delta"
    logdet: Literal["auto", "eigenvalues", "lu", "cholmod", "lanczos"] = "auto"
    choose: bool = False

    @field_validator("focus", "weights", "compare", "dynamic", "covariance_by", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _covariance_is_whole(self) -> Model:
        for key, kinds in COVARIANCE_KEYS.items():
            given = getattr(self, key) is not None
            if given and self.covariance not in kinds:
                wanted = " or ".join(f'"{kind}"' for kind in kinds)
                raise ValueError(f"{key} belongs to covariance = {wanted}; remove it, or set that")
        for kind, key in (("cluster", "covariance_by"), ("hac", "covariance_km")):
            if self.covariance == kind and getattr(self, key) is None:
                raise ValueError(f'covariance = "{kind}" needs {key}')
        return self

    @property
    def covariance_options(self) -> dict[str, Any]:
        """Arguments of `Fit.with_cov` beside the kind."""
        by = list(self.covariance_by) if self.covariance_by else None
        return {"by": by, "km": self.covariance_km, "lags": self.covariance_lags}

    @field_validator("formula")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("lagged", mode="before")
    @classmethod
    def _all_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) and value != "all" else value


class Autocorrelation(Section):
    """[autocorrelation]: statistics of columns, and of pairs (here, at the neighbours)."""

    columns: tuple[str, ...] = ()
    bivariate: tuple[tuple[str, str], ...] = ()
    hot_spots: tuple[str, ...] = ()
    star: bool = True
    years: tuple[int, ...] = ()
    alternative: Literal["two-sided", "greater", "less", "folded"] = "two-sided"
    correction: Literal["none", "fdr", "bonferroni"] = "none"
    alpha: float = Field(default=0.05, gt=0, lt=1)
    significance: bool = True
    change: bool = True

    @field_validator("columns", "hot_spots", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Threshold(Section):
    """[thresholds.NAME]: the column at whose thresholds the slopes of the focus change."""

    column: str = Field(min_length=1)
    max: Literal[1, 2] = 2
    trim: float = Field(default=0.1, gt=0, lt=0.5)
    bootstrap: int = Field(default=300, ge=0)


class Distribution(Section):
    """[distribution]: how columns are distributed over units, by which groups."""

    columns: tuple[str, ...] = Field(min_length=1)
    parts: tuple[Part, ...] = get_args(Part)
    by: str | None = None

    @field_validator("columns", "parts", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Layers(Section):
    """[layers]: files for a GIS; none where `formats` is empty."""

    formats: tuple[Literal["gpkg", "geojson", "shp", "qml", "sld"], ...] = ("gpkg", "qml", "sld")


class Tables(Section):
    """[tables]: number format and stars."""

    decimals: int = Field(default=3, ge=0, le=10)
    stars: tuple[float, ...] = (0.01, 0.05, 0.1)
    parentheses: Literal["se", "t", "z"] = "se"

    @field_validator("stars")
    @classmethod
    def _levels(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0 < level < 1 for level in value):
            raise ValueError("the levels of stars lie between 0 and 1")
        return value


class Plan(Section):
    """The whole study as read: every section typed, every default filled in."""

    study: StudySection
    boundaries: Boundaries
    table: Table
    measure: dict[str, Measure] = Field(default_factory=dict)
    weights: dict[str, WeightsSection] = Field(default_factory=dict)
    model: Model | None = None
    autocorrelation: Autocorrelation | None = None
    did: dict[str, Did] = Field(default_factory=dict)
    instruments: Instruments | None = None
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    channels: dict[str, Channel] = Field(default_factory=dict)
    moderators: dict[str, Moderator] = Field(default_factory=dict)
    groups: dict[str, Group] = Field(default_factory=dict)
    distribution: Distribution | None = None
    robustness: Robustness | None = None
    decay: Decay | None = None
    carriers: Carriers | None = None
    profiles: Profiles | None = None
    claims: Claims = Field(default_factory=Claims)
    maps: Maps = Field(default_factory=Maps)
    layers: Layers = Field(default_factory=Layers)
    tables: Tables = Field(default_factory=Tables)
    labels: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _weights_are_there(self) -> Plan:
        if (self.model or self.autocorrelation is not None) and not self.weights:
            raise ValueError(
                "the study has no [weights.NAME]; add one such as [weights.queen] with kind = "
                '"contiguity"'
            )
        for name in ("channels", "moderators", "groups"):
            if getattr(self, name) and not self.model:
                raise ValueError(f"[{name}] needs [model], whose focus it looks into; add it")
        if self.thresholds and not self.model:
            raise ValueError("[thresholds] needs [model], whose focus it splits; add it")
        for name in self.model.weights if self.model else ():
            if name not in self.weights:
                raise ValueError(
                    f"[model] weights names {name!r}, but the weights of the study are "
                    f"{', '.join(self.weights)}"
                )
        return self

    @model_validator(mode="after")
    def _shocks_have_a_model(self) -> Plan:
        if self.instruments and not self.model:
            raise ValueError("[instruments] needs [model], whose terms it instruments; add it")
        for name, section in self.did.items():
            if not (section.formula or self.model):
                raise ValueError(f"[did.{name}] needs a formula, or [model] with one")
            if not self.weights:
                raise ValueError(f"[did.{name}] needs a [weights.NAME]; add one")
            if section.weights is not None and section.weights not in self.weights:
                raise ValueError(
                    f"[did.{name}] weights names {section.weights!r}, but the weights of the study "
                    f"are {', '.join(self.weights)}"
                )
        return self

    @model_validator(mode="after")
    def _later_parts_stand_on_the_model(self) -> Plan:
        for name in ("robustness", "decay", "carriers", "profiles"):
            section = getattr(self, name)
            if section is not None and self.model is None:
                raise ValueError(f"[{name}] needs a [model]; add one")
            for one in getattr(section, "weights", ()):
                if one not in self.weights:
                    raise ValueError(
                        f"[{name}] weights names {one!r}, but the weights of the study are "
                        f"{', '.join(self.weights)}"
                    )
        return self

    @model_validator(mode="after")
    def _claims_are_tested_by_what_is_there(self) -> Plan:
        wrong = absent_result(self.claims, dict(self))
        if wrong:
            raise ValueError(wrong)
        return self

    @property
    def main_weights(self) -> str | None:
        """Name of the weights of the main model; the first of the file where no model is fitted."""
        if self.model:
            return self.model.weights[0]
        return next(iter(self.weights), None)
