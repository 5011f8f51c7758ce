"""Coupling coordination: whether several systems develop together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.columns import Floats, as_list, numbers, require_columns, rows_of
from analysis.indices.common import finished, is_number, one_of, refuse, warn
from spatial.errors import InputError, named

__all__ = ["coupling"]

PARTS = {
    "coordination": ("D = √(C·T)", "耦合协调度 D = √(C·T)"),
    "coupling": ("C", "耦合度 C"),
    "development": ("T", "综合发展水平 T"),
}


def coupling(
    frame: pd.DataFrame,
    systems: Sequence[str],
    shares: Sequence[float] | None = None,
    part: Literal["coordination", "coupling", "development"] = "coordination",
    *,
    unit: str,
    time: str | None = None,
    outer_root: bool = True,
) -> pd.Series[Any]:
    """Coupling coordination of k systems U₁ … U_k, each an index in [0, 1].

    C = [Π U / (Σ U / k)^k]^(1/k), the geometric over the arithmetic mean, which for two systems
    is 2√(U₁U₂)/(U₁ + U₂);  T = Σ a_j U_j with Σ a_j = 1;  D = √(C·T). All lie in [0, 1], without
    a unit.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    systems
        Columns with the indices of the systems, two or more.
    shares
        Weights a of the systems in T, in their order, adding up to one; equal when not given.
    part
        What is returned: D ("coordination"), C ("coupling") or T ("development").
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.
    outer_root
        False leaves out the outer root 1/k, as some papers print it; C is then far smaller and
        does not reproduce the form for two systems. For replication only.

    Returns
    -------
    Series
        Named "coupling", on the frame's own index; its note states the version.

    Raises
    ------
    InputError
        A value outside [0, 1], fewer than two systems, a system twice, shares that are negative
        or do not add up to one, text or infinite values, repeated rows: by city and year.

    Warns
    -----
    IndexWarning
        For part="coupling", where every system is zero: C has no value there, the cities are
        named and missing.

    Notes
    -----
    One system of zero gives C = D = 0; all of them zero give D = 0, the limit. A row that lacks a
    system is missing.
    Sources: Cong (2019), Economic Geography (Jingji Dili) 39(4); Wang et al. (2021), Journal of
    Natural Resources 36(3), on the misuse of the form without the root.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "digital": [0.4, 0.1], "real": [0.4, 0.9]})
    >>> coupling(table, ["digital", "real"], unit="city").round(3).tolist()
    [0.632, 0.548]
    >>> coupling(table, ["digital", "real"], part="coupling", unit="city").round(3).tolist()
    [1.0, 0.6]
    """
    one_of("part", part, tuple(PARTS))
    one_of("outer_root", outer_root, (True, False))
    names = as_list(systems)
    if len(names) < 2 or len(set(names)) < len(names):
        raise InputError(
            f"systems= holds {named(names)}; coupling needs two different columns or more."
        )
    share = _shares(shares, len(names))
    rows = rows_of(frame, unit, time)
    require_columns(frame, names)
    u = np.column_stack([numbers(frame, name, rows) for name in names])
    for name, values in zip(names, u.T, strict=True):
        refuse(
            (values < 0) | (values > 1),
            rows,
            f"system {name!r} leaves [0, 1]",
            "scale it first, with entropy_weights or principal_component(form='unit')",
        )
    none = (u == 0).all(axis=1)
    if part == "coupling":
        warn(none, rows, "every system is zero", "coupling has no value there", level=3)
    values = _values(u, share, none, part, outer_root=outer_root)
    note, note_zh = _sentences(names, share, part, outer_root=outer_root)
    return finished(values, frame, "coupling", note, note_zh, outer_root=outer_root)


def _shares(given: Sequence[float] | None, count: int) -> Floats:
    """Weights of the systems, checked."""
    if given is None:
        return np.full(count, 1 / count)
    wanted = given if isinstance(given, (list, tuple, np.ndarray)) else [given]
    numeric = len(wanted) == count and all(is_number(value) for value in wanted)
    share = np.array(wanted if numeric else [-1], dtype=float)
    if not (share >= 0).all() or abs(share.sum() - 1) > 1e-9:
        raise InputError(
            f"shares={given!r} do not fit {count} systems; give {count} numbers, none negative, "
            "that add up to one."
        )
    return share


def _values(u: Floats, share: Floats, none: Any, part: str, *, outer_root: bool) -> Floats:
    """C, T or D of each row."""
    development = np.where(np.isnan(u).any(axis=1), np.nan, u @ share)
    total = np.where(none, np.nan, u.sum(axis=1))
    ratio = np.prod(u.shape[1] * (u / total[:, None]), axis=1)
    degree: Floats = ratio ** (1 / u.shape[1]) if outer_root else ratio
    if part == "development":
        return development
    if part == "coupling":
        return degree
    result: Floats = np.sqrt(np.where(none, 0.0, degree) * development)
    return result


def _sentences(names: list[str], share: Floats, part: str, *, outer_root: bool) -> tuple[str, str]:
    """Name the version and the weights."""
    k = len(names)
    root = "[ΠU/(ΣU/k)^k]^(1/k)" if outer_root else "ΠU/(ΣU/k)^k, without the outer root"
    root_zh = "[ΠU/(ΣU/k)^k]^(1/k)" if outer_root else "ΠU/(ΣU/k)^k（未开外层 k 次方）"
    title, title_zh = PARTS[part]
    weights = ", ".join(
        f"{name} {value:g}" for name, value in zip(names, share.round(6), strict=True)
    )
    weights_zh = weights.replace(", ", "、")
    return (
        f"Coupling of {k} systems: {title}, C = {root}, T with weights {weights}.",
        f"{title_zh}，{k} 个系统，C = {root_zh}，T 的权重为 {weights_zh}。",
    )
