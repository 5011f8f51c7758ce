"""Bootstrap of the test of one threshold more (Hansen, 1999, sec. 3.3 and 3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from spatial.network import Network
from spatial.running import Portion
from spatial.thresholds.profile import Objective, rest_of
from spatial.within import Effects, Layout, demean

__all__ = ["Drawing", "bootstrap_portion"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawing:
    """The null model, from which samples are drawn, and the columns tried on them.

    `mean` (n,) is Xb + effects of the null, `errors` (T, N) the residuals of the alternative;
    whole units are drawn with replacement, so that whatever dependence over time there is stays.
    `basis` (n, K) spans the columns of the model without a threshold, `z` (c, n, G) what they leave
    of those of each candidate. `apart` (G, G) says which candidates may stand beside each other; it
    is None for the test of the first threshold, and in that of the second the first is looked for
    again in every sample.
    """

    mean: Array
    errors: Array
    rho: float
    network: Network
    layout: Layout
    effects: Effects
    basis: Array
    z: Array
    objective: Objective
    apart: npt.NDArray[np.bool_] | None = None

    @cached_property
    def alike(self) -> Array:
        """Products of the columns of each two candidates, (c, c, G, G)."""
        return np.stack([np.stack([one.T @ other for other in self.z]) for one in self.z])

    def sides(self, rng: np.random.Generator, count: int) -> Array:
        """Sides (count, n, m) of samples, without the effects."""
        n_units = self.errors.shape[1]
        picked = rng.integers(n_units, size=(count, n_units))
        drawn = np.column_stack([self.errors[:, one].ravel() for one in picked])
        y = self.mean[:, None] + drawn
        if not self.objective.terms:
            return np.asarray(demean(y, self.effects, self.layout).T[:, :, None])
        y = self.network.solve(self.rho, y)
        wy = demean(self.network.lag(y), self.effects, self.layout)
        return np.stack([demean(y, self.effects, self.layout).T, wy.T], axis=-1)

    def statistics(self, rng: np.random.Generator, count: int) -> list[float]:
        """Statistics of `count` samples."""
        sides = self.sides(rng, count)
        m = sides.shape[2]
        flat = rest_of(sides.transpose(1, 0, 2).reshape(len(self.mean), -1), self.basis)
        loads = np.stack([one.T @ flat for one in self.z])
        return [
            self._statistic(flat[:, k : k + m], loads[:, :, k : k + m])
            for k in range(0, count * m, m)
        ]

    def _statistic(self, rest: Array, loads: Array) -> float:
        """Statistic of one sample: what is left of its sides (n, m), and loads (c, G, m)."""
        product = rest.T @ rest
        values = self.objective.quick(product - np.einsum("cgi,cgj->gij", loads, loads))
        first = int(values.argmax())
        if self.apart is None:
            null = self.objective.quick(product[None])[0]
            return float(self.objective.statistic(null, values[first]))
        others = self.apart[first]
        if not others.any():
            return 0.0
        with_first = product - loads[:, first].T @ loads[:, first]
        left = with_first - self._further(loads, first)[others]
        return float(self.objective.statistic(values[first], self.objective.quick(left).max()))

    def _further(self, loads: Array, first: int) -> Array:
        """What each candidate takes from the cross-products beside the first, (G, m, m).

        With K = z₁′z the candidate keeps I − K′K of its columns and L − K′L₁ of its loads.
        """
        shared = self.alike[:, :, first, :].transpose(2, 0, 1)
        own = loads.transpose(1, 0, 2) - np.einsum("gab,am->gbm", shared, loads[:, first])
        kept = np.eye(len(self.z)) - np.einsum("gab,gac->gbc", shared, shared)
        kept[first] = np.eye(len(self.z))
        return np.asarray(np.einsum("gai,gaj->gij", own, np.linalg.solve(kept, own)))


def bootstrap_portion(drawing: Drawing, portion: Portion) -> list[float]:
    """Statistics of the samples of a portion."""
    return drawing.statistics(portion.rng(), portion.count)
