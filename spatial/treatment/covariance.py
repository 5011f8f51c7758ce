"""Covariance of estimates from what each row adds to their error."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from spatial.covariance.coordinates import kernel_weights
from spatial.covariance.groups import row_groups
from spatial.covariance.sandwich import without_negative
from spatial.errors import InputError
from spatial.sample import Sample
from spatial.weights.distance import check_positive

__all__ = ["covariance_of"]

Array = npt.NDArray[np.float64]
Found = tuple[Array, str, tuple[str, ...]]
OPTIONS = {"cluster": ("by",), "hac": ("km", "kernel", "coords", "distances")}
FEW = 30


def covariance_of(parts: Array, sample: Sample, kind: str, **options: Any) -> Found:
    """Covariance (k, k), its name and sentences on it, from `parts` (n, k).

    "cluster": Σ_g s_g s_g′ · G/(G−1) with s_g the sum of a unit, or of a group of `by`. "hac":
    Σ_ij K(d_ij/km) s_i s_j′ over units (Conley, 1999), any dependence over time within them.
    """
    if kind not in OPTIONS:
        raise InputError(f'covariance "{kind}" is not available; it is "cluster" or "hac".')
    given = {name: value for name, value in options.items() if value is not None}
    foreign = [name for name in given if name not in OPTIONS[kind]]
    if foreign:
        raise InputError(
            f'with_cov("{kind}") takes {", ".join(OPTIONS[kind])}; leave {foreign[0]}= out.'
        )
    return _clustered(parts, sample, **given) if kind == "cluster" else _hac(parts, sample, **given)


def _clustered(parts: Array, sample: Sample, by: Any = "unit") -> Found:
    groups = row_groups(sample, by)
    sums = np.zeros((groups.count, parts.shape[1]))
    np.add.at(sums, groups.codes, parts)
    matrix = sums.T @ sums * (groups.count / (groups.count - 1.0))
    notes: tuple[str, ...] = ()
    if groups.count < FEW:
        notes = (
            f"Standard errors rest on {groups.count} clusters by {groups.name}, which is few: they "
            "tend to be too small.",
        )
    return matrix, f"cluster by {groups.name}", notes


def _hac(
    parts: Array,
    sample: Sample,
    km: Any = None,
    kernel: Any = "bartlett",
    coords: Any = None,
    distances: Any = None,
) -> Found:
    if km is None:
        raise InputError('with_cov("hac") needs km=, such as km=300.')
    if kernel not in ("bartlett", "uniform"):
        raise InputError(f'kernel={kernel!r}; it is "bartlett" or "uniform".')
    reach = check_positive(km, "km", "kilometres")
    sums = np.zeros((sample.n_units, parts.shape[1]))
    np.add.at(sums, sample.layout.unit_codes, parts)
    near = kernel_weights(sample, reach, kernel, coords, distances)
    matrix, cut = without_negative(np.asarray(sums.T @ near.times(sums)))
    notes: tuple[str, ...] = ()
    if cut:
        notes = (
            "The spatial HAC covariance was not positive semi-definite; its negative eigenvalues "
            "were set to zero.",
        )
    return matrix, f"hac ({reach:g} km)", notes
