"""Where the parameters of effects stand, and what the long run makes of them.

Where nothing changes any more y(t−1) = y(t), so that (I − ρW)y = (τI + ηW)y + (βI + θV)x becomes
(I − ρ*W)y = (β*I + θ*V)x with ρ* = (ρ + η)/(1 − τ), β* = β/(1 − τ), θ* = θ/(1 − τ): long-run
effects are those of a model without a past at these values (Elhorst, 2014, table 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["Coefficients", "LongRun"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Coefficients:
    """Names of the terms and the places of β, θ and ρ among the parameters; −1 where absent."""

    terms: tuple[str, ...]
    own: tuple[int, ...]
    neighbour: tuple[int, ...]
    rho: int

    @property
    def slopes(self) -> list[int]:
        """Places of every β and θ."""
        return [place for place in (*self.own, *self.neighbour) if place >= 0]


@dataclass(frozen=True)
class LongRun:
    """From the `width` parameters of a dynamic model to those of its long run, ρ* behind them.

    `places` are those of the model, `past` and `past_lag` those of τ and η, −1 where absent.
    """

    places: Coefficients
    past: int
    past_lag: int
    width: int

    @property
    def target(self) -> Coefficients:
        """Places among the parameters of the long run."""
        spatial = self.places.rho >= 0 or self.past_lag >= 0
        return replace(self.places, rho=self.width if spatial else -1)

    def values(self, params: Array) -> Array:
        """Parameters of the long run, (…, width + 1), of (…, width)."""
        left, star = self._parts(params)
        out = np.concatenate([params, star[..., None]], axis=-1)
        out[..., self.places.slopes] /= left[..., None]
        return out

    def jacobian(self, params: Array) -> Array:
        """Derivatives of `values` at one set of parameters, (width + 1, width)."""
        left, star = (float(part) for part in self._parts(params))
        out = np.eye(self.width + 1, self.width)
        slopes = self.places.slopes
        out[slopes, slopes] = 1.0 / left
        for place in (self.places.rho, self.past_lag):
            if place >= 0:
                out[-1, place] = 1.0 / left
        if self.past >= 0:
            out[slopes, self.past] = params[slopes] / left**2
            out[-1, self.past] = star / left
        return out

    def exists(self, params: Array, interval: tuple[float, float]) -> npt.NDArray[np.bool_]:
        """Whether the long run exists: τ < 1 and ρ* within the interval of ρ."""
        left, star = self._parts(params)
        return np.asarray((left > 0.0) & (star > interval[0]) & (star < interval[1]))

    def _parts(self, params: Array) -> tuple[Array, Array]:
        """1 − τ and ρ*."""
        tau, eta, rho = (
            params[..., place] if place >= 0 else np.zeros(params.shape[:-1])
            for place in (self.past, self.past_lag, self.places.rho)
        )
        left = np.asarray(1.0 - tau)
        star = np.divide(rho + eta, left, out=np.full_like(left, np.nan), where=left != 0.0)
        return left, star
