"""σ- and β-convergence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.columns import as_list, require_columns
from analysis.distribution.values import column_of, column_wide
from spatial.errors import InputError, is_whole, named
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["beta_convergence", "sigma_convergence"]

START, GROWTH = "ln_start", "growth"


def sigma_convergence(panel: Panel, column: str) -> pd.DataFrame:
    """Spread of a column over units in every time; there is σ-convergence where it falls.

    Returns
    -------
    DataFrame
        mean, std_dev (divisor n), variation (std_dev/mean, NaN unless all values are at least zero
        and some are not), std_log (of logarithms, NaN unless all are positive), nobs; indexed by
        time.

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("abab"), "year": [1, 1, 2, 2], "y": [1.0, 3, 2, 3]})
    >>> sigma_convergence(Panel(table, "city", "year"), "y")["variation"].tolist()
    [0.5, 0.2]
    """
    wide = column_wide(panel, column)
    empty = wide.index[wide.notna().sum(axis=1) < 2]
    if len(empty):
        raise InputError(f"{column} has fewer than two values in {named(empty)}; leave them out.")
    mean, spread = wide.mean(axis=1), wide.std(axis=1, ddof=0)
    least = wide.min(axis=1)
    logs = np.log(wide.where(wide > 0)).std(axis=1, ddof=0)
    table = pd.DataFrame(
        {
            "mean": mean,
            "std_dev": spread,
            "variation": (spread / mean).where((least >= 0) & (mean > 0)),
            "std_log": logs.where(least > 0),
            "nobs": wide.notna().sum(axis=1),
        }
    )
    table.attrs = {"column": column}
    return table


def beta_convergence(
    panel: Panel,
    column: str,
    w: Graph,
    *,
    controls: str | Sequence[str] = (),
    span: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Whether units that start lower grow faster, and how fast they catch up.

    ln(y_{t+T}/y_t) = b ln y_t + … ; b < 0 is convergence, its speed λ = −ln(1 + b)/T a year (Barro
    and Sala-i-Martin, 1992), with the delta standard error se(b)/((1 + b)T). Four models:
    "unconditional" (time effects alone), "conditional" (unit and time effects, and the controls of
    the start), and both as spatial Durbin models, + ρW growth + θW ln y_t (Ertur and Koch, 2007).
    Unit effects beside ln y_t overstate the speed by an amount of order 1/T over the T times of the
    panel (Nickell, 1981): it is an upper bound then.

    Parameters
    ----------
    panel
        Balanced; the column must be positive.
    w
        Weights over at least its units.
    controls
        Columns at the start of each span; they enter the conditional models.
    span
        Times T of one growth; spans do not overlap, and the last one ends with the last time.
    level
        Of the intervals.

    Returns
    -------
    DataFrame
        model, spatial, term ("b", and "rho", "theta" of spatial models), estimate, std_error,
        statistic, p_value, conf_low, conf_high, speed, speed_std_error, speed_low, speed_high,
        half_life (NaN where there is no convergence), nobs.

    Raises
    ------
    InputError
        Values that are not positive, a panel that is too short.

    Examples
    --------
    >>> distribution.beta_convergence(panel, "gdp_per_capita", w)  # doctest: +SKIP
    """
    from spatial import OLS, SDM

    names = as_list(controls)
    data = _spans(panel, column, names, span)
    few = data.n_times < 2
    plans: list[tuple[str, Any, list[str]]] = [("unconditional", "none" if few else "time", [])]
    if not few or names:
        plans.append(("conditional", "none" if few else "twoway", names))
    rows = []
    for name, effects, extra in plans:
        formula = " + ".join([f"{GROWTH} ~ {START}", *(f"`{one}`" for one in extra)])
        for model in (OLS, SDM):
            fit = model(formula, effects=effects).fit(data, w)
            rows += _rows(fit, name, model is SDM, span, level)
    table = pd.DataFrame(rows)
    table.attrs = {"column": column, "controls": names, "span": span, "level": level}
    return table


def _spans(panel: Panel, column: str, controls: Sequence[str], span: int) -> Panel:
    """Growth over spans that do not overlap, with what stands at their starts."""
    values = column_of(panel, column)
    require_columns(panel.frame, controls)
    if not is_whole(span) or not 1 <= span < panel.n_times:
        raise InputError(
            f"span={span!r}; a growth takes 1 to {panel.n_times - 1} times of this panel."
        )
    bad = np.flatnonzero(~(values.to_numpy() > 0))
    if len(bad) or not panel.balanced:
        units, times = panel.codes
        who = named(f"{panel.units[units[r]]} {panel.times[times[r]]}" for r in bad)
        raise InputError(
            f"{column}: growth in logarithms needs a positive value of every unit in every time; "
            + (f"mend {who}." if len(bad) else f"{len(panel.gaps)} rows are absent.")
        )
    starts = list(range((panel.n_times - 1) % span, panel.n_times - span, span))
    wide = values.to_numpy().reshape(panel.n_times, panel.n_units)
    frame = panel.frame
    rows = np.concatenate([np.arange(panel.n_units) + k * panel.n_units for k in starts])
    chosen = frame.iloc[rows][[panel.unit, panel.time, *controls]].copy()
    chosen[START] = np.log(wide[starts]).ravel()
    chosen[GROWTH] = np.log(wide[[k + span for k in starts]] / wide[starts]).ravel()
    return Panel(chosen, panel.unit, panel.time)


def _rows(fit: Any, name: str, spatial: bool, span: int, level: float) -> list[dict[str, Any]]:  # noqa: FBT001
    """Coefficients of one model, the speed beside b."""
    terms = {START: "b", "rho": "rho", f"W.{START}": "theta"}
    table = fit.tidy(level).set_index("term")
    rows = []
    for label, term in terms.items():
        if label in table.index:
            row = {"model": name, "spatial": spatial, "term": term}
            row |= {str(k): float(v) for k, v in table.loc[label].items()}
            row |= _speed(row, span, level) if term == "b" else {}
            rows.append({**row, "nobs": fit.nobs})
    return rows


def _speed(row: dict[str, Any], span: int, level: float) -> dict[str, float]:
    """λ = −ln(1 + b)/T, its delta standard error and interval, and ln 2/λ."""
    left = 1.0 + float(row["estimate"])
    if left <= 0:
        nothing = ("speed", "speed_std_error", "speed_low", "speed_high", "half_life")
        return dict.fromkeys(nothing, float("nan"))
    speed, error = -float(np.log(left)) / span, float(row["std_error"]) / (left * span)
    half = float(ndtri(0.5 + level / 2)) * error
    return {
        "speed": speed,
        "speed_std_error": error,
        "speed_p_value": 2.0 * float(ndtr(-abs(speed / error))),
        "speed_low": speed - half,
        "speed_high": speed + half,
        "half_life": float(np.log(2.0)) / speed if speed > 0 else float("nan"),
    }
