"""What a city's industries are made of: specialisation, diversity and variety."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import xlogy

from analysis.columns import Floats, rows_of
from analysis.indices.common import (
    Sectors,
    finished,
    is_number,
    one_of,
    refuse,
    sectors_of,
    shares_of,
    table_of,
)
from spatial.errors import InputError

__all__ = ["diversity", "related_variety", "specialisation", "unrelated_variety"]


def specialisation(
    frame: pd.DataFrame,
    parts: Sectors,
    against: Literal["all", "others"] = "all",
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Krugman specialisation: how far a city's mix of sectors lies from that of the cities.

    K_it = Σ_k |s_ikt − s_kt|, with s_ik the share of sector k in the city and s_k its share in
    all cities together, or in all others. 0 is the same mix, 2 a mix that shares no sector. It
    has no unit.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    parts
        Columns of the sectors, which together are the whole; or a mapping from the name of a
        sector to its column or columns.
    against
        "all" compares with all cities of the table, "others" leaves the city itself out.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "specialisation", on the frame's own index, with sentences in `.attrs`.

    Raises
    ------
    InputError
        Sectors that add up to zero, a negative number, fewer than two sectors, a column counted
        twice, with "others" a year with a single city: by city and year.

    Notes
    -----
    A sector of zero counts as a share of zero. A row that lacks one sector is missing, and left
    out of the shares of all cities.
    Source: Krugman (1991), Geography and Trade, MIT Press (there against another region).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "it": [10, 10], "steel": [10, 50]})
    >>> specialisation(table, ["it", "steel"], unit="city").round(3).tolist()
    [0.5, 0.167]
    """
    one_of("against", against, ("all", "others"))
    rows = rows_of(frame, unit, time)
    values = table_of(frame, sectors_of(parts, "parts"), rows, "parts")
    own = shares_of(values, rows, "parts=")
    codes, periods = rows.periods()
    known = np.nan_to_num(values)
    sums = np.column_stack([np.bincount(codes, column, len(periods)) for column in known.T])
    rest = sums[codes] - (known if against == "others" else 0.0)
    seen = ~np.isnan(own[:, 0])
    count = np.bincount(codes, seen, len(periods))[codes]
    refuse(
        seen & (count == 1) & (against == "others"),
        rows,
        "there is no other city to compare with",
        "use against='all' or leave these years out",
    )
    with np.errstate(invalid="ignore"):
        result: Floats = np.abs(own - rest / rest.sum(axis=1)[:, None]).sum(axis=1)
    whom, whom_zh = {
        "all": ("all cities of the table", "表中全部城市"),
        "others": ("all other cities of the table", "表中其他城市"),
    }[against]
    return finished(
        result,
        frame,
        "specialisation",
        f"Krugman specialisation Σ|s_ik − s_k| over {values.shape[1]} sectors against {whom}.",
        f"克鲁格曼专业化指数 Σ|s_ik − s_k|，共 {values.shape[1]} 个部门，以{whom_zh}为基准。",
    )


DIVERSITY = {
    "entropy": ("−Σ s log s", "熵指数"),
    "herfindahl": ("1 − Σ s²", "赫芬达尔指数"),
    "inverse_herfindahl": ("1/Σ s²", "赫芬达尔倒数"),
}


def diversity(
    frame: pd.DataFrame,
    parts: Sectors,
    form: Literal["entropy", "herfindahl", "inverse_herfindahl"] = "entropy",
    *,
    unit: str,
    time: str | None = None,
    base: float | None = None,
) -> pd.Series[Any]:
    """Diversity of a city's sectors.

    entropy             −Σ_k s_k log s_k, 0 (one sector) to log K (K equal sectors)
    herfindahl          1 − Σ_k s_k², 0 to 1 − 1/K
    inverse_herfindahl  1 / Σ_k s_k², 1 to K: the number of equal sectors that are as diverse

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    parts
        Columns of the sectors, or a mapping from the name of a sector to its column or columns.
    form
        Which of the three.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.
    base
        Of the logarithm of the entropy: e when not given (nats), 2 for bits.

    Returns
    -------
    Series
        Named "diversity", on the frame's own index, with sentences in `.attrs`.

    Raises
    ------
    InputError
        Sectors that add up to zero, a negative number, fewer than two sectors, a column counted
        twice, a base not above one or given to another form.

    Notes
    -----
    A sector of zero adds nothing (0 log 0 = 0). A row that lacks one sector is missing.
    Sources: Shannon (1948); Herfindahl (1950) and Hirschman (1964), American Economic Review
    54(5).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "it": [10, 0], "steel": [10, 50]})
    >>> diversity(table, ["it", "steel"], unit="city").round(3).tolist()
    [0.693, 0.0]
    >>> diversity(table, ["it", "steel"], "inverse_herfindahl", unit="city").tolist()
    [2.0, 1.0]
    """
    one_of("form", form, tuple(DIVERSITY))
    if base is not None and form != "entropy":
        raise InputError(f"base= belongs to form='entropy', not to {form!r}; leave it out.")
    rows = rows_of(frame, unit, time)
    s = shares_of(table_of(frame, sectors_of(parts, "parts"), rows, "parts"), rows, "parts=")
    concentration = (s**2).sum(axis=1)
    values = {
        "entropy": _entropy(s) / _unit_of(base),
        "herfindahl": 1 - concentration,
        "inverse_herfindahl": 1 / concentration,
    }[form]
    formula, name = DIVERSITY[form]
    log, log_zh = _log_words(base) if form == "entropy" else ("", "")
    return finished(
        values,
        frame,
        "diversity",
        f"Diversity {formula} over {s.shape[1]} sectors{log}.",
        f"多样化（{name}）{formula}，共 {s.shape[1]} 个部门{log_zh}。",
    )


