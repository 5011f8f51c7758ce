"""Clustered, Driscoll–Kraay and spatial HAC covariances against sums written out."""

import numpy as np
import pandas as pd
import pytest
from scipy import linalg
from support.dense_scores import row_scores
from support.family_cases import EFFECTS, NAMES, PERIODS, SIDE, fitted, spatial_parameters

import spatial
from spatial.covariance.forms import forms
from spatial.covariance.inverse import information
from spatial.covariance.scores import score_rows
from spatial.information import invert

REGION = {name: f"r{place // 5}" for place, name in enumerate(NAMES)}
PLACE = {name: divmod(place, SIDE) for place, name in enumerate(NAMES)}
DISTANCE = pd.DataFrame(
    [[100.0 * np.hypot(*np.subtract(PLACE[a], PLACE[b])) for b in NAMES] for a in NAMES],
    NAMES,
    NAMES,
)
SHAPES = ("plain", "second graph", "isolate", "by year", "unbalanced")
CASES = [
    ("plain", "twoway", "GNS"),
    ("second graph", "unit", "SAC"),
    ("second graph", "none", "GNS"),
    ("isolate", "twoway", "SDM"),
    ("isolate", "time", "SDEM"),
    ("asymmetric", "time", "SAR"),
    ("by year", "unit", "SDEM"),
    ("unbalanced", "twoway", "SAC"),
    ("gaps isolate", "none", "SDM"),
]


class Rows:
    """Scores of rows from dense matrices, and how they enter a covariance."""

    def __init__(self, made):
        self.fit, self.table = made.fit, made.table.sort_values(["time", "unit"])
        fitted_ = made.fit._fitted
        moments = fitted_.moments
        self.k = len(fitted_.params)
        mean = np.zeros(len(self.table)) if fitted_.mean_lag is None else fitted_.mean_lag
        triple = (moments.x, mean, fitted_.estimate.residuals)
        rho, lam = spatial_parameters(made.fit)
        a, b = made.data.system(rho, lam)
        projection = made.q.T @ made.q
        inner = b @ made.data.w @ np.linalg.inv(a) @ np.linalg.inv(b)
        outer = made.data.m @ np.linalg.inv(b)
        whole = [inner] * made.data.lag + [outer] * made.data.error + [np.eye(made.data.n)]
        diagonal = np.column_stack([np.diag(projection @ f @ projection) for f in whole])
        self.scores, self.halves = row_scores(
            made, rho, lam, fitted_.estimate.sigma2, triple, diagonal
        )
        self.bread = invert(information(fitted_, "observed"))
        self.places = fitted_.places
        self.n = len(self.table)
        effects = np.linalg.matrix_rank(made.data.d) if made.data.d.size else 0
        self.effects = effects

    def sandwich(self, meat):
        return (self.bread @ meat @ self.bread)[np.ix_(self.places, self.places)]

    def clustered(self, codes, nested=0):
        groups = np.unique(codes)
        at = (codes[:, None] == groups).astype(float)
        sums = at.T @ self.scores
        meat = sums.T @ sums
        cross = [at.T @ half @ at for half in self.halves]
        last = meat.shape[0] - 1
        for i, one in enumerate(cross):
            for j, two in enumerate(cross):
                off = one * two
                np.fill_diagonal(off, 0.0)
                meat[last - len(cross) + i, last - len(cross) + j] += off.sum()
        count = len(groups)
        free = self.n - self.k - self.effects + nested
        return self.sandwich(meat) * count / (count - 1) * (self.n - 1) / free


def close(found, expected, atol=1e-7):
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(np.asarray(found) / scale, expected / scale, rtol=0, atol=atol)


@pytest.mark.parametrize(("shape", "effects", "model"), CASES)
def test_contributions_equal_dense_forms_and_sum_to_zero(shape, effects, model):
    made = fitted(shape, model, effects)
    inner = made.fit._fitted
    found = score_rows(inner, forms(inner))
    rows = Rows(made)
    scale = np.abs(rows.scores).max(axis=0)
    np.testing.assert_allclose(found / scale, rows.scores / scale, atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=0) / scale, 0.0, atol=1e-5)
    even = score_rows(inner, forms(inner), by_period=True)
    times = pd.Series(inner.sample.layout.time_codes)
    for column, unit in zip(found.T, even.T, strict=True):
        by_time = pd.Series(column).groupby(times).sum()
        np.testing.assert_allclose(
            by_time, pd.Series(unit).groupby(times).sum(), atol=1e-9 * np.abs(column).max()
        )


