"""Read a study file: TOML, overrides, faults by field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from analysis.study.schema import Plan
from analysis.study.schema_claims import Claim
from spatial.errors import InputError

__all__ = ["StudyFile", "read_study", "resolve_path"]


@dataclass(frozen=True)
class StudyFile:
    """The plan, where relative paths start, and the file (None for a mapping)."""

    plan: Plan
    base: Path
    path: Path | None


def resolve_path(base: Path, given: str) -> Path:
    r"""Path as written in the study file: relative ones start at the study file's folder.

    A path of another system's separators ("数据\\panel.csv") is understood everywhere.
    """
    path = Path(given).expanduser()
    whole = path if path.is_absolute() else base / path
    if not whole.exists() and "\\" in given:
        other = base / given.replace("\\", "/")
        return other if other.exists() else whole
    return whole


def read_study(
    study: str | Path | Mapping[str, Any],
    *,
    overrides: Mapping[str, Any] | None = None,
    table: str | Path | None = None,
    boundaries: str | Path | None = None,
) -> StudyFile:
    """Read and check a study.

    Parameters
    ----------
    study
        Path of a TOML file, or the same as a mapping (relative paths then start at the working
        folder).
    overrides
        "section.key" -> value; replaces or adds single keys.
    table, boundaries
        Paths that replace [table] file and [boundaries] file.

    Raises
    ------
    InputError
        The file is missing or no TOML, a key is unknown (the nearest valid one is named), a value
        is of the wrong kind.
    """
    path = None if isinstance(study, Mapping) else Path(study)
    raw = deepcopy(dict(study)) if isinstance(study, Mapping) else _read_toml(Path(study))
    for dotted, value in (overrides or {}).items():
        _set(raw, dotted, value)
    for section, given in (("table", table), ("boundaries", boundaries)):
        if given is not None:
            whole = str(given) if _is_keyword(str(given)) else str(Path(given).absolute())
            _set(raw, f"{section}.file", whole)
    where = path.name if path else "the study"
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        raise InputError(f"{where}: {_sentence(error)}") from None
    _check_formula(plan, where)
    base = path.absolute().parent if path else Path.cwd()
    return StudyFile(plan, base, path)


def _is_keyword(file: str) -> bool:
    return file == "china" or file.startswith("libpysal:")


def _read_toml(path: Path) -> dict[str, Any]:
    """Read the file; a byte-order mark is no fault, another encoding than UTF-8 is named."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"the study file {path.name} is not there (folder {path.absolute().parent.name}); "
            "check its path, or let "
            "`cityripple new DIR` write one to start from."
        ) from None
    except OSError as error:
        raise InputError(
            f"the study file {path.name} cannot be read: {error.strerror}; give the path of a "
            "TOML file."
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path.name} line {line} is not UTF-8; save the study file as UTF-8 (with or "
            "without a byte-order mark)."
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = (
            "; write Windows paths in single quotes ('D:\\数据\\panel.csv')" if "\\" in text else ""
        )
        raise InputError(f"{path.name} is not valid TOML: {error}{hint}.") from None


def _set(raw: dict[str, Any], dotted: str, value: Any) -> None:
    """Set one key of a nested mapping by its dotted name."""
    *sections, key = [part.strip() for part in dotted.split(".")]
    if not sections or not key or not all(sections):
        raise InputError(f"{dotted!r} names no key; write it as section.key, such as model.kind.")
    target = raw
    for section in sections:
        target = target.setdefault(section, {})
        if not isinstance(target, dict):
            raise InputError(
                f"{dotted!r}: {section} is a value, not a section; write section.key, such as "
                "model.kind."
            )
    target[key] = value


def _sentence(error: ValidationError) -> str:
    """Turn the first fault into a sentence, and count the others."""
    faults = error.errors()
    first = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    text = _fault(first)
    rest = len({_keys(fault["loc"]) for fault in faults} - {_keys(first["loc"])})
    return f"{text[:-1]} ({rest} more to mend after this one)." if rest else text


def _keys(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Location without list positions and the tags of unions."""
    return tuple(
        str(part)
        for part in loc
        if isinstance(part, str)
        and not re.match(r"^(literal|tuple|list|str|int|float|bool|constrained)\b", part)
    )


def _fault(fault: Any) -> str:
    keys, kind, value = _keys(fault["loc"]), fault["type"], _plain(fault["input"])
    place = _place(keys)
    if kind == "extra_forbidden":
        return _unknown(keys)
    if kind == "too_long" or (kind == "missing" and isinstance(fault["loc"][-1], int)):
        return f"{place} = {value!r} must be a list of two, first and second."
    if kind == "too_short":
        return f"{place} is empty; name at least one."
    if kind == "missing":
        if len(keys) == 1:
            return f"the section [{keys[0]}] is missing; add it with {_needs(keys)}."
        return f"{place} is missing; add it."
    if kind == "literal_error":
        words = str(fault["ctx"]["expected"]).replace("'", '"')
        return f"{place} = {value!r} is unknown; write {words}."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{place} must be a section with keys, not {value!r}."
    if kind == "value_error":
        reason = str(fault["ctx"]["error"])
        return f"{place}: {reason}." if keys else f"{reason}."
    message = fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    message = message.replace("a valid tuple", "a list in square brackets")
    return (
        f"{place} = {value!r} must be {message}."
        if message != fault["msg"]
        else f"{place} = {value!r}: {message}."
    )


def _plain(value: Any) -> Any:
    """Dates as the study file writes them, lists as lists."""
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, (date, time)) else value


def _place(keys: tuple[str, ...]) -> str:
    if not keys:
        return "the study"
    if len(keys) == 1:
        return f"[{keys[0]}]"
    named = (
        "measure",
        "weights",
        "thresholds",
        "did",
        "channels",
        "moderators",
        "groups",
        "claims",
    )
    if keys[0] in named and keys[1] not in ("essay", "correction"):
        head, rest = f"[{'.'.join(keys[:2])}]", keys[2:]
    else:
        head, rest = f"[{keys[0]}]", keys[1:]
    return " ".join([head, *([".".join(rest)] if rest else [])])


def _section_type(keys: tuple[str, ...]) -> type[BaseModel] | None:
    """Model class that holds the last of `keys`."""
    if len(keys) == 1:
        return Plan
    if keys[0] == "claims" and len(keys) > 2:
        return Claim
    for part in get_args(Plan.model_fields[keys[0]].annotation) or (
        Plan.model_fields[keys[0]].annotation,
    ):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _unknown(keys: tuple[str, ...]) -> str:
    owner = _section_type(keys)
    valid = list(owner.model_fields) if owner else []
    near = get_close_matches(keys[-1], valid, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(valid)}."
    if len(keys) == 1:
        remedy = f"did you mean [{near[0]}]?" if near else f"the sections are {', '.join(valid)}."
        return f"there is no section [{keys[0]}]; {remedy}"
    return f"[{keys[0]}] has no key {keys[-1]!r}; {remedy}"


def _needs(keys: tuple[str, ...]) -> str:
    annotation = Plan.model_fields[keys[0]].annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return " and ".join(n for n, f in annotation.model_fields.items() if f.is_required())
    return "its keys"


def _check_formula(plan: Plan, where: str) -> None:
    """Refuse a formula with anything but columns, arithmetic and the functions of the list."""
    if plan.model is None:
        return
    from spatial.formula import check_formula

    try:
        check_formula(plan.model.formula)
    except InputError as error:
        raise InputError(f"{where}: [model] {error}") from None
