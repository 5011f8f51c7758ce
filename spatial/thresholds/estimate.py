"""Estimate thresholds, test their number, give their intervals (Hansen, 1999)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, is_whole
from spatial.fit import Fit
from spatial.formula import lag_name
from spatial.inference import Covariance, check_covariance, isolates_of, with_covariance
from spatial.models import OLS, SAR, SDM, SLX, Specification
from spatial.panel import Panel
from spatial.result import quantile
from spatial.running import Jobs, portions, run_shared
from spatial.thresholds.bootstrap import Drawing, bootstrap_portion
from spatial.thresholds.profile import candidates
from spatial.thresholds.regimes import Lag, regime_label, regime_of
from spatial.thresholds.result import ThresholdFit
from spatial.thresholds.search import Search, Step, start_search
from spatial.within import Effects

if TYPE_CHECKING:
    from spatial.gather import Weights

__all__ = ["threshold"]

Array = npt.NDArray[np.float64]
KINDS: dict[str, type[Specification]] = {"OLS": OLS, "SLX": SLX, "SAR": SAR, "SDM": SDM}


def threshold(  # noqa: PLR0913
    formula: str,
    panel: Panel | pd.DataFrame,
    w: Weights,
    *,
    variable: str,
    of: str,
    kind: Literal["OLS", "SLX", "SAR", "SDM"] = "SDM",
    effects: Effects = "twoway",
    lagged: Sequence[str] | None = None,
    lag: Lag = "common",
    most: int = 2,
    trim: float = 0.1,
    grid: int = 400,
    bootstrap: int = 300,
    level: float = 0.95,
    covariance: Covariance | None = None,
    seed: int = 0,
    jobs: Jobs = 1,
) -> ThresholdFit:
    """Let the slope of a term change where a variable passes one or two thresholds.

    y = ρWy + Σ_r β_r x·1(γ_{r−1} < q ≤ γ_r) + θWx + further regressors + effects + ε (Hansen, 1999,
    eq. 1 and 29, with spatial lags). γ maximises the likelihood, which without a lag of y is least
    squares, over the values of q; the second threshold given the first, and then the first given
    the second (sec. 3.5, 5). The statistic of one threshold more is F = (S₀ − S₁)/σ̂², or with a lag
    of y the likelihood ratio 2(ℓ₁ − ℓ₀); γ is not identified under the null, so that p comes from a
    bootstrap that draws units' residuals whole: (1 + draws at least as large)/(1 + draws). The
    interval holds every γ whose likelihood ratio against γ̂ is at most −2 ln(1 − √level).

    Parameters
    ----------
    formula
        As in any model; holds the term once, unsplit.
    panel
        Balanced panel, or for a cross-section a frame indexed by unit with ``effects="none"``.
    w
        Graph over at least the units of the data.
    variable
        Column q. It should not respond to the outcome.
    of
        Term whose slope changes.
    kind, effects, lagged
        Of the model.
    lag
        "common": one coefficient of W x; "switching": W(x·1(regime)) by the regime of the sender.
    most
        Thresholds to look for, 1 or 2.
    trim
        Smallest share of the rows in a regime.
    grid
        Values of q tried at first; all values between the best one's neighbours, at most as many,
        follow.
    bootstrap
        Draws per test, 0 for none.
    level
        Of intervals; 1 − level is that of the tests.
    covariance
        Arguments of `Fit.with_cov`, such as {"kind": "cluster", "by": "province"}, for slopes and
        effects. Tests and intervals of the thresholds rest on the likelihood and on draws of whole
        units whatever it is; `notes` say so.
    seed
        Of the draws.
    jobs
        Processes for the draws, a `distributed.Client`, or `Workers`; the numbers are the same.

    Returns
    -------
    ThresholdFit
        `tests`, `thresholds`, `regimes`, `effects`, `curve`, `fit`, `count`.

    Raises
    ------
    InputError
        A term or variable that is not there, an unbalanced panel, too few values to part.

    Notes
    -----
    Standard errors of slopes and effects take the thresholds as known, which is right in large
    samples as they converge faster (Hansen, 1999, sec. 4.3).

    Examples
    --------
    >>> found = spatial.threshold(
    ...     "resilience ~ agglomeration + fdi", panel, w,
    ...     variable="digital_finance", of="agglomeration",
    ... )  # doctest: +SKIP
    >>> found.thresholds, found.tests, found.effects  # doctest: +SKIP
    """
    _check(kind, lag, most, trim, grid, bootstrap)
    quantile(level)
    errors = check_covariance(covariance)
    model = _model(formula, kind, effects, lagged)
    if isinstance(panel, Panel) and not panel.balanced:
        raise InputError(
            f"a threshold needs every unit in every {panel.time}, and "
            f"{counted(len(panel.gaps), 'row is', 'rows are')} absent; use "
            "panel.subset(units=panel.complete_units) or fewer years."
        )
    base = model.fit(panel, w)
    search = start_search(base, variable, of, lag, trim, grid)
    steps, tests, notes = _sequence(search, most, bootstrap, seed, jobs)
    count = _supported(tests, 1.0 - level)
    kept = max(count, 1)
    places, curves = search.refined(steps[kept - 1]) if kept > 1 else ([steps[0].gamma], [steps[0]])
    critical = float(-2.0 * np.log(1.0 - np.sqrt(level)))
    fit = with_covariance(search.fitted(places), errors)
    notes = (*notes, *_errors_note(errors))
    return _result(search, fit, places, curves, tests, critical, count, level, notes)


def _errors_note(errors: Covariance) -> tuple[str, ...]:
    if errors.get("kind") in (None, "expected", "observed"):
        return ()
    return (
        f'The covariance "{errors["kind"]}" is that of slopes and effects; tests and intervals of '
        "the thresholds rest on the likelihood and on draws of whole units.",
    )


def _check(kind: str, lag: str, most: int, trim: float, grid: int, bootstrap: int) -> None:
    if kind not in KINDS:
        raise InputError(f"kind={kind!r} has no thresholds; choose {', '.join(KINDS)}.")
    if lag not in ("common", "switching"):
        raise InputError(f'lag={lag!r} is unknown; choose "common" or "switching".')
    if most not in (1, 2):
        raise InputError(f"most={most!r}; look for 1 or 2 thresholds.")
    if not 0 < trim < 0.5:
        raise InputError(f"trim={trim!r} is no share of the rows between 0 and 0.5.")
    if not is_whole(grid) or grid < 10:
        raise InputError(f"grid={grid!r}; give a whole number of at least 10.")
    if not is_whole(bootstrap) or bootstrap < 0:
        raise InputError(f"bootstrap={bootstrap!r}; give a number of draws, 0 for none.")


def _model(
    formula: str, kind: str, effects: Effects, lagged: Sequence[str] | None
) -> Specification:
    if effects not in ("none", "unit", "time", "twoway"):
        raise InputError(
            f"effects={effects!r}; thresholds go with none, unit, time or twoway effects."
        )
    return KINDS[kind](formula, effects=effects, lagged=lagged)


def _sequence(
    search: Search, most: int, draws: int, seed: int, jobs: Jobs
) -> tuple[list[Step], pd.DataFrame, tuple[str, ...]]:
    """One threshold against none, then two against one."""
    steps: list[Step] = []
    rows: list[dict[str, Any]] = []
    notes: tuple[str, ...] = ()
    for number in range(most):
        stand = [steps[0].gamma] if steps else []
        step = search.step(stand)
        if step is None:
            notes = (
                f"No second threshold leaves {search.trim:.0%} of the rows in every regime, so "
                "that none was looked for.",
            )
            break
        value = float(search.objective.statistic(step.null, step.best))
        drawn = _bootstrap(search, step, draws, seed + number, jobs) if draws else np.empty(0)
        rows.append(_test_row(search, number, value, drawn))
        steps.append(step)
    return steps, pd.DataFrame(rows), notes


def _test_row(search: Search, number: int, value: float, drawn: Array) -> dict[str, Any]:
    levels = np.quantile(drawn, [0.9, 0.95, 0.99]) if len(drawn) else np.full(3, np.nan)
    p = (1.0 + float((drawn >= value).sum())) / (1.0 + len(drawn)) if len(drawn) else np.nan
    return {
        "null": number,
        "alternative": number + 1,
        "test": "LR" if search.objective.terms else "F",
        "statistic": value,
        "p_value": p,
        "critical_10": float(levels[0]),
        "critical_05": float(levels[1]),
        "critical_01": float(levels[2]),
        "bootstrap": len(drawn),
    }


def _bootstrap(search: Search, step: Step, draws: int, seed: int, jobs: Jobs) -> Array:
    """Statistics of samples drawn from the model without this threshold."""
    parts = portions(np.random.SeedSequence(seed), draws)
    done = run_shared(_drawing(search, step), parts, bootstrap_portion, jobs=jobs)
    return np.concatenate([np.asarray(part) for part in done])


def _drawing(search: Search, step: Step) -> Drawing:
    fitted = search.base._fitted
    sample, layout = fitted.sample, fitted.sample.layout
    null = search.fitted(step.stand)._fitted
    full = search.fitted([*step.stand, step.gamma])._fitted.estimate.residuals
    rho = float(null.estimate.rho) if fitted.lag_y else 0.0
    lagged = rho * sample.wy if fitted.lag_y else 0.0
    values = candidates(search.q, search.trim, search.grid)
    z, _ = search.columns(values)
    return Drawing(
        mean=sample.y - lagged - null.estimate.residuals,
        errors=full.reshape(layout.n_times, layout.n_units),
        rho=rho,
        network=sample.network,
        layout=layout,
        effects=search.effects,
        basis=search.basis,
        z=z,
        objective=search.objective,
        apart=_apart(search, values) if step.stand else None,
    )


def _apart(search: Search, values: Array) -> npt.NDArray[np.bool_]:
    """Which two candidates leave enough rows between them, (G, G)."""
    below = np.searchsorted(np.sort(search.q), values, side="right")
    least = max(int(np.ceil(search.trim * len(search.q))), 1)
    return np.asarray(np.abs(below[:, None] - below[None, :]) >= least)


def _supported(tests: pd.DataFrame, alpha: float) -> int:
    """Number of thresholds whose tests reject one after the other."""
    rejected = (tests["p_value"] <= alpha).tolist()
    return rejected.index(False) if False in rejected else len(rejected)


def _result(
    search: Search,
    fit: Fit,
    places: Sequence[float],
    curves: Sequence[Step],
    tests: pd.DataFrame,
    critical: float,
    count: int,
    level: float,
    notes: tuple[str, ...],
) -> ThresholdFit:
    curve = pd.concat(
        [
            pd.DataFrame(
                {
                    "threshold": number,
                    "value": step.values,
                    "ratio": search.objective.statistic(step.doubled, step.best),
                }
            )
            for number, step in enumerate(curves, 1)
        ],
        ignore_index=True,
    )
    inside = curve[curve["ratio"] <= critical].groupby("threshold")["value"]
    thresholds = pd.DataFrame(
        {
            "threshold": range(1, len(places) + 1),
            "estimate": list(places),
            "conf_low": inside.min().to_numpy(),
            "conf_high": inside.max().to_numpy(),
            "share_below": [float((search.q <= gamma).mean()) for gamma in places],
        }
    )
    sentences = (*notes, *fit.notes)
    return ThresholdFit(
        tests, thresholds, _regimes(search, places, fit, level),
        _effects(search, places, fit, level), curve, critical, count, fit, search.term,
        search.variable, level, sentences,
    )  # fmt: skip


def _counts(search: Search, places: Sequence[float]) -> list[int]:
    counts = np.bincount(regime_of(search.q, places), minlength=len(places) + 1)
    return [int(count) for count in counts]


def _regimes(search: Search, places: Sequence[float], fit: Fit, level: float) -> pd.DataFrame:
    """Coefficients of the term by regime."""
    table = fit.tidy(level).set_index("term")
    counts, bounds = _counts(search, places), [-np.inf, *places, np.inf]
    rows = []
    for name in (search.term, lag_name(search.term)):
        for regime in range(len(places) + 1):
            label = regime_label(name, regime + 1)
            if label in table.index:
                row: dict[str, Any] = {"term": name, "regime": regime + 1}
                row |= {"low": bounds[regime], "high": bounds[regime + 1]}
                row |= {str(key): value for key, value in table.loc[label].items()}
                rows.append(row | {"nobs": counts[regime], "isolates": isolates_of(fit)})
    return pd.DataFrame(rows)


def _effects(search: Search, places: Sequence[float], fit: Fit, level: float) -> pd.DataFrame:
    """Effects of the term by regime."""
    table, counts = fit.effects(level=level), _counts(search, places)
    parts = []
    for regime, count in enumerate(counts, 1):
        part = table[table["term"] == regime_label(search.term, regime)].assign(
            term=search.term, nobs=count, isolates=isolates_of(fit)
        )
        part.insert(1, "regime", regime)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
