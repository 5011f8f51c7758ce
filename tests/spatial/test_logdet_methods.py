"""Every way to the log-determinant against all eigenvalues, on every kind of graph."""

import sys
import tracemalloc
import types

import numpy as np
import pandas as pd
import pytest
from scipy import linalg, sparse
from support import worlds

import spatial
from spatial import memory
from spatial.approximation import loglik_error, spatial_errors
from spatial.errors import InputError
from spatial.weights.facts import Facts
from spatial.weights.logdet import choice, kernels, log_determinant
from spatial.weights.logdet.fill import foretold_fill
from spatial.weights.logdet.probes import (
    lanczos,
    moments,
    power_bound,
    quadrature_bound,
    random_signs,
)
from spatial.weights.logdet.sampled import Sampled
from spatial.weights.operator import Operator


def op(matrix):
    return Operator(pd.RangeIndex(matrix.shape[0]), sparse.csr_array(matrix), Facts())


def gravity(n=220, seed=2):
    rng = np.random.default_rng(seed)
    points, mass = rng.normal(size=(n, 2)), rng.lognormal(size=n)
    gap = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(gap, np.inf)
    return mass * mass[:, None] ** 0.3 / gap**2


def flows(n=220, seed=8):
    return np.random.default_rng(seed).lognormal(size=(n, n))


def blocks():
    """Groups of 3 to 30 units in which everybody neighbours everybody."""
    return linalg.block_diag(*(np.ones((n, n)) - np.eye(n) for n in range(3, 31)))


def directed(n=300, seed=5):
    """Random links one way, units that nobody names, and a few that name nobody."""
    rng = np.random.default_rng(seed)
    matrix = (rng.random((n, n)) < 5 / n) * rng.uniform(0.5, 2.0, size=(n, n))
    np.fill_diagonal(matrix, 0.0)
    matrix[:4] = 0.0
    return matrix


