"""Difference in differences with every dummy a column and least squares by the SVD."""

import numpy as np
from scipy import linalg


def _prepared(table, w, lags):
    """Arrays sorted by unit and then by year, W over all rows, treatment by time since it began."""
    rows = table.sort_values(["unit", "year"]).reset_index(drop=True)
    unit = rows["unit"].astype("category").cat.codes.to_numpy()
    year = rows["year"].to_numpy()
    years = np.unique(year)
    big = np.kron(w, np.eye(len(years)))
    since = np.floor(year - np.nan_to_num(rows["start"].to_numpy(float), nan=1e6))
    units = (unit[:, None] == np.arange(len(w))).astype(float)
    times = (year[:, None] == years[1:]).astype(float)
    base = np.column_stack([units, times, rows["x"]])

    def at(step):
        return (since >= step if step == lags else since == step).astype(float)

    return rows, unit, year, big, since, base, at


def _solve(x, y):
    return linalg.lstsq(x, y, cond=1e-10)[0]


def dense_did(table, w, *, leads, lags, modelled):
    rows, unit, year, big, since, base, at = _prepared(table, w, lags)
    y = rows["y"].to_numpy()
    treated = since >= 0
    exposure = np.column_stack([big @ at(k) for k in range(lags + 1)])
    exposed = exposure.sum(axis=1) > 0
    clean = ~treated if modelled else ~treated & ~exposed
    columns = np.column_stack([base, exposure]) if modelled else base

    def phi_of(outcome):
        b = _solve(columns[clean], outcome[clean])
        if modelled:
            return b[base.shape[1] :], outcome - columns @ b
        rest = outcome - columns @ b
        hit = ~treated & exposed
        phi = _solve(exposure[hit], rest[hit])
        return phi, rest - exposure @ phi

    phi, surplus = phi_of(y)
    own = {k: surplus[at(k) > 0].mean() for k in range(lags + 1)}
    near = dict(enumerate(phi))
    steps = [-k for k in range(1, leads + 1)]
    lead = np.column_stack([at(k) for k in steps] + [big @ at(k) for k in steps])
    both = np.column_stack([columns, lead])[clean]
    b = _solve(both, y[clean])[columns.shape[1] :]
    own |= dict(zip(steps, b[:leads], strict=True))
    near |= dict(zip(steps, b[leads:], strict=True))
    often = exposure.sum(axis=0)
    average = {"own": surplus[treated].mean(), "neighbours": phi @ often / often.sum()}
    errors = _errors(columns, clean, unit, year, treated, exposed, rows, surplus, y, modelled)
    std_error = {}
    # weights of an estimate, row by row: outcomes that are one in a row and zero elsewhere
    phis, surpluses = phi_of(np.eye(len(y)))
    for kind in average:
        own_weights = surpluses[treated].mean(axis=0)
        weights = own_weights if kind == "own" else often @ phis / often.sum()
        sums = np.bincount(unit, weights * errors)
        std_error[kind] = np.sqrt((sums**2).sum() * len(w) / (len(w) - 1))
    return {
        "own": dict(sorted(own.items())),
        "neighbours": dict(sorted(near.items())),
        "average": average,
        "std_error": std_error,
        "rows": int(treated.sum()),
    }


def _errors(columns, clean, unit, year, treated, exposed, rows, surplus, y, modelled):
    """Residuals: CR2 among the clean rows, deviations from cohort and year among the treated."""
    out = np.zeros(len(y))
    x = columns[clean]
    rest = y[clean] - x @ _solve(x, y[clean])
    hat = x @ np.linalg.pinv(x, rcond=1e-10)
    for i in np.unique(unit[clean]):
        here = unit[clean] == i
        left = np.eye(here.sum()) - hat[np.ix_(here, here)]
        # means over time leave a unit's rows first; what is left is a regression without dummies
        left += np.full_like(left, 1.0 / here.sum())
        values, vectors = np.linalg.eigh(left)
        kept = values > 1e-7
        root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
        out[np.flatnonzero(clean)[here]] = root @ rest[here]
    if not modelled:
        hit = ~treated & exposed
        out[hit] = surplus[hit]
    start = rows["start"].to_numpy(float)
    for cohort in np.unique(start[~np.isnan(start)]):
        for t in np.unique(year):
            cell = treated & (start == cohort) & (year == t)
            m = cell.sum()
            if m > 1:
                out[cell] = (surplus[cell] - surplus[cell].mean()) * np.sqrt(m / (m - 1))
    return out


def dense_twoway(table, w, *, leads, lags):
    rows, _, _, big, since, base, at = _prepared(table, w, lags)
    y = rows["y"].to_numpy()
    steps = [*range(-leads, -1), *range(lags + 1)]
    own = [at(k) if k > -leads else ((since <= k) & (since > -1e5)).astype(float) for k in steps]
    x = np.column_stack([base, *own, *[big @ column for column in own]])
    b = _solve(x, y)[base.shape[1] :]
    treated = (since >= 0).astype(float)
    static = _solve(np.column_stack([base, treated, big @ treated]), y)[-2:]
    return {
        "own": dict(zip(steps, b[: len(steps)], strict=True)),
        "neighbours": dict(zip(steps, b[len(steps) :], strict=True)),
        "average": {"own": static[0], "neighbours": static[1]},
    }
