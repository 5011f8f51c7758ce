"""The score as explicit linear and quadratic forms in the original errors.

Score j = c_j′ε/σ² + ε′A_jε/σ² − constant, with Q the matrix that leads from the rows of the data to
those of the likelihood.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class DenseScores:
    linear: np.ndarray
    forms: list
    s2: float

    @property
    def diagonal(self):
        return np.column_stack([np.diag(form) for form in self.forms])

    def variance(self, skewness, kurtosis):
        """Of the score, for independent errors with these moments."""
        s, n = np.sqrt(self.s2), len(self.forms)
        squares = np.zeros((n, n))
        own = [place for place, form in enumerate(self.forms) if form.any()]
        for i in own:
            for j in own:
                squares[i, j] = np.sum(self.forms[i] * (self.forms[j] + self.forms[j].T))
        mixed = self.linear.T @ self.diagonal * skewness / s
        fourth = kurtosis * self.diagonal.T @ self.diagonal
        return self.linear.T @ self.linear / self.s2 + squares + mixed + mixed.T + fourth

    def values(self, errors):
        """Scores of draws (R, n) of errors."""
        quadratic = [np.einsum("ri,ij,rj->r", errors, a, errors, optimize=True) for a in self.forms]
        means = self.s2 * np.array([np.trace(a) for a in self.forms])
        return (errors @ self.linear + np.column_stack(quadratic) - means) / self.s2


def dense_scores(made, values):
    """Scores of (b, effects that stay, ρ, λ, σ²) at parameters of the world of the likelihood."""
    world, q = made.world, made.q
    beta, rho, lam, s2 = world.unpack(values)
    a, b = world.system(rho, lam)
    x = b @ np.hstack([world.x, world.d])
    g = b @ world.w @ np.linalg.inv(a) @ np.linalg.inv(b)
    h = world.m @ np.linalg.inv(b)
    zero = np.zeros((q.shape[1], q.shape[1]))
    linear = [q.T @ x]
    forms = [zero] * x.shape[1]
    if world.lag:
        linear.append((q.T @ g @ x @ beta)[:, None])
        forms.append(q.T @ g @ q)
    if world.error:
        linear.append(np.zeros((q.shape[1], 1)))
        forms.append(q.T @ h @ q)
    linear.append(np.zeros((q.shape[1], 1)))
    forms.append(q.T @ q / (2 * s2))
    return DenseScores(np.hstack(linear), forms, s2)


def sandwich(world, values, variance):
    """Of (b, ρ, λ), with the expected information as bread."""
    information = world.expected(values)
    scale = 1 / np.sqrt(np.diag(information))
    bread = np.linalg.pinv(information * np.outer(scale, scale), rcond=1e-11)
    bread = bread * np.outer(scale, scale)
    k = world.x.shape[1]
    places = np.r_[np.arange(k), k + world.d.shape[1] + np.arange(world.lag + world.error)]
    return (bread @ variance @ bread)[np.ix_(places, places)]


def row_scores(made, rho, lam, s2, moments, diagonal):
    """What rows contribute, and the halves R of the products of two rows, from dense matrices.

    `moments` are x, mean of the lag of y and residuals of the rows; `diagonal` the transformed
    diagonals, σ² last.
    """
    x, mean, error = moments
    a, b = made.data.system(rho, lam)
    forms = []
    if made.data.lag:
        forms.append(b @ made.data.w @ np.linalg.inv(a) @ np.linalg.inv(b))
    if made.data.error:
        forms.append(made.data.m @ np.linalg.inv(b))
    halves = [0.5 * (f + f.T) * np.outer(error, error) / s2 for f in forms]
    columns = [x * error[:, None] / s2]
    for place, half in enumerate(halves):
        own = mean * error / s2 if made.data.lag and place == 0 else 0.0
        columns.append((own + half.sum(axis=1) - diagonal[:, place])[:, None])
    columns.append(((error**2 / s2 - diagonal[:, -1]) / (2 * s2))[:, None])
    return np.hstack(columns), halves
