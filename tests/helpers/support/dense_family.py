"""The likelihood of the whole family, dense and explicit, at any parameters.

(I − λM)[(I − ρW)y − Xb − Dδ] = ε on stacked rows: W and M as block-diagonal matrices, effects as
columns, Lee and Yu's transformation as a matrix Q with orthonormal rows.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg


@dataclass
class World:
    y: np.ndarray
    x: np.ndarray
    d: np.ndarray
    w: np.ndarray
    m: np.ndarray
    lag: bool
    error: bool

    @property
    def n(self):
        return len(self.y)

    def system(self, rho, lam):
        eye = np.eye(self.n)
        return eye - rho * self.w, eye - lam * self.m

    def least_squares(self, rho, lam):
        a, b = self.system(rho, lam)
        both = b @ np.hstack([self.x, self.d])
        beta = linalg.lstsq(both, b @ a @ self.y)[0]
        e = b @ a @ self.y - both @ beta
        return beta, e @ e / self.n

    def loglik(self, beta, rho, lam, s2):
        """Works for complex parameters too."""
        a, b = self.system(rho, lam)
        e = b @ (a @ self.y - np.hstack([self.x, self.d]) @ beta)
        logdets = np.log(np.linalg.det(a)) + np.log(np.linalg.det(b))
        return -0.5 * self.n * np.log(2 * np.pi * s2) + logdets - (e @ e) / (2 * s2)

    def profile(self, rho, lam):
        beta, s2 = self.least_squares(rho, lam)
        return self.loglik(beta, rho, lam, s2)

    def pack(self, rho, lam):
        beta, s2 = self.least_squares(rho, lam)
        tail = [rho] * self.lag + [lam] * self.error
        return np.array([*beta, *tail, s2])

    def unpack(self, values):
        k = self.x.shape[1] + self.d.shape[1]
        rest = list(values[k:-1])
        rho = rest.pop(0) if self.lag else 0.0
        lam = rest.pop(0) if self.error else 0.0
        return values[:k], rho, lam, values[-1]

    def gradient(self, values):
        """Exact to rounding, by complex steps."""
        out = np.empty(len(values))
        for i in range(len(values)):
            moved = values.astype(complex)
            moved[i] += 1e-30j
            out[i] = self.loglik(*self.unpack(moved)).imag / 1e-30
        return out

    def hessian(self, values):
        steps = 1e-5 * np.maximum(np.abs(values), 0.1)
        rows = []
        for i, step in enumerate(steps):
            up, down = values.copy(), values.copy()
            up[i] += step
            down[i] -= step
            rows.append((self.gradient(up) - self.gradient(down)) / (2 * step))
        rows = np.array(rows)
        return 0.5 * (rows + rows.T)

    def expected(self, values):
        beta, rho, lam, s2 = self.unpack(values)
        a, b = self.system(rho, lam)
        x = b @ np.hstack([self.x, self.d])
        k, size = x.shape[1], len(values)
        g = b @ self.w @ np.linalg.inv(a) @ np.linalg.inv(b)
        h = self.m @ np.linalg.inv(b)
        mean = g @ x @ beta
        quadratics = [g] * self.lag + [h] * self.error
        means = [mean] * self.lag + [np.zeros(self.n)] * self.error
        info = np.zeros((size, size))
        info[:k, :k] = x.T @ x / s2
        for i, (q, v) in enumerate(zip(quadratics, means, strict=True)):
            info[:k, k + i] = info[k + i, :k] = x.T @ v / s2
            info[k + i, -1] = info[-1, k + i] = np.trace(q) / s2
            for j, (r, u) in enumerate(zip(quadratics, means, strict=True)):
                info[k + i, k + j] = np.trace(q @ r) + np.trace(q.T @ r) + v @ u / s2
        info[-1, -1] = self.n / (2 * s2**2)
        return info

    def covariance(self, information):
        """Of (b, ρ, λ), effects and σ² taken out."""
        k = self.x.shape[1]
        spatial = self.x.shape[1] + self.d.shape[1] + np.arange(self.lag + self.error)
        places = np.r_[np.arange(k), spatial]
        scale = 1 / np.sqrt(np.diag(information))
        inverse = np.linalg.pinv(information * np.outer(scale, scale), rcond=1e-11)
        return (inverse * np.outer(scale, scale))[np.ix_(places, places)]


def rotated(world, q):
    """Rows without the effects that a matrix with orthonormal rows takes out."""
    kept = q @ world.d
    if kept.size:
        kept = linalg.orth(kept) if np.abs(kept).max() > 1e-12 else np.zeros((len(q), 0))
    return World(
        q @ world.y, q @ world.x, kept, q @ world.w @ q.T, q @ world.m @ q.T, world.lag, world.error
    )


def dummy_columns(units, times, effects):
    """Independent columns that span the effects of rows with these unit and time codes."""
    parts = []
    if effects in ("unit", "twoway"):
        parts.append(units[:, None] == np.unique(units))
    if effects in ("time", "twoway"):
        parts.append(times[:, None] == np.unique(times))
    if not parts:
        return np.zeros((len(units), 0))
    return linalg.orth(np.hstack(parts).astype(float))
