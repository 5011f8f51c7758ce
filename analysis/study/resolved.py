"""Write a study back as TOML with every default filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from analysis.study.schema import Plan

__all__ = ["resolved_toml", "toml_value", "without_folder"]

BARE = re.compile(r"^[A-Za-z0-9_-]+$")
HEAD = (
    "# The study as it was run, with every default filled in. Relative paths are those of the "
    "study file;\n"
    "# of a file outside its folder only the name is kept: give it with --table or --boundaries.\n"
)


def resolved_toml(plan: Plan) -> str:
    """Give the study as TOML text; reading it gives an equal plan."""
    sections = plan.model_dump(exclude_none=True)
    for section, key in (
        ("boundaries", "file"),
        ("boundaries", "aliases"),
        ("table", "file"),
        ("study", "truth"),
    ):
        if sections[section].get(key):
            sections[section][key] = without_folder(sections[section][key])
    blocks = [HEAD]
    for name, section in sections.items():
        if name in ("measure", "weights", "thresholds", "did", "channels", "moderators", "groups"):
            blocks += [_block(f"{name}.{_key(part)}", keys) for part, keys in section.items()]
        elif section or name not in ("labels",):
            blocks.append(_block(name, section))
    return "\n".join(blocks)


def without_folder(path: str) -> str:
    """Path as given where it is relative; only the name of an absolute one, of either system."""
    if PureWindowsPath(path).is_absolute():
        return PureWindowsPath(path).name
    return PurePosixPath(path).name if PurePosixPath(path).is_absolute() else path


def _block(name: str, keys: Mapping[str, Any]) -> str:
    lines = [
        f"{_key(key)} = {toml_value(value)}" for key, value in keys.items() if value is not None
    ]
    return "\n".join([f"[{name}]", *lines, ""])


def _key(name: str) -> str:
    return name if BARE.match(name) else json.dumps(name, ensure_ascii=False)


def toml_value(value: Any) -> str:
    """One value as TOML: text, numbers, truth values, lists and inline tables."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        pairs = [f"{_key(str(key))} = {toml_value(part)}" for key, part in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    return f"[{', '.join(toml_value(part) for part in value)}]"
