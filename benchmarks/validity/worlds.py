"""Simulated panels with known parameters: a queen lattice, effects that lean on the regressors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import spatial
from spatial import weights

BETA, THETA = np.array([1.0, -0.5]), np.array([0.5, 0.3])


def lattice(side, *, rook=False):
    at = np.indices((side, side)).reshape(2, -1).T
    step = np.abs(at[:, None] - at[None])
    near = step.sum(axis=2) == 1 if rook else step.max(axis=2) == 1
    return near.astype(float)


def row_scaled(matrix):
    sums = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, sums, out=np.zeros_like(matrix), where=sums > 0)


def errors(rng, shape, kind="normal"):
    """Errors of variance one: normal, skewed, long-tailed, or with variances that differ."""
    if kind == "skewed":
        return (rng.chisquare(3, size=shape) - 3.0) / np.sqrt(6.0)
    if kind == "long-tailed":
        return rng.standard_t(5, size=shape) / np.sqrt(5.0 / 3.0)
    if kind == "unequal":
        scale = np.exp(0.5 * rng.normal(size=shape[-1]))
        return rng.normal(size=shape) * scale / np.sqrt(np.mean(scale**2))
    return rng.normal(size=shape)


@dataclass(frozen=True)
class World:
    """A data-generating process; `side`² units, `periods` years."""

    side: int = 8
    periods: int = 8
    rho: float = 0.4
    lam: float = 0.0
    beta: tuple = tuple(BETA)
    theta: tuple = tuple(THETA)
    errors: str = "normal"
    effects: bool = True
    random: bool = False
    years: bool = True
    tau: float = 0.0
    eta: float = 0.0

    @property
    def n(self):
        return self.side**2

    @property
    def matrix(self):
        return lattice(self.side)

    def graph(self):
        return weights.from_matrix(self.matrix, range(self.n))

    def draw(self, rng, missing=None, share=0.2):
        """Long table of unit, year, y, x1, x2.

        `missing` "absent": units that do not exist in a year, and nobody feels them; "unobserved":
        they exist, but their rows are lost.
        """
        w, n = row_scaled(self.matrix), self.n
        burn = 20 if self.tau or self.eta else 0
        mu = rng.normal(size=n)
        e = errors(rng, (self.periods + burn, n), self.errors)
        gone = rng.random((self.periods + burn, n)) < (share if missing else 0.0)
        before, rows = np.zeros(n), []
        for t in range(self.periods + burn):
            x = rng.normal(size=(n, 2)) + (0.0 if self.random else 0.5 * mu[:, None])
            here = np.flatnonzero(~gone[t]) if missing == "absent" else np.arange(n)
            cut = w if len(here) == n else row_scaled(self.matrix[np.ix_(here, here)])
            year = 0.5 * rng.normal() if self.years and not self.random else 0.0
            shift = mu + year if self.effects else np.zeros(n)
            mean = x[here] @ self.beta + cut @ x[here] @ self.theta + shift[here]
            mean = mean + self.tau * before[here] + self.eta * (cut @ before[here])
            eye = np.eye(len(here))
            u = np.linalg.solve(eye - self.lam * cut, e[t, here])
            now = np.zeros(n)
            now[here] = np.linalg.solve(eye - self.rho * cut, mean + u)
            before = now
            if t >= burn:
                kept = np.flatnonzero(~gone[t])
                rows.append(table_of(t - burn, kept, now[kept], x[kept]))
        return pd.concat(rows, ignore_index=True)

    def truth(self, missing=None, share=0.2):
        """Parameters, and effects of x1 by the dense inverse.

        Where units are absent effects are means over many draws of those present.
        """
        out = {
            "rho": self.rho,
            "lambda": self.lam,
            "x1": self.beta[0],
            "W.x1": self.theta[0],
            "L.y": self.tau,
            "W.L.y": self.eta,
        }
        rng, every, found = np.random.default_rng(0), np.arange(self.n), []
        for _ in range(400 if missing == "absent" else 1):
            gone = rng.random(self.n) < (share if missing == "absent" else 0.0)
            here = every[~gone]
            w = row_scaled(self.matrix[np.ix_(here, here)])
            found.append(effects_of(w, self.beta[0], self.theta[0], self.rho))
        return {**out, **{name: np.mean([one[name] for one in found]) for name in found[0]}}


def table_of(year, units, y, x):
    return pd.DataFrame({"unit": units, "year": year, "y": y, "x1": x[:, 0], "x2": x[:, 1]})


def effects_of(w, beta, theta, rho):
    n = len(w)
    dense = np.linalg.solve(np.eye(n) - rho * w, beta * np.eye(n) + theta * w)
    direct, total = np.trace(dense) / n, dense.sum() / n
    return {"direct": direct, "indirect": total - direct, "total": total}


def panel(table):
    return spatial.Panel(table, "unit", "year")