def far(n=300, seed=6):
    """A lattice with random far links."""
    extra = np.random.default_rng(seed).random((n, n)) < 0.5 / n
    matrix = np.maximum(worlds.lattice_matrix(15, n // 15), extra | extra.T)
    np.fill_diagonal(matrix, 0.0)
    return matrix


LATTICE = worlds.lattice_matrix(17)
GRAPHS = {
    "lattice": worlds.row_standardised(LATTICE),
    "spectral": LATTICE / np.linalg.eigvalsh(LATTICE)[-1],
    "binary": LATTICE,
    "isolate": worlds.row_standardised(worlds.with_isolate(LATTICE)),
    "parts": worlds.row_standardised(linalg.block_diag(LATTICE, worlds.lattice_matrix(4))),
    "blocks": worlds.row_standardised(blocks()),
    "far": worlds.row_standardised(far()),
    "nearest": worlds.row_standardised(worlds.nearest_matrix(300, 5)),
    "nearest as counts": worlds.nearest_matrix(300, 5),
    "gravity": worlds.row_standardised(gravity()),
    "flows": worlds.row_standardised(gravity() * flows()),
    "directed": worlds.row_standardised(directed()),
    "directed as weights": directed(),
}
SYMMETRIC = ("lattice", "spectral", "binary", "isolate", "parts", "blocks", "far", "gravity")


@pytest.fixture(scope="module")
def exact():
    return {name: choice._spectrum(op(matrix)) for name, matrix in GRAPHS.items()}


def ways(name):
    if name in SYMMETRIC:
        return ("lu", "dense", "cholmod")
    return ("lu", "dense")


@pytest.mark.parametrize(
    ("name", "way"), [(name, way) for name in GRAPHS for way in ways(name)], ids=str
)
def test_factors_agree_with_eigenvalues_in_the_middle_and_at_both_ends(
    name, way, exact, monkeypatch
):
    if way == "cholmod":
        pytest.importorskip("sksparse.cholmod")
    monkeypatch.setattr(choice, "NEARLY_FULL", -1.0 if way == "dense" else np.inf)
    made = choice._factorised(op(GRAPHS[name]), "cholmod" if way == "cholmod" else "lu")
    low, high = made.interval
    assert made.method == ("cholmod" if way == "cholmod" else "lu")
    for share in (0.002, 0.2, 0.55, 0.8, 0.998):
        at, reach = low + share * (high - low), 0.0015 * (high - low)
        made.refine(at - reach, at + reach)
        rho = np.linspace(at - 0.9 * reach, at + 0.9 * reach, 3)
        size = made.n / (high - low)
        np.testing.assert_allclose(made.f(rho), exact[name].f(rho), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(made.g(rho), exact[name].g(rho), rtol=1e-6, atol=1e-8 * size)
        if 0.1 < share < 0.9:
            here = exact[name].h(rho)
            np.testing.assert_allclose(made.h(rho), here, rtol=1e-5, atol=1e-10 / reach**2)


@pytest.mark.parametrize("name", ["lattice", "nearest", "isolate"])
@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.2, 0.8, 0.99])
def test_one_value_is_refined_as_well_as_a_range(name, rho, exact):
    made = choice._factorised(op(GRAPHS[name]), "lu")
    made.refine(rho, rho)
    assert made.f(rho) == pytest.approx(exact[name].f(rho), rel=1e-9, abs=1e-9)
    assert made.g(rho) == pytest.approx(exact[name].g(rho), rel=1e-7, abs=1e-7)
    assert made.h(rho) == pytest.approx(exact[name].h(rho), rel=1e-4)


@pytest.mark.parametrize("beyond", [-1e9, -1.5, 1.5, 1e9])
def test_a_value_beyond_the_interval_is_refined_at_its_end(beyond):
    made = choice._factorised(op(GRAPHS["nearest"]), "lu")
    made.refine(beyond, beyond)
    assert np.isfinite(made.f(np.linspace(-0.99, 0.99, 5))).all()


@pytest.mark.parametrize("name", GRAPHS)
def test_interval_is_that_of_the_eigenvalues_or_the_disc_within(name, exact):
    low, high = exact[name].interval
    for made in (choice._factorised(op(GRAPHS[name])), choice._sampled(op(GRAPHS[name]))):
        if name in SYMMETRIC:
            assert made.interval == pytest.approx((low, high), rel=1e-6)
        else:
            assert made.interval == pytest.approx((-high, high), rel=1e-6)
            assert low <= -high * (1.0 - 1e-6)


@pytest.mark.parametrize("name", GRAPHS)
def test_probes_are_as_near_as_they_say(name, exact):
    made = choice._sampled(op(GRAPHS[name]))
    low, high = made.interval
    for share in (0.15, 0.55, 0.8, 0.95):
        rho = low + share * (high - low)
        made.refine(rho, rho)
        off = abs(float(made.g(rho) - exact[name].g(rho)))
        assert off <= 5.0 * made.error(rho) + 1e-9 * made.n
        assert made.error(rho) <= 0.5 * np.sqrt(float(exact[name].h(rho)) + made.n / high**2)


@pytest.mark.parametrize("name", ["lattice", "nearest"])
def test_stated_errors_are_the_spread_of_the_estimates(name, exact):
    """60 sets of 16 probes: g is off by its standard error, in the mean of squares."""
    made = choice._sampled(op(GRAPHS[name]), count=960)
    for rho in (-0.6, 0.5, 0.8):
        sets = made._each(np.array([rho]), 1)[0].reshape(60, 16)
        shift = float(made.g(rho)) - sets.mean()
        z = (sets.mean(axis=1) + shift - exact[name].g(rho)) / (sets.std(axis=1, ddof=1) / 4.0)
        # t with 15 degrees has variance 15/13; four standard errors of a variance of 60 values
        assert np.mean(z**2) == pytest.approx(15 / 13, abs=4 * 15 / 13 * np.sqrt(2.6 / 60))


@pytest.mark.parametrize("name", ["lattice", "far", "nearest", "isolate"])
def test_stated_errors_of_f_are_the_spread_of_the_estimates(name, exact):
    """60 sets of 16 probes, as above."""
    made = choice._sampled(op(GRAPHS[name]), count=960)
    for rho in (-0.6, 0.5, 0.8):
        sets = made._each(np.array([rho]), 0)[0].reshape(60, 16)
        errors = sets.std(axis=1, ddof=1) / 4.0
        z = (sets.mean(axis=1) + float(made.f(rho)) - sets.mean() - exact[name].f(rho)) / errors
        assert np.mean(z**2) == pytest.approx(15 / 13, abs=4 * 15 / 13 * np.sqrt(2.6 / 60))
        assert made.error(rho, 0) == pytest.approx(np.sqrt(np.mean(errors**2) / 60), rel=0.1)


def test_derivatives_of_what_probes_give_are_those_of_one_function():
    for name in ("lattice", "nearest", "binary"):
        made = choice._sampled(op(GRAPHS[name]))
        high = made.interval[1]
        rho, step = 0.6 * high, 1e-5 * high
        slope = (made.f(rho + step) - made.f(rho - step)) / (2 * step)
        bend = (made.g(rho + step) - made.g(rho - step)) / (2 * step)
        assert made.g(rho) == pytest.approx(-slope, rel=1e-7)
        assert made.h(rho) == pytest.approx(bend, rel=1e-7)


@pytest.mark.parametrize("steps", [2, 4, 8, 16])
@pytest.mark.parametrize("rho", [-1.5, -0.4, 0.3, 0.9, 0.99])
def test_what_quadratures_leave_out_is_below_its_bound(steps, rho):
    root = np.sqrt(LATTICE.sum(axis=1))
    m = LATTICE / np.outer(root, root)
    values = np.linalg.eigvalsh(m)
    z = random_signs(len(m), 0, 6)
    found = lanczos(sparse.csr_array(m), z, steps)
    by_nodes = (found.weights * found.nodes / (1 - rho * found.nodes)).sum(axis=1)
    truth = np.einsum("ij,ij->j", z, m @ np.linalg.solve(np.eye(len(m)) - rho * m, z))
    bound = len(m) * quadrature_bound(rho, values[0], values[-1], steps)
    assert np.abs(by_nodes - truth).max() <= bound + 1e-11 * len(m)


def test_bound_of_quadratures_is_near_the_worst_function():
    """The measure on the two ends of the spectrum: two nodes are exact, one is off."""
    low, high, rho = -0.5, 0.8, 0.9
    start = np.ones((2, 1))
    found = lanczos(sparse.csr_array(np.diag([low, high])), start, 1)
    off = (found.weights * found.nodes / (1 - rho * found.nodes)).sum() - sum(
        x / (1 - rho * x) for x in (low, high)
    )
    assert 0.02 < abs(off) / (2 * quadrature_bound(rho, low, high, 1)) < 1.0


@pytest.mark.parametrize("steps", [1, 3, 10])
def test_what_powers_leave_out_is_below_its_bound(steps):
    """A ring has all its eigenvalues on the circle, so that the bound is all but reached."""
    n = 12
    ring = np.roll(np.eye(n), 1, axis=1)
    values = np.linalg.eigvals(ring)
    for rho in (-0.9, 0.5, 0.9):
        k = np.arange(1, 2 * steps + 1)
        kept = (rho ** (k[:, None] - 1) * values ** k[:, None]).sum().real
        left = (values / (1 - rho * values)).sum().real - kept
        assert abs(left) <= n * power_bound(rho, 1.0, steps) + 1e-12
    z = random_signs(n, 0, 3)
    found = moments(sparse.csr_array(ring), z, 4)
    for k in range(9):
        np.testing.assert_allclose(
            found[:, k], np.einsum("ij,ij->j", z, np.linalg.matrix_power(ring, k) @ z)
        )


def test_probes_differ_and_are_the_same_every_time():
    z = random_signs(500, 0, 40)
    assert set(np.unique(z)) == {-1.0, 1.0}
    off = z.T @ z / 500 - np.eye(40)
    assert np.abs(off).max() < 5 / np.sqrt(500)
    np.testing.assert_array_equal(random_signs(500, 7, 3), z[:, 7:10])


def test_more_probes_make_it_as_exact_as_is_asked_for():
    made = choice._sampled(op(GRAPHS["lattice"]))
    before = made.error(0.7)
    made.refine(0.65, 0.75, before / 3.0)
    assert 6 * 16 <= made.count <= 12 * 16
    assert made.error(0.7) == pytest.approx(before / 3.0, rel=0.35)
    count = made.count
    made.refine(0.65, 0.75, before)
    assert made.count == count


# ---- fits


def world(matrix, *, periods=1, rho=0.5, seed=1):
    w = worlds.row_standardised(matrix)
    table = worlds.simulated_panel(w, periods=periods, rho=rho, seed=seed, effects=periods > 1)
    graph = worlds.graph(matrix)
    if periods > 1:
        return spatial.Panel(table, "unit", "time"), graph
    return table.drop(columns="time").set_index("unit"), graph


@pytest.mark.parametrize("kind", ["SDM", "SEM", "SAC"])
@pytest.mark.parametrize("matrix", [LATTICE, worlds.nearest_matrix(300, 6)], ids=["sym", "asym"])
def test_fits_are_the_same_by_every_exact_way(kind, matrix):
    data, graph = world(matrix)
    model = getattr(spatial, kind)
    base = model("y ~ x1 + x2", logdet="eigenvalues").fit(data, graph)
    assert not [note for note in base.notes if "probes" in note]
    for way in ("lu", "cholmod"):
        if way == "cholmod" and (matrix is not LATTICE or not kernels.has_cholmod()):
            continue
        fit = model("y ~ x1 + x2", logdet=way).fit(data, graph)
        pd.testing.assert_series_equal(fit.params, base.params, rtol=1e-7, atol=1e-9)
        pd.testing.assert_frame_equal(
            fit.with_cov("observed").cov, base.with_cov("observed").cov, rtol=1e-6
        )
        pd.testing.assert_frame_equal(fit.effects(), base.effects(), rtol=1e-6)
        assert fit.loglik == pytest.approx(base.loglik, rel=1e-9)
        assert not [note for note in fit.notes if "probes" in note]


@pytest.mark.parametrize("kind", ["SDM", "SEM", "GNS"])
def test_probes_move_estimates_no_more_than_the_note_says(kind):
    data, graph = world(LATTICE, seed=4)
    model = getattr(spatial, kind)
    base = model("y ~ x1 + x2", logdet="eigenvalues").fit(data, graph)
    fit = model("y ~ x1 + x2", logdet="lanczos").fit(data, graph)
    names = [name for name in ("rho", "lambda") if name in fit.params.index]
    off = (fit.params - base.params)[names].abs().to_numpy()
    stated = spatial_errors(fit)
    assert (off > 0.0).all() and (off <= 4.0 * stated).all()
    assert (stated < fit.std_errors[names]).all()
    level = loglik_error(fit)
    assert 0.0 < abs(fit.loglik - base.loglik) <= 4.0 * level + 0.1 * level**2
    note = next(note for note in fit.notes if "random probes" in note)
    assert all(f"{value:.2g}" in note for value in (*stated, level))
    assert 'logdet="lanczos"' in note


def test_a_panel_takes_as_many_probes_as_leave_a_tenth_of_the_standard_error():
    data, graph = world(LATTICE, periods=8, rho=0.6)
    fit = spatial.SDM("y ~ x1 + x2", effects="unit", logdet="lanczos").fit(data, graph)
    made = fit._fitted.logdets[0].logdet
    assert isinstance(made, Sampled) and made.count > 16
    assert spatial_errors(fit)[0] <= 0.15 * fit.std_errors["rho"]


def test_instruments_say_what_probes_leave_of_effects():
    data, graph = world(LATTICE)
    options = {"estimator": "gmm", "lagged": ["x1"]}
    base = spatial.SDM("y ~ x1 + x2", logdet="eigenvalues", **options).fit(data, graph)
    fit = spatial.SDM("y ~ x1 + x2", logdet="lanczos", **options).fit(data, graph)
    pd.testing.assert_series_equal(fit.params, base.params)
    np.testing.assert_allclose(fit.effects()["estimate"], base.effects()["estimate"], rtol=0.02)
    assert any("Direct effects rest on 16 random probes" in note for note in fit.notes)


def test_random_effects_and_draws_take_probes_too():
    data, graph = world(LATTICE, periods=4)
    fit = spatial.SDM("y ~ x1 + x2", effects="random", logdet="lanczos").fit(data, graph)
    base = spatial.SDM("y ~ x1 + x2", effects="random").fit(data, graph)
    assert abs(fit.params["rho"] - base.params["rho"]) <= 4.0 * spatial_errors(fit)[0]
    drawn = fit.effects("simulate", draws=200).set_index(["term", "effect"])["estimate"]
    assert drawn["x1", "total"] == pytest.approx(
        fit.effects().set_index(["term", "effect"])["estimate"]["x1", "total"], rel=1e-9
    )


def unrefined():
    """Numbers at parameters that no search of the likelihood has been at."""
    data, graph = world(LATTICE)
    panel, _ = world(LATTICE, periods=7)
    moving = {"effects": "unit", "dynamic": ("y", "Wy")}

    def fit(kind, data, way, **options):
        return getattr(spatial, kind)("y ~ x1 + x2", logdet=way, **options).fit(data, graph)

    yield "instruments", lambda way: fit("SAR", data, way, estimator="gmm").effects()
    yield "drawn", lambda way: fit("SAC", data, way, estimator="gmm").effects("simulate", draws=40)
    for kind in ("SEM", "SDEM", "SAR"):
        yield f"long run, {kind}", lambda way, kind=kind: fit(kind, panel, way, **moving).effects()
    for kind in ("SAR", "SEM", "SDM", "SDEM"):
        yield (
            f"residuals, {kind}",
            lambda way, kind=kind: spatial.lm_residuals(fit(kind, data, way)),
        )
    published = {"effects": "twoway", "convention": "published"}
    yield "published", lambda way: fit("SAC", panel, way, **published).tidy()


UNREFINED = dict(unrefined())


@pytest.mark.parametrize("name", UNREFINED)
def test_no_number_rests_on_the_rough_log_determinant(name, monkeypatch):
    """Below the exact factors lies a rough f from eight probes, here from two."""
    monkeypatch.setattr(choice, "ROUGH_PROBES", 2)
    found, known = (pd.DataFrame(UNREFINED[name](way)) for way in ("lu", "eigenvalues"))
    known, found = (table.apply(pd.to_numeric, errors="coerce") for table in (known, found))
    assert np.isfinite(known.to_numpy()).any()
    np.testing.assert_allclose(found, known, rtol=2e-6, atol=1e-9, err_msg=name)


def test_an_unknown_way_is_refused():
    with pytest.raises(InputError, match="one of auto, eigenvalues, lu, cholmod, lanczos"):
        spatial.SDM("y ~ x", logdet="chebyshev")


# ---- which one, and what it would take


@pytest.fixture
def plenty(monkeypatch):
    """Memory of a large machine without scikit-sparse, eigenvalues up to 100 units."""
    monkeypatch.setattr(memory, "available_memory", lambda: 64e9)
    monkeypatch.setattr(choice, "has_cholmod", lambda: False)
    monkeypatch.setattr(choice, "EIGENVALUE_LIMIT", 100)
    return monkeypatch


def test_the_cheapest_exact_way_is_taken(plenty):
    assert log_determinant(op(worlds.lattice_matrix(9))).method == "eigenvalues"
    assert log_determinant(op(GRAPHS["lattice"])).method == "lu"
    assert log_determinant(op(GRAPHS["nearest"])).method == "lu"


def test_few_links_without_symmetry_are_factorised_sooner(monkeypatch):
    monkeypatch.setattr(choice, "has_cholmod", lambda: False)
    monkeypatch.setattr(choice, "GENERAL_LIMIT", 250)
    assert log_determinant(op(GRAPHS["lattice"])).method == "eigenvalues"
    assert log_determinant(op(GRAPHS["nearest"])).method == "lu"
    crowded = np.random.default_rng(0).random((289, 289)) * (1 - np.eye(289))
    assert log_determinant(op(crowded / crowded.sum(1)[:, None])).method == "eigenvalues"


def test_probes_serve_where_factors_do_not_fit(plenty):
    plenty.setattr(memory, "available_memory", lambda: 1e5)
    assert log_determinant(op(GRAPHS["lattice"])).method == "lanczos"
    with pytest.raises(InputError, match="factors of 289 units.* would need about .* memory"):
        log_determinant(op(GRAPHS["lattice"]), "lu")
    with pytest.raises(InputError, match="all eigenvalues of 300 units would need"):
        log_determinant(op(GRAPHS["nearest"]), "eigenvalues")


def test_probes_serve_where_factors_would_take_for_ever(plenty):
    plenty.setattr(choice, "MOST_OPERATIONS", 1e4)
    assert log_determinant(op(GRAPHS["far"])).method == "lanczos"


def test_cholmod_is_for_symmetric_weights(plenty):
    with pytest.raises(InputError, match="symmetric up to row scaling"):
        log_determinant(op(GRAPHS["nearest"]), "cholmod")


def test_cholmod_that_is_not_there_is_named(plenty):
    plenty.setitem(sys.modules, "sksparse", None)
    with pytest.raises(InputError, match="needs scikit-sparse"):
        log_determinant(op(GRAPHS["lattice"]), "cholmod")


class Cholesky:
    """What both generations of scikit-sparse hand out, by dense Cholesky."""

    made = 0

    def __init__(self, system, **options):
        self.options, self.lower = options, None
        type(self).made += 1

    def copy(self):
        return Cholesky(None)

    def factorize(self, system):
        self.lower = np.linalg.cholesky(system.toarray())
        return self

    cholesky = factorize

    def logdet(self):
        return 2.0 * np.log(np.diag(self.lower)).sum()


@pytest.mark.parametrize("generation", ["0.4", "0.5"])
def test_both_generations_of_scikit_sparse_are_spoken_to(generation, plenty, exact):
    module = types.ModuleType("sksparse.cholmod")
    module.CholmodNotPositiveDefiniteError = np.linalg.LinAlgError
    if generation == "0.5":
        module.CholeskyFactor = Cholesky
    else:
        module.analyze = lambda system, **options: Cholesky(system, **options)
    package = types.ModuleType("sksparse")
    package.cholmod = module
    plenty.setitem(sys.modules, "sksparse", package)
    plenty.setitem(sys.modules, "sksparse.cholmod", module)
    plenty.setattr(choice, "has_cholmod", lambda: True)
    made = log_determinant(op(GRAPHS["spectral"]))
    assert made.method == "cholmod"
    made.refine(0.3, 0.4)
    assert made.f(0.37) == pytest.approx(float(exact["spectral"].f(0.37)), rel=1e-10)


def test_an_indefinite_system_goes_to_lu(monkeypatch):
    pytest.importorskip("sksparse.cholmod")
    m = sparse.csr_array(GRAPHS["spectral"])
    kernel = kernels.Cholmod(kernels.Cholesky(m), m)
    assert kernel(1.3) == pytest.approx(np.linalg.slogdet(np.eye(289) - 1.3 * m.toarray())[1])


@pytest.mark.parametrize(
    ("name", "matrix"),
    [
        ("lattice", worlds.lattice_matrix(40)),
        ("rook", worlds.lattice_matrix(40, rule="rook")),
        ("strip", worlds.lattice_matrix(6, 200)),
        ("parts", linalg.block_diag(worlds.lattice_matrix(20), worlds.lattice_matrix(30))),
        ("nearest", np.maximum(*(lambda a: (a, a.T))(worlds.nearest_matrix(1500, 12)))),
        ("full", np.ones((400, 400)) - np.eye(400)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_foretold_fill_is_within_a_factor_of_four(name, matrix):
    from scipy.sparse.linalg import splu

    system = sparse.csc_array(np.eye(len(matrix)) * 60 - matrix)
    factors = splu(
        system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    foretold = foretold_fill(sparse.csr_array(matrix))
    assert 0.25 <= foretold.entries / factors.nnz <= 4.0


def test_random_graphs_are_foretold_to_fill_up():
    rng = np.random.default_rng(0)
    n = 3000
    links = sparse.csr_array((np.ones(3 * n), rng.integers(0, n, (2, 3 * n))), shape=(n, n))
    lattice = worlds.lattice_matrix(55)[:n, :n]
    assert foretold_fill(links).entries > 8 * foretold_fill(sparse.csr_array(lattice)).entries


def peak_and_foretold(way, matrix, monkeypatch):
    """Bytes that numpy and scipy held at most, and what was asked of the memory before."""
    asked = []
    monkeypatch.setattr(choice, "require_memory", lambda need, *_: asked.append(need))
    made = op(matrix)
    tracemalloc.start()
    try:
        found = log_determinant(made, way)
        found.refine(0.45, 0.55)
        return tracemalloc.get_traced_memory()[1], asked[-1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", ["eigenvalues", "lu"])
def test_a_full_graph_takes_what_was_foretold(way, monkeypatch):
    peak, foretold = peak_and_foretold(way, worlds.row_standardised(gravity(700)), monkeypatch)
    assert 0.6 * peak <= foretold <= 1.7 * peak


def test_eigenvalues_of_few_links_take_one_matrix(monkeypatch):
    matrix = worlds.row_standardised(worlds.lattice_matrix(30))
    peak, foretold = peak_and_foretold("eigenvalues", matrix, monkeypatch)
    assert peak <= 12.0 * len(matrix) ** 2
    assert 0.6 * peak <= foretold <= 1.7 * peak
