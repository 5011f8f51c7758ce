"""The section of the study file that says which claims the report closes with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from analysis.study.schema_base import Section

__all__ = ["ESSAY", "Claim", "Claims", "absent_result"]

PARTS = ("effects", "instruments", "channels", "moderators", "groups")
EFFECTS = ("direct", "indirect", "total")


# claim -> the parts of a study that may hold its test, and names of sections that do
ESSAY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "own": (("effects",), ("direct",)),
    "neighbours": (("effects",), ("indirect",)),
    "technology": (("channels",), ("technology", "innovation", "invention", "技术创新", "技术")),
    "green_quantity": (("channels",), ("greenquantity", "绿色创新数量")),
    "green_quality": (("channels",), ("greenquality", "绿色创新质量")),
    "infrastructure": (
        ("channels",),
        ("infrastructure", "innovationinfrastructure", "创新基础设施", "基础设施"),
    ),
    "digital_industry": (
        ("channels",),
        ("digitalindustry", "digitalindustrialisation", "digitalindustrialization", "数字产业化"),
    ),
    "fusion": (("channels",), ("fusion", "industryfusion", "数实融合", "产业融合", "融合")),
    "coagglomeration": (("channels",), ("coagglomeration", "协同集聚", "产业协同集聚")),
    "region": (("groups",), ("region", "regions", "区域", "地区")),
    "rank": (("groups",), ("rank", "tier", "administrativerank", "行政等级", "城市等级")),
    "facilities": (
        ("moderators", "groups"),
        ("facilities", "facility", "smartfacilities", "smartfacility", "智慧设施"),
    ),
    "size": (("groups",), ("size", "citysize", "城市规模", "规模")),
}


class Claim(Section):
    """[claims.NAME]: a claim in words, the results that test it, and the sign it states.

    `tests` names results as effects.direct, instruments.total, channels.NAME, moderators.NAME or
    groups.NAME; `effect` is the one that counts in a channel, a moderator or a difference.
    """

    text: str | None = Field(default=None, min_length=1)
    tests: tuple[str, ...] | None = Field(default=None, min_length=1)
    sign: Literal["+", "-", "any"] | None = None
    effect: Literal["direct", "indirect", "total"] = "total"

    @field_validator("tests", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("tests")
    @classmethod
    def _each_names_a_result(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for one in value or ():
            part, _, name = one.partition(".")
            bare = part in ("effects", "instruments")
            if part not in PARTS or not name or (bare and name not in EFFECTS):
                raise ValueError(
                    f"{one!r} names no result; write effects.direct, effects.indirect, "
                    "effects.total, instruments.total, channels.NAME, moderators.NAME or "
                    "groups.NAME"
                )
        return value

    @model_validator(mode="after")
    def _a_difference_has_no_sign(self) -> Claim:
        if self.sign in ("+", "-") and any(one.startswith("groups.") for one in self.tests or ()):
            raise ValueError("a difference between groups has no sign; leave sign out")
        return self


class Claims(Section):
    """[claims]: whether the list of the essay is tested, the correction, and [claims.NAME]."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Claim] = Field(init=False)

    essay: bool = True
    correction: Literal["holm", "none"] = "holm"

    @property
    def named(self) -> dict[str, Claim]:
        """The claims of the file by name."""
        return dict(self.__pydantic_extra__ or {})


def absent_result(claims: Claims, there: Mapping[str, Any]) -> str | None:
    """What is wrong with the results that claims name, given what the study has; None if nothing.

    Parameters
    ----------
    there
        Sections of the study by part; None or empty where it has none.
    """
    for name, claim in claims.named.items():
        if not claim.tests and name not in ESSAY:
            return f"[claims.{name}] is no claim of the essay; add tests, the result that tests it"
        for one in claim.tests or ():
            part, _, section = one.partition(".")
            if part == "effects" and not there["model"]:
                return f"[claims.{name}] tests {one}, which needs [model]; add it"
            if part == "instruments" and not there[part]:
                return f"[claims.{name}] tests {one}, which needs [instruments]; add it"
            if part in ("channels", "moderators", "groups") and section not in there[part]:
                known = ", ".join(f"{part}.{other}" for other in there[part])
                return (
                    f"[claims.{name}] tests {one}, which the study lacks; "
                    f"{f'it has {known}' if known else f'add [{one}]'}"
                )
    return None
