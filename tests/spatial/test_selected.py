"""Entries of sparse inverses against whole inverses, for every kind of pattern."""

import numpy as np
import pytest
from scipy import sparse
from support import worlds

from spatial.selected import eliminate, elimination, entries, inverse_entries, plan_inverse


def scattered(n, share, seed=0):
    return np.random.default_rng(seed).random((n, n)) * (
        np.random.default_rng(seed + 1).random((n, n)) < share
    )


def star(n):
    out = np.zeros((n, n))
    out[0, 1:] = out[1:, 0] = 1.0
    return out


def apart(n):
    """Several components, a chain among them, and units that touch nobody."""
    out = np.zeros((n, n))
    chain = np.arange(n // 2)
    out[chain[:-1], chain[1:]] = 1.0
    part = worlds.lattice_matrix(5)
    out[-30:-5, -30:-5] = part
    return out


PATTERNS = {
    "queen lattice": worlds.lattice_matrix(15),
    "long strip": worlds.lattice_matrix(3, 70, rule="rook"),
    "nearest neighbours": worlds.nearest_matrix(200, 5, seed=3),
    "scattered": scattered(150, 0.02),
    "one way": np.triu(scattered(120, 0.05), 1),
    "star": star(80),
    "components": apart(120),
    "full": scattered(60, 1.0),
    "empty": np.zeros((40, 40)),
    "one": np.zeros((1, 1)),
}


def system(pattern, seed=0):
    """I − ρW with rows that sum to 0.9 of the diagonal at most, none alike."""
    rng = np.random.default_rng(seed)
    weights = pattern * rng.uniform(0.5, 1.0, size=pattern.shape)
    sums = weights.sum(axis=1, keepdims=True)
    scaled = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return np.eye(len(pattern)) - 0.9 * scaled * rng.choice([-1.0, 1.0], size=pattern.shape)


@pytest.fixture(params=[(32, 16, 0.1), (1, 0, 0.0), (3, 4, 1e9)], ids=["usual", "fine", "coarse"])
def gathering(request, monkeypatch):
    """How columns are gathered into supernodes must not matter."""
    for name, value in zip(("LEAF", "NARROW", "WASTE"), request.param, strict=True):
        monkeypatch.setattr(elimination, name, value)


@pytest.mark.usefixtures("gathering")
@pytest.mark.parametrize("name", PATTERNS)
def test_entries_are_those_of_the_inverse(name):
    dense = system(PATTERNS[name])
    found = inverse_entries(sparse.csr_array(dense))
    inverse = np.linalg.inv(dense)
    wanted = (dense != 0) | (dense.T != 0)
    np.testing.assert_allclose(found.matrix.toarray()[wanted], inverse[wanted], atol=1e-13)
    np.testing.assert_allclose(found.diagonal, np.diag(inverse), rtol=1e-12)


@pytest.mark.usefixtures("gathering")
@pytest.mark.parametrize("name", ["queen lattice", "scattered", "components"])
def test_diagonals_of_products_with_another_pattern(name):
    dense = system(PATTERNS[name])
    other = scattered(len(dense), 0.03, seed=9)
    found = inverse_entries(sparse.csr_array(dense), sparse.csr_array(other))
    inverse = np.linalg.inv(dense)
    sparsely = sparse.csr_array(other)
    np.testing.assert_allclose(found.after(sparsely), np.diag(other @ inverse), atol=1e-12)
    np.testing.assert_allclose(found.before(sparsely), np.diag(inverse @ other), atol=1e-12)
    assert found.trace(sparsely) == pytest.approx(np.trace(other @ inverse), rel=1e-11)


def test_a_step_into_the_complex_plane_differentiates():
    dense = system(PATTERNS["queen lattice"])
    change = PATTERNS["queen lattice"]
    stepped = sparse.csr_array(dense - 1e-20j * change)
    found = inverse_entries(stepped)
    inverse = np.linalg.inv(dense)
    np.testing.assert_allclose(found.diagonal.real, np.diag(inverse), rtol=1e-12)
    slope = np.diag(inverse @ change @ inverse)
    np.testing.assert_allclose(found.diagonal.imag / 1e-20, slope, rtol=1e-11, atol=1e-12)


def test_one_plan_serves_every_matrix_within_its_pattern():
    dense = system(PATTERNS["queen lattice"])
    plan = plan_inverse(sparse.csr_array(dense))
    for other in (dense, dense.T, np.triu(dense), np.diag(np.diag(dense))):
        found = plan.invert(sparse.csr_array(other))
        np.testing.assert_allclose(found.diagonal, np.diag(np.linalg.inv(other)), rtol=1e-12)


def test_what_would_not_fit_is_not_begun(monkeypatch):
    dense = sparse.csr_array(system(PATTERNS["queen lattice"]))
    held = plan_inverse(dense).tree.entries
    assert held >= sparse.linalg.splu(sparse.csc_array(dense)).L.nnz
    assert inverse_entries(dense, most=held) is not None
    assert inverse_entries(dense, most=held // 2) is None
    monkeypatch.setattr(entries, "available_memory", lambda: entries.BYTES * (held - 1))
    assert inverse_entries(dense) is None
    monkeypatch.setattr(entries, "available_memory", lambda: entries.BYTES * held)
    assert inverse_entries(dense) is not None


def test_elimination_that_loses_digits_is_noticed(monkeypatch):
    """A pivot of zero, and one that is rounding beside the rest of its rows."""
    monkeypatch.setattr(elimination, "LEAF", 1)
    monkeypatch.setattr(elimination, "NARROW", 0)
    ring = np.roll(np.eye(7), 1, axis=1) + np.roll(np.eye(7), -1, axis=1)
    assert inverse_entries(sparse.csr_array(ring)) is None
    assert inverse_entries(sparse.csr_array(ring + 1e-14 * np.eye(7))) is None
    found = inverse_entries(sparse.csr_array(ring + 3.0 * np.eye(7)))
    exact = np.linalg.inv(ring + 3.0 * np.eye(7))
    np.testing.assert_allclose(found.diagonal, np.diag(exact), rtol=1e-12)


def test_supernodes_hold_every_column_once_and_lead_to_their_parents():
    pattern = PATTERNS["queen lattice"] + np.eye(225)
    tree = eliminate(sparse.csr_array(pattern))
    assert sorted(tree.place) == list(range(225))
    assert tree.starts[0] == 0
    assert tree.starts[-1] == 225
    assert (tree.widths > 0).all()
    for node, parent in enumerate(tree.parent):
        below = tree.below[tree.pointer[node] : tree.pointer[node + 1]]
        assert (np.diff(below) > 0).all()
        if len(below):
            assert tree.owner[below[0]] == parent > node
            beyond = tree.below[tree.pointer[parent] : tree.pointer[parent + 1]]
            assert np.isin(below[below >= tree.starts[parent + 1]], beyond).all()
        else:
            assert parent == -1
