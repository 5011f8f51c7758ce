"""What travels along a path of equations.

Each link is S⁻¹(βI + θW) with the S = I − ρW of its response; a path is their product, in the order
in which the links follow one another. Where W is one matrix, the trace of a product of functions of
W is the sum over its eigenvalues of the product of these functions, and row sums follow by one
solve per link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.network import Network
from spatial.weights.logdet import Method, log_determinant
from spatial.weights.logdet.base import Spectrum

__all__ = ["Link", "Path", "Travel", "all_paths"]

Array = npt.NDArray[np.float64]
Values = npt.NDArray[np.float64] | npt.NDArray[np.complex128]


@dataclass(frozen=True)
class Link:
    """One regressor in one equation: S⁻¹(βI + θW)."""

    beta: float
    theta: float
    rho: float


@dataclass(frozen=True)
class Path:
    """Nodes from the focus (−1) over channels (0, 1, …) to the outcome, as pairs (cause, node)."""

    nodes: tuple[int, ...]

    @property
    def steps(self) -> Iterator[tuple[int, int]]:
        """Pairs of cause and response."""
        return zip((-1, *self.nodes[:-1]), self.nodes, strict=True)


def all_paths(mediators: int) -> list[Path]:
    """Every way from the focus to the outcome, the longest first, the one without channels last."""
    outcome = mediators
    return [
        Path((*chosen, outcome))
        for size in range(mediators, -1, -1)
        for chosen in combinations(range(mediators), size)
    ]


class Travel:
    """Mean direct and total effects of products of links under given weights."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._spectra: list[tuple[Values, int]] = []
        method: Method = "eigenvalues" if network.logdet == "eigenvalues" else "auto"
        for block in network.blocks:
            found = log_determinant(block.operator, method)
            if not isinstance(found, Spectrum):
                raise InputError(
                    f"mediated effects need all eigenvalues of weights of {block.operator.n} "
                    'units, which are many; ask for them with logdet="eigenvalues", take fewer '
                    "units, or steps=2."
                )
            self._spectra.append((found.eigenvalues, block.periods))

    def effects(self, links: Sequence[Link]) -> Array:
        """Direct, indirect and total effect, (3,), of links from the focus to the outcome."""
        trace = 0.0
        for omega, periods in self._spectra:
            product = np.ones(len(omega), dtype=np.complex128)
            for link in links:
                product = product * (link.beta + link.theta * omega) / (1.0 - link.rho * omega)
            trace += periods * float(np.real(product.sum()))
        direct, total = trace / self.network.n, self._total(links)
        return np.array([direct, total - direct, total])

    def _total(self, links: Sequence[Link]) -> float:
        if self.network.stochastic:
            parts = [(link.beta + link.theta) / (1.0 - link.rho) for link in links]
            return float(np.prod(parts))
        values = np.ones(self.network.n)
        for link in links:
            values = link.beta * values + link.theta * self.network.lag(values)
            if link.rho:
                values = self.network.solve(link.rho, values)
        return float(values.mean())
