"""Short and long run of a dynamic model: parameters and weights through which effects are found.

The short run is what a change does in the year in which it happens; the long run what it does where
it stays for good (Elhorst, 2014, sec. 4.2). It exists for a stable process, and it is told apart
from infinity where 1 − τ − (ρ + η)ω, its denominator, is told apart from zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.effects.coefficients import Coefficients, LongRun
from spatial.effects.mean import delta_effects, simulated_effects, undefined_effects
from spatial.effects.multiplier import Propagation
from spatial.errors import InputError
from spatial.estimation import Estimated
from spatial.stability import Motion, Stability, stability
from spatial.weights.logdet import LogDeterminant

__all__ = ["HORIZONS", "Horizon", "dynamic_notes", "horizon_of", "mean_effects", "why_no_long_run"]

Array = npt.NDArray[np.float64]
HORIZONS: tuple[Literal["short", "long"], ...] = ("short", "long")
FEW = 8


@dataclass(frozen=True, eq=False)
class Horizon:
    """Places of β, θ, ρ among `params`, their covariance, and the weights that carry them."""

    places: Coefficients
    params: Array
    cov: Array
    ways: Propagation
    long_run: LongRun | None = None


def horizon_of(fitted: Estimated, cov: Array, horizon: str) -> Horizon:
    """Parameters of one horizon; those of the long run by the delta method.

    Raises
    ------
    InputError
        No horizon of that name, or a long run that does not exist.
    """
    if horizon not in HORIZONS:
        raise InputError(f'horizon={horizon!r}; it is "short" or "long".')
    sample = fitted.sample
    places = Coefficients(
        sample.terms,
        sample.own,
        sample.neighbour,
        len(sample.labels) if fitted.lag_y else -1,
    )
    if horizon == "short":
        logdets = tuple(one.logdet for one in fitted.logdets)
        ways = Propagation(sample.network, logdets, sample.lag_networks)
        return Horizon(places, fitted.params, cov, ways)
    why = why_no_long_run(fitted, cov)
    if why:
        raise InputError(f'horizon="long" has no effects: {why}.')
    long_run = LongRun(places, sample.earlier.own, sample.earlier.neighbour, len(fitted.params))
    slope = long_run.jacobian(fitted.params)
    ways = Propagation(sample.network, _logdets(fitted), sample.lag_networks)
    return Horizon(
        long_run.target, long_run.values(fitted.params), slope @ cov @ slope.T, ways, long_run
    )


def mean_effects(
    fitted: Estimated, cov: Array, *, method: str, level: float, draws: int, seed: int
) -> pd.DataFrame:
    """Direct, indirect and total effects; of a dynamic model for both horizons, one below another.

    Long-run effects that do not exist are NaN. Simulated draws without a long run are drawn again.
    """
    if method not in ("delta", "simulate"):
        raise InputError(f'method={method!r}; effects are found by "delta" or "simulate".')

    def table(horizon: str) -> pd.DataFrame:
        at = horizon_of(fitted, cov, horizon)
        if method == "delta":
            return delta_effects(at.places, at.params, at.cov, ways=at.ways, level=level)
        start = horizon_of(fitted, cov, "short")
        return simulated_effects(
            start.places,
            start.params,
            start.cov,
            ways=at.ways,
            level=level,
            draws=draws,
            seed=seed,
            long_run=at.long_run,
        )

    if not fitted.sample.earlier.present:
        return table("short")
    long = undefined_effects(fitted.sample.terms)
    tables = {
        "short": table("short"),
        "long": long if why_no_long_run(fitted, cov) else table("long"),
    }
    for horizon, part in tables.items():
        part.insert(2, "horizon", horizon)
    out = pd.concat(tables.values(), ignore_index=True)
    out.attrs.update(tables["short"].attrs)
    if method == "simulate":
        out.attrs["redrawn"] += tables["long"].attrs.get("redrawn", 0)
    return out


def why_no_long_run(fitted: Estimated, cov: Array) -> str:
    """Empty where long-run effects exist, else what stands against them."""
    if not fitted.sample.earlier.present:
        return "the model has no y(t−1), so that its effects are those of one time; leave it out"
    motion = _motion(fitted, cov)
    if not motion.stable:
        return (
            f"the process is not stable (largest root {motion.largest_root:.3f}, which must be "
            "below one), so that a change never settles"
        )
    if motion.near_unit_root:
        return (
            "the process is near a unit root: the denominator of the long run, "
            f"1 − τ − (ρ + η)ω = {motion.distance:.4f} with standard error "
            f"{motion.std_error:.4f}, is not told apart from zero"
        )
    return ""


def dynamic_notes(fitted: Estimated, cov: Array) -> tuple[str, ...]:
    """Sentences on stability and on few periods; none without y(t−1)."""
    if not fitted.sample.earlier.present:
        return ()
    motion = _motion(fitted, cov)
    total = sum(_parts(fitted))
    notes = []
    if motion.settled:
        notes.append(
            f"The process is stable: its largest root in time is {motion.largest_root:.3f}, below "
            f"one (τ + ρ + η = {total:.3f})."
        )
    else:
        why = why_no_long_run(fitted, cov)
        other = "" if fitted.effects in ("time", "twoway") else ", or take time effects"
        notes.append(
            f"{why[0].upper()}{why[1:]} (τ + ρ + η = {total:.3f}); long-run effects are left "
            f"empty. Difference the outcome{other}."
        )
    periods = fitted.sample.n_times
    if fitted.transformation.over_past and periods < FEW:
        notes.append(
            f"{periods} periods are few for a dynamic model: the bias correction leaves an error "
            "of order 1/T² in, and intervals of y(t−1) are too short."
        )
    return tuple(notes)


def _motion(fitted: Estimated, cov: Array) -> Stability:
    """Stability at the estimate."""
    earlier = fitted.sample.earlier
    rho = len(fitted.sample.labels) if fitted.lag_y else -1
    places = (earlier.own, earlier.neighbour, rho)
    present = [j for j, place in enumerate(places) if place >= 0]
    at = [places[j] for j in present]
    spread = np.zeros((3, 3))
    spread[np.ix_(present, present)] = cov[np.ix_(at, at)]
    return stability(Motion(*_parts(fitted), spread), _logdets(fitted))


def _parts(fitted: Estimated) -> tuple[float, float, float]:
    """τ, η, ρ; zero where absent."""
    earlier, b = fitted.sample.earlier, fitted.coefficients
    tau, eta = (
        float(b[place]) if place >= 0 else 0.0 for place in (earlier.own, earlier.neighbour)
    )
    return tau, eta, float(fitted.estimate.rho) if fitted.lag_y else 0.0


def _logdets(fitted: Estimated) -> tuple[LogDeterminant, ...]:
    """Those of the weights of y and y(t−1); none where neither is lagged in space."""
    if fitted.lag_y:
        return tuple(one.logdet for one in fitted.logdets)
    if fitted.sample.earlier.neighbour < 0:
        return ()
    return fitted.sample.network.logdets
