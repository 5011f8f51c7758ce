"""Prediction in the sample and out of it.

The trend is the mean of y given the regressors, (I − ρW)⁻¹(Xb + effects). The signal adds what the
neighbours' observed outcomes and errors tell: y − ε̂. The best predictor is the mean of a row given
all other outcomes: with Q = (I − ρW)′B′B(I − ρW), B = I − λM, and d = y − trend it is
y_i − (Qd)_i/Q_ii in the sample and trend_O − Q_OO⁻¹Q_OS d_S for units O outside it (Goulard,
Laurent and Thomas-Agnan, 2017; Harville, 1997).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, named
from spatial.estimation import Estimated
from spatial.fixed_effects import recover_effects
from spatial.formula import coded_alike
from spatial.gather import Weights, gather
from spatial.labels import canonical, canonical_index
from spatial.network import Network
from spatial.panel import Panel
from spatial.random_effects.estimate import RandomEstimated
from spatial.sample import Sample
from spatial.sheet import Sheet, sheet_of

__all__ = ["KINDS", "Kind", "predict_new", "predict_sample"]

Array = npt.NDArray[np.float64]
Kind = Literal["trend", "signal", "best"]
KINDS: tuple[Kind, ...] = ("trend", "signal", "best")


def predict_sample(fitted: Estimated, kind: Kind) -> Array:
    """Predictions for the rows of the sample, (n,)."""
    trend, sample = fitted.reduced_form, fitted.sample
    if kind == "trend":
        return trend
    if isinstance(fitted, RandomEstimated):
        effect = fitted.unit_effects[sample.layout.unit_codes]
        shift = sample.network.solve(fitted.estimate.rho, effect) if fitted.lag_y else effect
        if kind == "best":
            return np.asarray(trend + shift)
        return np.asarray(sample.y - fitted.estimate.residuals + fitted.filtered(effect))
    if kind == "signal":
        return np.asarray(sample.y - fitted.estimate.residuals)
    system = _system(fitted, sample.network, sample.error_network)
    precision = np.asarray(system.multiply(system).sum(axis=0)).ravel()
    return np.asarray(sample.y - (system.T @ (system @ (sample.y - trend))) / precision)


def predict_new(
    fitted: Estimated, formula: str, data: Panel | pd.DataFrame, w: Weights, kind: Kind
) -> tuple[pd.Series, tuple[str, ...]]:
    """Predictions for other rows, indexed by unit or by unit and time, and sentences on them."""
    sample = fitted.sample
    _refuse_what_new_rows_lack(fitted, kind)
    if isinstance(data, Panel) != (sample.times is not None):
        want = "a DataFrame indexed by unit" if sample.times is None else "a spatial.Panel"
        raise InputError(
            f"the model was fitted on {'a panel' if sample.times is not None else 'units'}; give "
            f"data= as {want}."
        )
    if isinstance(data, Panel):
        return _new_years(fitted, formula, data, w, kind)
    return _new_units(fitted, formula, data, w, kind), ()


def _refuse_what_new_rows_lack(fitted: Estimated, kind: Kind) -> None:
    sample = fitted.sample
    if kind == "signal":
        raise InputError(
            'kind="signal" reads the outcomes of the rows predicted; for other data use '
            'kind="trend" or "best".'
        )
    if sample.earlier.present:
        raise InputError(
            "a dynamic model is predicted in its sample only; leave data= out, or fit without "
            "dynamic=."
        )
    lags = [net for net, at in zip(sample.lag_networks, sample.neighbour, strict=True) if at >= 0]
    others = [sample.error_network] * fitted.lag_error + lags
    if any(net is not sample.network for net in others):
        raise InputError(
            "a model with w_error= or w_x= is predicted in its sample only; leave data= out, or "
            "fit it with one graph."
        )


# ---- a cross-section


def _new_units(
    fitted: Estimated, formula: str, data: pd.DataFrame, w: Weights, kind: Kind
) -> pd.Series:
    sample, asked = fitted.sample, sheet_of(data, None)
    labels = canonical_index(asked.units, "the index of data=")
    known = canonical_index(sample.units, "the sample")
    own = _own_columns(sample, formula, asked)
    both = [str(unit) for unit in asked.units[labels.isin(known)]]
    if both and kind == "best":
        raise InputError(
            f'{named(both)} are in the sample, where kind="best" is predict(kind="best") without '
            "data=; give units outside it."
        )
    absent = ~known.isin(labels)
    every = pd.Index([*asked.units, *sample.units[absent]], dtype=object)
    rows = pd.DataFrame(np.concatenate([own, _sample_columns(sample)[absent]]), index=every)
    rows["place"] = np.arange(len(rows))
    sheet = sheet_of(rows, None)
    network = gather(w, sheet, stacklevel=4).network
    place = sheet.frame["place"].to_numpy()
    columns = sheet.frame.drop(columns="place").to_numpy(dtype=np.float64)
    trend = _solved(fitted, network, _mean(fitted, columns, network))
    new = place < len(labels)
    if kind == "best":
        trend = trend.copy()
        at = place[~new] - len(labels)
        gap = sample.y[np.flatnonzero(absent)[at]] - trend[~new]
        trend[new] -= _expected_gap(_system(fitted, network, network), new, gap)
    out = np.empty(len(rows))
    out[place] = trend
    return pd.Series(out[: len(labels)], index=asked.units.rename(sample.unit_name))


def _expected_gap(system: sparse.csr_array, new: npt.NDArray[np.bool_], gap: Array) -> Array:
    """Q_OO⁻¹Q_OS d_S."""
    from scipy.sparse.linalg import splu

    outside, inside = system[:, np.flatnonzero(new)], system[:, np.flatnonzero(~new)]
    own = sparse.csc_array(outside.T @ outside)
    solved: Any = splu(own).solve(np.asarray(outside.T @ (inside @ gap)))
    return np.asarray(solved)


def _sample_columns(sample: Sample) -> Array:
    """Constant and regressors of the sample without their lags, as `_own_columns` orders them."""
    places = [0] if "Intercept" in sample.labels else []
    return sample.x[:, [*places, *sample.own]]


# ---- a panel


def _new_years(
    fitted: Estimated, formula: str, data: Panel, w: Weights, kind: Kind
) -> tuple[pd.Series, tuple[str, ...]]:
    sample = fitted.sample
    if kind == "best" and not isinstance(fitted, RandomEstimated):
        raise InputError(
            'errors of a panel do not depend on those of other years, so that kind="best" for '
            'other rows is for random effects and cross-sections; use kind="trend".'
        )
    whole = sheet_of(data, None if data.balanced else "absent")
    full = _own_columns(sample, formula, whole)
    sheet, rows = whole.used()
    network = gather(w, sheet, stacklevel=4).network
    mean = _mean(fitted, full[rows], network)
    mean = mean + _mundlak(fitted, sheet)
    effect, notes = _effects_of(fitted, sheet, kind)
    values = _solved(fitted, network, mean + effect)
    index = pd.MultiIndex.from_arrays(
        [
            sheet.units.take(sheet.layout.unit_codes),
            sheet.times.take(sheet.layout.time_codes),  # type: ignore[union-attr]
        ],
        names=[sample.unit_name, sample.time_name],
    )
    return pd.Series(values, index=index), notes


def _effects_of(fitted: Estimated, sheet: Sheet, kind: Kind) -> tuple[Array, tuple[str, ...]]:
    """Effects of the rows: of known units, and of known times; the mean time for others."""
    layout, sample = sheet.layout, fitted.sample
    if isinstance(fitted, RandomEstimated):
        if kind == "trend":
            return np.zeros(layout.n), ()
        at = _places(sheet.units, sample.units)
        values = np.append(fitted.unit_effects, 0.0)
        strange = sheet.units[at == len(sample.units)]
        unseen = (f"Random effects of {named(strange)} are unknown; zero stands for them.",)
        return values[at][layout.unit_codes], unseen if len(strange) else ()
    if fitted.effects == "none":
        return np.zeros(layout.n), ()
    found = recover_effects(fitted, np.zeros((len(fitted.params),) * 2))
    units = found.values[1 : 1 + found.n_units]
    times = np.append(found.values[1 + found.n_units :], 0.0)
    out = np.full(layout.n, found.values[0])
    notes: tuple[str, ...] = ()
    if found.n_units:
        at = _places(sheet.units, sample.units)
        strange = sheet.units[at == len(units)]
        if len(strange):
            raise InputError(
                f"{named(strange)} are not in the sample, so that their unit effects are unknown; "
                'leave them out, or fit effects="random" or "time".'
            )
        out += units[at][layout.unit_codes]
    if found.n_times and sample.times is not None and sheet.times is not None:
        at = _places(sheet.times, sample.times)
        strange = sheet.times[at == len(times) - 1]
        if len(strange):
            notes = (
                f"Time effects of {named(strange)} are unknown; the mean of those of the sample "
                "stands for them.",
            )
        out += times[at][layout.time_codes]
    return out, notes


def _mundlak(fitted: Estimated, sheet: Sheet) -> Array:
    """Unit means that stand among the regressors, those of the sample."""
    sample = fitted.sample
    means = [j for j, name in enumerate(sample.labels) if name.startswith("mean.")]
    if not (isinstance(fitted, RandomEstimated) and means):
        return np.zeros(sheet.layout.n)
    at = _places(sheet.units, sample.units)
    strange = sheet.units[at == len(sample.units)]
    if len(strange):
        raise InputError(
            f"{named(strange)} are not in the sample, so that their means (mundlak=True) are "
            "unknown; leave them out."
        )
    of_unit = sample.x[: sample.n_units][:, means] @ fitted.coefficients[means]
    return np.asarray(of_unit[at][sheet.layout.unit_codes])


# ---- both


def _own_columns(sample: Sample, formula: str, sheet: Sheet) -> Array:
    """Constant and regressors without lags, coded as in the sample, (rows, k)."""
    found = coded_alike(formula, sample.spec, sheet.frame, where=sheet.where, lag=sheet.lag)
    names = [name for name in ("Intercept",) if name in sample.labels]
    return np.column_stack([found[name] for name in [*names, *sample.terms]])


def _mean(fitted: Estimated, columns: Array, network: Network) -> Array:
    """Xb + WXθ, without unit means."""
    sample, b = fitted.sample, fitted.coefficients
    first = 1 if "Intercept" in sample.labels else 0
    own = [0] * first + list(sample.own)
    lagged = [j for j, at in enumerate(sample.neighbour) if at >= 0]
    out = columns @ b[own]
    if lagged:
        theta = b[[sample.neighbour[j] for j in lagged]]
        out = out + network.lag(columns[:, [first + j for j in lagged]]) @ theta
    return np.asarray(out)


def _solved(fitted: Estimated, network: Network, mean: Array) -> Array:
    return network.solve(fitted.estimate.rho, mean) if fitted.lag_y else mean


def _system(fitted: Estimated, network: Network, error_network: Network) -> sparse.csr_array:
    """(I − λM)(I − ρW) over all rows."""
    eye = sparse.eye_array(network.n, format="csr")
    out = eye - fitted.estimate.rho * _stacked(network) if fitted.lag_y else eye
    if fitted.lag_error:
        out = out - fitted.estimate.lam * (_stacked(error_network) @ out)
    return sparse.csr_array(out)


def _stacked(network: Network) -> sparse.csr_array:
    rows, columns, values = [], [], []
    for block in network.blocks:
        entries = block.operator.matrix.tocoo()
        for places in block.rows:
            rows.append(places[entries.row])
            columns.append(places[entries.col])
            values.append(entries.data)
    at = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.concatenate(values), at), shape=(network.n, network.n))


def _places(labels: pd.Index, known: pd.Index) -> npt.NDArray[np.intp]:
    """Place of each label among the known ones, their number where it is not among them."""
    found = {canonical(label): place for place, label in enumerate(known)}
    return np.array([found.get(canonical(label), len(known)) for label in labels], dtype=np.intp)
