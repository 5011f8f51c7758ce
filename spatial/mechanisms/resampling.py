"""Wild bootstrap of a chain of equations, in the reduced form so that spillovers are respected.

Every unit, or cluster of units, draws one sign per equation for all its rows, so that whatever
links its errors stays; one sign for all equations would leave the products of their residuals, and
with them the coefficients of channels, as they are. A channel drawn anew enters the next equation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from spatial.covariance.groups import row_groups
from spatial.errors import InputError
from spatial.estimation import Estimated, estimate_arrays
from spatial.formula import lag_name
from spatial.mechanisms.equations import Equations
from spatial.mechanisms.paths import Link, Path, Travel
from spatial.running import Portion
from spatial.within import demean

__all__ = ["Chain", "bootstrap_portion", "estimates_of", "make_chain"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Node:
    """One equation as it is drawn anew.

    `mean` (n,) is what its right side is without the error, `error` (n,) the error, scaled up to
    the variance that it has before the effects are taken out; `own` and `neighbour` are the columns
    of each cause (the focus, then earlier responses), −1 where it is not lagged.
    """

    fitted: Estimated
    mean: Array
    error: Array
    own: tuple[int, ...]
    neighbour: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Chain:
    """All equations and the paths through them; `codes` (n,) is who draws the sign of each row."""

    nodes: tuple[Node, ...]
    paths: tuple[Path, ...]
    codes: npt.NDArray[np.intp]

    def effects(self, estimates: Sequence[Array], travel: Travel) -> Array:
        """Effects of each path, (paths, 3), at (b, ρ) of each equation."""
        out = []
        for path in self.paths:
            links = [
                self._link(estimates[response], cause + 1, self.nodes[response])
                for cause, response in path.steps
            ]
            out.append(travel.effects(links))
        return np.array(out)

    def _link(self, estimate: Array, cause: int, node: Node) -> Link:
        lag = node.neighbour[cause]
        theta = float(estimate[lag]) if lag >= 0 else 0.0
        return Link(float(estimate[node.own[cause]]), theta, float(estimate[-1]))


def make_chain(equations: Equations, focus: str, paths: Sequence[Path], by: Any = None) -> Chain:
    """What the draws need of the fits; rows of a unit, or a group of `by`, share a sign."""
    nodes = []
    for place, fit in enumerate(equations.fits):
        fitted = fit._fitted
        sample, found = fitted.sample, fitted.estimate
        lagged = found.rho * sample.wy if fitted.lag_y else 0.0
        error = found.residuals * np.sqrt(sample.layout.n / fitted.transformation.nobs)
        labels = list(sample.labels)
        causes = (focus, *equations.responses[:place])
        nodes.append(
            Node(
                fitted=fitted,
                mean=sample.y - lagged - fitted.unfiltered(found.residuals),
                error=error,
                own=tuple(labels.index(cause) for cause in causes),
                neighbour=tuple(
                    labels.index(lag_name(cause)) if lag_name(cause) in labels else -1
                    for cause in causes
                ),
            )
        )
    sample = equations.fits[0]._fitted.sample
    codes = sample.layout.unit_codes if by is None else row_groups(sample, by).codes
    return Chain(tuple(nodes), tuple(paths), codes)


def estimates_of(chain: Chain) -> list[Array]:
    """(b, ρ) of each equation, ρ zero without a lag of y."""
    return [_coefficients(node.fitted) for node in chain.nodes]


def _coefficients(fitted: Estimated) -> Array:
    rho = float(fitted.estimate.rho) if fitted.lag_y else 0.0
    return np.append(fitted.coefficients, rho)


def bootstrap_portion(work: tuple[Chain, Travel], portion: Portion) -> list[Array]:
    """Effects of each path in each draw, (paths, 3); draws that cannot be fitted are left out."""
    chain, travel = work
    rng, out = portion.rng(), []
    size = (len(chain.nodes), int(chain.codes.max()) + 1)
    for _ in range(portion.count):
        signs = rng.choice(np.array([-1.0, 1.0]), size=size)
        try:
            out.append(chain.effects(_drawn(chain, signs[:, chain.codes]), travel))
        except InputError:
            continue
    return out


def _drawn(chain: Chain, signs: Array) -> list[Array]:
    """(b, ρ) of each equation in one draw, for signs by equation and row."""
    estimates: list[Array] = []
    responses: list[Array] = []
    for node, sign in zip(chain.nodes, signs, strict=True):
        fitted = node.fitted
        x = _columns(node, responses)
        change = (x - fitted.sample.x) @ fitted.coefficients
        y = node.mean + change + fitted.unfiltered(sign * node.error)
        if fitted.lag_y:
            y = fitted.sample.network.solve(float(fitted.estimate.rho), y)
        responses.append(y)
        estimates.append(_refitted(fitted, y, x))
    return estimates


def _columns(node: Node, responses: Sequence[Array]) -> Array:
    """Regressors with earlier responses drawn anew."""
    sample = node.fitted.sample
    x = sample.x.copy()
    for response, own, lag in zip(responses, node.own[1:], node.neighbour[1:], strict=True):
        x[:, own] = response
        if lag >= 0:
            x[:, lag] = sample.network.lag(response)
    return x


def _refitted(fitted: Estimated, y: Array, x: Array) -> Array:
    """(b, ρ) for other values of the same columns."""
    old, effects, layout = fitted.sample, fitted.effects, fitted.sample.layout
    sample = replace(old, y=y, wy=old.network.lag(y), x=x)
    x, y = demean(x, effects, layout), demean(y, effects, layout)
    found, _ = estimate_arrays(
        sample,
        x,
        y,
        demean(sample.wy, effects, layout) if fitted.lag_y else None,
        effects,
        fitted.subtracted,
        fitted.transformation,
        fitted.logdets,
        fitted.error_logdets,
    )
    rho = float(found.rho) if fitted.lag_y else 0.0
    return np.append(found.b[: len(sample.labels)], rho)
