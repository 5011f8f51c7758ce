"""The first principal component of several indicators, its sign fixed and its share reported."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.columns import Floats
from analysis.indices.common import IndexWarning, finished, one_of
from analysis.indices.scaling import Indicators, Scope, read_indicators, scope_words
from spatial.errors import InputError, named

__all__ = ["principal_component"]

TIE = 1e-9


def principal_component(
    frame: pd.DataFrame,
    positive: str | Sequence[str] = (),
    negative: str | Sequence[str] = (),
    scope: Scope = "panel",
    form: Literal["score", "unit"] = "score",
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """First principal component of standardised indicators.

    z_itj = ±(x_itj − mean_j)/sd_j, minus where less is better; R = correlations of z;
    a = eigenvector of R with the largest eigenvalue λ₁, |a| = 1, its sign such that Σ_j a_j > 0;
    F_it = Σ_j a_j z_itj, in standard deviations: mean 0, variance λ₁. Share of variance λ₁/k.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    positive, negative
        Indicators of which more, or less, is better.
    scope
        What means, deviations and correlations are taken over: "panel" (all rows at once) or
        "year" (each year by itself: levels of different years do not compare).
    form
        "score" as above, or "unit": (F − min)/(max − min) in the scope, for coupling and other
        uses that need values in [0, 1].
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "principal_component", on the frame's own index. `indicator_table` gives the
        loadings a_j; `.attrs["variance_share"]` and `.attrs["kmo"]` (Kaiser-Meyer-Olkin measure,
        null where indicators are collinear) are JSON texts by year ("" for the panel).

    Raises
    ------
    InputError
        Whatever `entropy_weights` refuses of its indicators; two largest eigenvalues that are
        equal, or loadings that add up to zero, so that the component or its sign is undetermined.

    Warns
    -----
    IndexWarning
        Where an indicator loads against the others: it is named, since the index falls as it
        rises in the sense declared for it.

    Notes
    -----
    Standard deviations have the divisor n − 1. A row that lacks an indicator is missing and moves
    nothing. The sign follows the declared directions and not the solver's.
    Sources: Hotelling (1933); Kaiser (1974), Psychometrika 39(1), for the KMO measure.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b", "c"], "x": [1, 2, 3], "y": [9, 4, 5]})
    >>> index = principal_component(table, positive="x", negative="y", unit="city")
    >>> index.round(3).tolist(), index.attrs["variance_share"]
    ([-1.509, 0.535, 0.974], '{"": 0.877964473009}')
    """
    one_of("form", form, ("score", "unit"))
    found = read_indicators(frame, positive, negative, scope, unit, time)
    values = np.full(len(frame), np.nan)
    records: list[dict[str, Any]] = []
    shares: dict[str, float] = {}
    kmo: dict[str, float | None] = {}
    for label, members in found.blocks:
        z = _standardised(found.values[members]) * found.signs
        loadings, shares[label] = _first(z, label)
        score = z @ loadings
        kmo[label] = _kmo(z)
        low, range_ = (score.min(), np.ptp(score)) if form == "unit" else (0.0, 1.0)
        values[members] = (score - low) / range_
        records += [
            ({"time": label} if label else {})
            | {"indicator": name, "sign": "+" if found.signs[j] > 0 else "−"}
            | {"loading": float(loadings[j])}
            for j, name in enumerate(found.names)
        ]
    _warn_against(records)
    note, note_zh = _sentences(found, scope, form, list(shares.values()))
    return finished(
        values,
        frame,
        "principal_component",
        note,
        note_zh,
        indicators=json.dumps(records, ensure_ascii=False),
        variance_share=_by_label(shares),
        kmo=_by_label(kmo),
        scope=scope,
        form=form,
    )


def _standardised(values: Floats) -> Floats:
    """Mean zero and standard deviation one by column."""
    result: Floats = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    return result


def _first(z: Floats, label: str) -> tuple[Floats, float]:
    """Loadings of the first component, their sign fixed, and its share of variance."""
    k = z.shape[1]
    roots, vectors = np.linalg.eigh(z.T @ z / (len(z) - 1))
    where = f" in {label}" if label else ""
    if roots[-1] - roots[-2] < TIE * k:
        raise InputError(
            f"the two largest components explain the same{where}, so that neither is the first; "
            "name other indicators, or use entropy_weights."
        )
    loadings: Floats = vectors[:, -1]
    if abs(loadings.sum()) < TIE * k:
        raise InputError(
            f"the loadings of the first component add up to zero{where}, so that its sign is "
            "undetermined; move an indicator of which less is better to negative=."
        )
    return loadings * np.sign(loadings.sum()), float(roots[-1] / k)


def _kmo(z: Floats) -> float | None:
    """Kaiser-Meyer-Olkin measure: correlations against partial correlations."""
    r = z.T @ z / (len(z) - 1)
    if np.linalg.cond(r) > 1 / TIE:
        return None
    inverse = np.linalg.inv(r)
    scale = np.sqrt(np.diag(inverse))
    off = ~np.eye(len(r), dtype=bool)
    plain = float((r[off] ** 2).sum())
    partial = float(((inverse / np.outer(scale, scale))[off] ** 2).sum())
    return plain / (plain + partial) if plain + partial > 0 else None


def _warn_against(records: list[dict[str, Any]]) -> None:
    """Warn of indicators that load against their declared direction."""
    against = [row for row in records if row["loading"] < 0]
    if against:
        texts = (f"{row['indicator']} {row.get('time', '')}".strip() for row in against)
        warnings.warn(
            f"indicators load against the first component: {named(texts)}; the index falls where "
            "they improve, check their direction or leave them out.",
            IndexWarning,
            stacklevel=3,
        )


def _by_label(values: dict[str, Any]) -> str:
    """Numbers by year as JSON text."""
    rounded = {k: None if v is None else round(v, 12) for k, v in values.items()}
    return json.dumps(rounded, ensure_ascii=False)


def _sentences(found: Indicators, scope: Scope, form: str, shares: list[float]) -> tuple[str, str]:
    """Say what was done and how much variance the component carries."""
    english, chinese = scope_words(found, scope)
    low, high = f"{min(shares):.1%}", f"{max(shares):.1%}"
    share = low if low == high else f"{low} to {high}"
    share_zh = low if low == high else f"{low} 至 {high}"
    ranged = ", scaled to [0, 1]" if form == "unit" else ""
    ranged_zh = "，极差标准化至 [0, 1]" if form == "unit" else ""
    return (
        f"First principal component of {len(found.names)} standardised indicators{ranged}, "
        f"sign: loadings add up to a positive number; share of variance {share}; means and "
        f"correlations {english}.",
        f"{len(found.names)} 项标准化指标的第一主成分{ranged_zh}，符号取载荷之和为正；"
        f"方差贡献率 {share_zh}；均值与相关系数{chinese}。",
    )
