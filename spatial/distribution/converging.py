"""σ- and β-convergence of a column in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatial.distribution.beta import START, growth_fits, speed_of
from spatial.distribution.sigma import change_of_spread
from spatial.distribution.values import as_list
from spatial.fit import Fit
from spatial.formula import lag_name
from spatial.inference import FIGURES, isolates_of
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["convergence"]

ORDER = ("term", "kind", "model", "spatial", "effect", *FIGURES, "nobs", "isolates")


def convergence(
    panel: Panel,
    column: str,
    w: Graph | None = None,
    *,
    controls: str | Sequence[str] = (),
    span: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Whether units come together: their spread falls (σ), and the low grow faster (β).

    σ: ln(s_T/s_1), the change of the spread from the first to the last time, tested by
    paired values (Pitman, 1939; Morgan, 1939). β: ln(y_{t+T}/y_t) = b ln y_t + … (Barro and
    Sala-i-Martin, 1992), and with weights as a spatial Durbin model, + ρW growth + θW ln y_t (Ertur
    and Koch, 2007), whose effects say what a higher start does to a unit's own growth and to that
    of its neighbours.

    Parameters
    ----------
    panel
        Balanced; the column must be positive.
    column, controls, span, level
        As in `beta_convergence`.
    w
        Weights over at least the units of the panel, for the spatial models.

    Returns
    -------
    DataFrame
        term (the column), kind ("sigma", "beta"), model (of σ "logs" or "values", of β
        "unconditional" or "conditional"), spatial, effect, estimate, std_error, statistic, p_value,
        conf_low, conf_high, nobs, isolates. Effects are "change" of σ; "b", "theta", "rho",
        "speed", and of spatial models "direct", "indirect" and "total" of β. b < 0, a negative
        total and a positive speed are convergence.

    Raises
    ------
    InputError
        Values that are not positive, a panel that is too short.

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("abcd") * 2, "year": [1] * 4 + [2] * 4,
    ...                       "y": [1.0, 2.0, 4.0, 8.0, 2.0, 2.5, 5.0, 7.0]})
    >>> found = convergence(Panel(table, "city", "year"), "y")
    >>> found[["kind", "effect", "estimate"]].round(3).to_numpy().tolist()
    [['sigma', 'change', -0.424], ['beta', 'b', -0.358], ['beta', 'speed', 0.443]]
    """
    names = as_list(controls)
    sigma = change_of_spread(panel, column, level)
    model = "logs" if sigma.pop("logs") else "values"
    rows: list[dict[str, Any]] = [
        {"kind": "sigma", "model": model, "spatial": False, "effect": "change", "isolates": 0}
        | sigma
    ]
    for name, fit in growth_fits(panel, column, w, names, span):
        head = {"kind": "beta", "model": name, "spatial": fit.model.lag_y}
        counts = {"nobs": fit.nobs, "isolates": isolates_of(fit) if w is not None else 0}
        rows += [head | row | counts for row in _rows(fit, span, level)]
    table = pd.DataFrame(rows).assign(term=column)[list(ORDER)]
    table.attrs = {"column": column, "controls": names, "span": span, "level": level}
    return table


def _rows(fit: Fit, span: int, level: float) -> Iterator[dict[str, Any]]:
    """Coefficients, the speed behind b, and effects of the start."""
    table = fit.tidy(level).set_index("term")[list(FIGURES)]
    known = {str(label): dict(row) for label, row in table.iterrows()}
    for label, effect in ((START, "b"), (lag_name(START), "theta"), ("rho", "rho")):
        if label in known:
            yield {"effect": effect, **known[label]}
            if effect == "b":
                yield {"effect": "speed", **_speed(known[label], span, level)}
    if fit.model.lag_y:
        effects = fit.effects(level=level)
        rows = effects.loc[effects["term"] == START, ["effect", *FIGURES]]
        for row in rows.to_dict("records"):
            yield {str(name): value for name, value in row.items()}


def _speed(row: dict[str, Any], span: int, level: float) -> dict[str, float]:
    found = speed_of(row, span, level)
    return {
        "estimate": found["speed"], "std_error": found["speed_std_error"],
        "statistic": found["speed"] / found["speed_std_error"],
        "p_value": found["speed_p_value"], "conf_low": found["speed_low"],
        "conf_high": found["speed_high"],
    }  # fmt: skip