@pytest.mark.parametrize(("shape", "effects", "model"), CASES)
def test_clusters_equal_sums_written_out(shape, effects, model):
    made = fitted(shape, model, effects)
    rows, table = Rows(made), made.table.sort_values(["time", "unit"])
    units, times = table["unit"].to_numpy(), table["time"].to_numpy()
    own_units = (len(np.unique(units)) - 1) * (effects in ("unit", "twoway"))
    own_times = (len(np.unique(times)) - 1) * (effects in ("time", "twoway"))
    regions = table["unit"].map(REGION).to_numpy()
    wanted = {
        "unit": rows.clustered(units, own_units),
        "time": rows.clustered(times, own_times),
        "region": rows.clustered(regions, own_units),
        "moving": rows.clustered(np.char.add(regions.astype(str), (times % 2).astype(str))),
        "row": rows.clustered(np.arange(len(table))),
    }
    by = {
        "unit": "unit",
        "time": "time",
        "region": pd.Series(REGION, name="region"),
        "moving": "moving",
        "row": "row",
    }
    sample = made.fit._fitted.sample
    sample.frame["moving"] = regions.astype(str) + (times % 2).astype(str)
    sample.frame["row"] = np.arange(len(table))
    for name, expected in wanted.items():
        found = made.fit.with_cov("cluster", by=by[name])
        close(found.cov, expected)
        assert found.cov_kind == f"cluster by {name}"
    both = wanted["unit"] + wanted["time"] - wanted["row"]
    found = made.fit.with_cov("cluster", by=["unit", "time"])
    assert found.cov_kind == "cluster by unit and time"
    if not any("semi-definite" in note for note in found.notes):
        close(found.cov, both)
    assert np.linalg.eigvalsh(found.cov).min() >= -1e-12


@pytest.mark.parametrize(("shape", "effects", "model"), CASES)
def test_driscoll_kraay_equals_sums_written_out(shape, effects, model):
    made = fitted(shape, model, effects)
    rows, times = Rows(made), made.table.sort_values(["time", "unit"])["time"].to_numpy()
    sums = np.array([rows.scores[times == t].sum(axis=0) for t in np.unique(times)])
    for lags in (0, 2):
        meat = np.zeros((sums.shape[1],) * 2)
        for t, one in enumerate(sums):
            for s, two in enumerate(sums):
                meat += max(1 - abs(t - s) / (lags + 1), 0) * np.outer(one, two)
        nested = (PERIODS - 1) * (effects in ("time", "twoway"))
        free = rows.n - rows.k - rows.effects + nested
        factor = PERIODS / (PERIODS - 1) * (rows.n - 1) / free
        found = made.fit.with_cov("driscoll-kraay", lags=lags)
        close(found.cov, rows.sandwich(meat) * factor)
    close(
        made.fit.with_cov("driscoll-kraay", lags=0).cov,
        made.fit.with_cov("cluster", by="time").cov.to_numpy(),
    )
    assert made.fit.with_cov("driscoll-kraay").cov_kind == "driscoll-kraay (2 lags)"


