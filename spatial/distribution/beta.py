"""β-convergence: whether units that start lower grow faster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import ndtr

from spatial.distribution.values import as_list, column_of, require_positive
from spatial.errors import InputError, is_whole
from spatial.fit import Fit
from spatial.formula import lag_name
from spatial.inference import isolates_of
from spatial.models import OLS, SDM
from spatial.panel import Panel, require_column
from spatial.result import quantile
from spatial.weights import from_matrix

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["START", "beta_convergence", "growth_fits", "speed_of"]

START, GROWTH = "ln_start", "growth"
SPEED = (
    "speed", "speed_std_error", "speed_p_value", "speed_low", "speed_high", "half_life",
)  # fmt: skip


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
        statistic, p_value, conf_low, conf_high, speed, speed_std_error, speed_p_value, speed_low,
        speed_high, half_life (NaN where there is no convergence), nobs, isolates.

    Raises
    ------
    InputError
        Values that are not positive, a panel that is too short.

    Examples
    --------
    >>> distribution.beta_convergence(panel, "gdp_per_capita", w)  # doctest: +SKIP
    """
    names, rows = as_list(controls), []
    for name, fit in growth_fits(panel, column, w, names, span):
        rows += _rows(fit, name, span, level)
    table = pd.DataFrame(rows)
    table.attrs = {"column": column, "controls": names, "span": span, "level": level}
    return table


def growth_fits(
    panel: Panel, column: str, w: Graph | None, names: Sequence[str], span: int
) -> Iterator[tuple[str, Fit]]:
    """Fits of growth on the start, with their names; spatial ones where there are weights."""
    data = _spans(panel, column, names, span)
    graph = w if w is not None else from_matrix(csr_array((data.n_units, data.n_units)), data.units)
    few = data.n_times < 2
    plans: list[tuple[str, Any, list[str]]] = [("unconditional", "none" if few else "time", [])]
    if not few or names:
        plans.append(("conditional", "none" if few else "twoway", list(names)))
    for name, effects, extra in plans:
        formula = " + ".join([f"{GROWTH} ~ {START}", *(f"`{one}`" for one in extra)])
        yield name, OLS(formula, effects=effects).fit(data, graph)
        if w is not None:
            yield name, SDM(formula, effects=effects).fit(data, graph)


def _spans(panel: Panel, column: str, controls: Sequence[str], span: int) -> Panel:
    """Growth over spans that do not overlap, with what stands at their starts."""
    values = column_of(panel, column)
    for name in controls:
        require_column(panel.frame, name)
    if not is_whole(span) or not 1 <= span < panel.n_times:
        raise InputError(
            f"span={span!r}; a growth takes 1 to {panel.n_times - 1} times of this panel."
        )
    require_positive(values.to_numpy(), panel, column)
    starts = list(range((panel.n_times - 1) % span, panel.n_times - span, span))
    wide = values.to_numpy().reshape(panel.n_times, panel.n_units)
    frame = panel.frame
    rows = np.concatenate([np.arange(panel.n_units) + k * panel.n_units for k in starts])
    chosen = frame.iloc[rows][[panel.unit, panel.time, *controls]].copy()
    chosen[START] = np.log(wide[starts]).ravel()
    chosen[GROWTH] = np.log(wide[[k + span for k in starts]] / wide[starts]).ravel()
    return Panel(chosen, panel.unit, panel.time)


def _rows(fit: Fit, name: str, span: int, level: float) -> list[dict[str, Any]]:
    """Coefficients of one model, the speed beside b."""
    terms = {START: "b", "rho": "rho", lag_name(START): "theta"}
    rows = []
    for found in fit.tidy(level).to_dict("records"):
        term = terms.get(found.pop("term"))
        if term is None:
            continue
        row: dict[str, Any] = {"model": name, "spatial": fit.model.lag_y, "term": term}
        row |= {str(key): float(value) for key, value in found.items()}
        row |= speed_of(row, span, level) if term == "b" else {}
        rows.append({**row, "nobs": fit.nobs, "isolates": isolates_of(fit)})
    return rows


def speed_of(row: dict[str, Any], span: int, level: float) -> dict[str, float]:
    """λ = −ln(1 + b)/T, its delta standard error and interval, and ln 2/λ."""
    left = 1.0 + float(row["estimate"])
    if left <= 0:
        return dict.fromkeys(SPEED, float("nan"))
    speed, error = -float(np.log(left)) / span, float(row["std_error"]) / (left * span)
    half = quantile(level) * error
    return {
        "speed": speed,
        "speed_std_error": error,
        "speed_p_value": 2.0 * float(ndtr(-abs(speed / error))),
        "speed_low": speed - half,
        "speed_high": speed + half,
        "half_life": float(np.log(2.0)) / speed if speed > 0 else float("nan"),
    }