def _entropy(shares: Floats) -> Floats:
    """Entropy of each row in nats; shares of zero add nothing."""
    result: Floats = -xlogy(shares, shares).sum(axis=1) + 0.0
    return result


def _unit_of(base: float | None) -> float:
    """How many nats one unit of the wanted logarithm is."""
    if base is None:
        return 1.0
    if not is_number(base) or base <= 1:
        raise InputError(f"base={base!r} is no base of a logarithm; give a number above one.")
    return float(np.log(base))


def _log_words(base: float | None) -> tuple[str, str]:
    """Name the logarithm in both languages."""
    if base is None:
        return ", natural logarithm", "，自然对数"
    return f", logarithm to base {base:g}", f"，以 {base:g} 为底的对数"


def related_variety(
    frame: pd.DataFrame,
    groups: Sectors,
    *,
    unit: str,
    time: str | None = None,
    base: float | None = 2,
) -> pd.Series[Any]:
    """Related variety: diversity inside the groups of sectors, weighted by the groups' shares.

    RV_it = Σ_g P_g H_g,  H_g = −Σ_{k in g} (p_k/P_g) log(p_k/P_g), with p_k the share of a
    sector and P_g that of its group. Together with the unrelated variety of the same groups it is
    the entropy of all sectors. Unit: bits with base 2.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    groups
        Mapping from the name of a group (a section, or two digits) to the columns of its
        sectors (more digits).
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.
    base
        Of the logarithm; None for e.

    Returns
    -------
    Series
        Named "related_variety", on the frame's own index, with sentences in `.attrs`.

    Raises
    ------
    InputError
        Sectors that add up to zero, a negative number, a column counted twice, no group with
        two columns.

    Notes
    -----
    A sector of zero and a group of zero add nothing. A row that lacks one sector is missing.
    Source: Frenken, Van Oort and Verburg (2007), Regional Studies 41(5) (base 2).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a"], "I64": [10], "I65": [10], "C39": [20]})
    >>> groups = {"I": ["I64", "I65"], "C": ["C39"]}
    >>> related_variety(table, groups, unit="city").round(3).tolist()
    [0.5]
    """
    found = sectors_of(groups, "groups", least=1)
    if all(len(columns) < 2 for columns in found.values()):
        raise InputError(
            "groups= has one column in every group, so that related variety is zero everywhere; "
            "give a mapping from a group to the columns of its finer sectors."
        )
    within, _ = _varieties(frame, found, unit, time)
    return _variety(within, frame, "related_variety", found, base)


def unrelated_variety(
    frame: pd.DataFrame,
    groups: Sectors,
    *,
    unit: str,
    time: str | None = None,
    base: float | None = 2,
) -> pd.Series[Any]:
    """Unrelated variety: diversity between the groups of sectors.

    UV_it = −Σ_g P_g log P_g, with P_g the share of group g in the city. Unit: bits with base 2.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    groups
        Mapping from the name of a group (a section, or two digits) to its columns.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.
    base
        Of the logarithm; None for e.

    Returns
    -------
    Series
        Named "unrelated_variety", on the frame's own index, with sentences in `.attrs`.

    Raises
    ------
    InputError
        Groups that add up to zero, a negative number, a column counted twice, fewer than two
        groups.

    Notes
    -----
    A group of zero adds nothing. A row that lacks one sector is missing.
    Source: Frenken, Van Oort and Verburg (2007), Regional Studies 41(5) (base 2).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a"], "I64": [10], "I65": [10], "C39": [20]})
    >>> groups = {"I": ["I64", "I65"], "C": ["C39"]}
    >>> unrelated_variety(table, groups, unit="city").tolist()
    [1.0]
    """
    found = sectors_of(groups, "groups")
    _, between = _varieties(frame, found, unit, time)
    return _variety(between, frame, "unrelated_variety", found, base)


def _varieties(
    frame: pd.DataFrame, groups: dict[str, list[str]], unit: str, time: str | None
) -> tuple[Floats, Floats]:
    """Entropy within and between groups, in nats."""
    rows = rows_of(frame, unit, time)
    fine = {column: [column] for columns in groups.values() for column in columns}
    p = shares_of(table_of(frame, fine, rows, "groups"), rows, "groups=")
    owner = np.repeat(np.arange(len(groups)), [len(columns) for columns in groups.values()])
    member = owner[:, None] == np.arange(len(groups))
    between = _entropy(p @ member)
    return np.maximum(_entropy(p) - between, 0.0), between


def _variety(
    nats: Floats,
    frame: pd.DataFrame,
    name: str,
    groups: dict[str, list[str]],
    base: float | None,
) -> pd.Series[Any]:
    """Give the variety in the wanted unit with its sentences."""
    sectors = sum(len(columns) for columns in groups.values())
    log, log_zh = _log_words(base)
    title, title_zh = {
        "related_variety": ("Related variety Σ P_g H_g", "相关多样化 Σ P_g H_g"),
        "unrelated_variety": ("Unrelated variety −Σ P_g log P_g", "无关多样化 −Σ P_g log P_g"),
    }[name]
    return finished(
        nats / _unit_of(base),
        frame,
        name,
        f"{title}: {sectors} sectors in {len(groups)} groups{log}.",
        f"{title_zh}：{len(groups)} 个大类、{sectors} 个细类{log_zh}。",
    )