@pytest.mark.parametrize(("shape", "effects", "model"), CASES)
@pytest.mark.parametrize(("lags", "kernel"), [(0, "bartlett"), (1, "uniform")])
def test_spatial_hac_equals_sums_written_out(shape, effects, model, lags, kernel):
    made = fitted(shape, model, effects)
    rows, table = Rows(made), made.table.sort_values(["time", "unit"])
    apart = DISTANCE.loc[table["unit"], table["unit"]].to_numpy() / 250.0
    near = np.maximum(1 - apart, 0) if kernel == "bartlett" else (apart <= 1.0).astype(float)
    times = table["time"].to_numpy()
    over = np.maximum(1 - np.abs(times[:, None] - times) / (lags + 1), 0)
    meat = rows.scores.T @ (near * over) @ rows.scores
    last = meat.shape[0] - 1
    units = table["unit"].map(NAMES.index).to_numpy()
    grids = []
    for half in rows.halves:
        grid = np.zeros((PERIODS, len(NAMES), len(NAMES)))
        for t, time in enumerate(np.unique(times)):
            own = np.flatnonzero(times == time)
            grid[np.ix_([t], units[own], units[own])] = half[np.ix_(own, own)]
            np.fill_diagonal(grid[t], 0.0)
        grids.append(grid)
    k = DISTANCE.to_numpy() / 250.0
    k = np.maximum(1 - k, 0) if kernel == "bartlett" else (k <= 1.0).astype(float)
    for i, one in enumerate(grids):
        for j, two in enumerate(grids):
            for t in range(PERIODS):
                for s in range(PERIODS):
                    weight = max(1 - abs(t - s) / (lags + 1), 0)
                    part = ((1 - k) * (one[t] @ k) * (k @ two[s])).sum()
                    meat[last - len(grids) + i, last - len(grids) + j] += weight * part
    meat = 0.5 * (meat + meat.T)
    found = made.fit.with_cov("hac", km=250, lags=lags, kernel=kernel, distances=DISTANCE)
    if not any("semi-definite" in note for note in found.notes):
        close(found.cov, rows.sandwich(meat) * rows.n / (rows.n - rows.k - rows.effects))
    assert np.linalg.eigvalsh(found.cov).min() >= -1e-12


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("model", ["OLS", "SLX"])
def test_least_squares_has_the_familiar_sandwiches(model, effects):
    """(X′X)⁻¹ Σ (X_g′e_g)(X_g′e_g)′ (X′X)⁻¹ and its kin, effects as columns."""
    made = fitted("plain", model, effects)
    table = made.table.sort_values(["time", "unit"])
    columns = np.hstack([made.data.x, made.data.d])
    error = made.data.y - columns @ np.linalg.lstsq(columns, made.data.y)[0]
    x = made.data.x
    if made.data.d.size:
        x = x - made.data.d @ np.linalg.lstsq(made.data.d, x)[0]
    bread, score = np.linalg.inv(x.T @ x), x * error[:, None]
    n, k, all_effects = len(x), x.shape[1], made.data.d.shape[1]
    units, times = table["unit"].to_numpy(), table["time"].to_numpy()

    def sandwich(weights):
        return bread @ score.T @ weights @ score @ bread

    same = (units[:, None] == units).astype(float)
    nested = (len(NAMES) - 1) * (effects in ("unit", "twoway"))
    factor = 16 / 15 * (n - 1) / (n - k - all_effects + nested)
    close(made.fit.with_cov("cluster", by="unit").cov, sandwich(same) * factor)
    bartlett = np.maximum(1 - np.abs(times[:, None] - times) / 3, 0)
    nested = (PERIODS - 1) * (effects in ("time", "twoway"))
    factor = PERIODS / (PERIODS - 1) * (n - 1) / (n - k - all_effects + nested)
    close(made.fit.with_cov("driscoll-kraay").cov, sandwich(bartlett) * factor)
    near = np.maximum(1 - DISTANCE.loc[units, units].to_numpy() / 250, 0)
    near = near * (times[:, None] == times)
    factor = n / (n - k - all_effects)
    close(made.fit.with_cov("hac", km=250, distances=DISTANCE).cov, sandwich(near) * factor)
    made.fit._fitted.sample.frame["row"] = np.arange(n)
    close(made.fit.with_cov("cluster", by="row").cov, made.fit.with_cov("robust").cov.to_numpy())


def test_beyond_the_dense_limit_the_same_by_blocks(monkeypatch):
    made = fitted("second graph", "GNS", "twoway")
    kinds = ({"kind": "robust"}, {"kind": "cluster", "by": pd.Series(REGION)})
    kinds = (*kinds, {"kind": "cluster", "by": "unit"})
    before = [made.fit.with_cov(**one).cov for one in kinds]
    monkeypatch.setattr("spatial.covariance.forms.DENSE_LIMIT", 3)
    monkeypatch.setattr("spatial.covariance.forms.BLOCK", 5)
    monkeypatch.setattr("spatial.covariance.between.BLOCK", 5)
    for one, known in zip(kinds, before, strict=True):
        pd.testing.assert_frame_equal(made.fit.with_cov(**one).cov, known, rtol=1e-9)
    monkeypatch.setattr("spatial.covariance.forms.BLOCK_LIMIT", 3)
    with pytest.raises(spatial.InputError, match="driscoll-kraay"):
        made.fit.with_cov("cluster", by="unit")
    assert (made.fit.with_cov("driscoll-kraay").std_errors > 0).all()


def test_blocks_are_block_diagonal_over_time():
    """The dense stack that the other tests trust has no links between years."""
    made = fitted("by year", "SDM", "none")
    w = made.data.w
    n = SIDE * SIDE
    parts = [w[t * n : (t + 1) * n, t * n : (t + 1) * n] for t in range(PERIODS)]
    np.testing.assert_array_equal(w, linalg.block_diag(*parts))


@pytest.mark.parametrize("model", ["OLS", "SDM", "SDEM"])
@pytest.mark.parametrize(
    ("kind", "options"), [("cluster", {"by": "time"}), ("driscoll-kraay", {"lags": 0})]
)
def test_two_periods_with_unit_effects_cancel(model, kind, options):
    """Both contribute the same, and together nothing: no standard error rests on that."""
    made = fitted("plain", model, "unit")
    table = made.table[made.table["time"].isin(sorted(made.table["time"].unique())[:2])]
    spec = getattr(spatial, model)("y ~ x1 + x2", effects="unit")
    fit = spec.fit(spatial.Panel(table, "unit", "time"), made.fit.graph)
    with pytest.raises(spatial.InputError, match='cancels within every .*by="unit"'):
        fit.with_cov(kind, **options)
    assert (fit.with_cov("cluster", by="unit").std_errors > 0.01).all()
