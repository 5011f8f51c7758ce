"""Work of many fits: equal numbers whoever computes them, nothing lost and nothing done twice."""

import os
import pickle
import signal

import numpy as np
import pandas as pd
import pytest
from support import many_fits, worlds

import spatial
from spatial.running import portions, run_shared, steady_numbers
from spatial.weights.logdet import log_determinant
from spatial.weights.operator import operator


class Notebook:
    """A memory that counts."""

    def __init__(self, *known):
        self.known, self.kept = dict(known), []

    def find(self, item):
        return self.known.get(str(item))

    def keep(self, item, found):
        self.kept.append(str(item))
        self.known[str(item)] = found


@pytest.fixture(scope="module", name="alone")
def in_this_process():
    return {name: make(1) for name, make in many_fits.EVERY.items()}


@pytest.fixture(scope="module", name="client")
def two_workers():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        yield client


@pytest.mark.parametrize("name", many_fits.EVERY)
def test_two_processes_give_the_same_to_the_last_bit(alone, name):
    pd.testing.assert_frame_equal(many_fits.EVERY[name](2), alone[name], check_exact=True)


@pytest.mark.parametrize("name", many_fits.EVERY)
def test_a_cluster_gives_the_same_to_the_last_bit(alone, client, name):
    pd.testing.assert_frame_equal(many_fits.EVERY[name](client), alone[name], check_exact=True)


def test_only_this_process_hears_ctrl_c():
    """A terminal sends it to all; each that hears it shows where it stood, a wall of lines."""
    assert run_shared(0, range(4), many_fits.hears_interrupts, jobs=2) == [0] * 4
    assert run_shared(0, range(2), many_fits.hears_interrupts) == [1] * 2


def test_a_worker_that_is_killed_is_made_good(alone, client):
    before = client.run(os.getpid)
    killed, told = [], []

    def kill(done, total, _):
        told.append((done, total))
        if done == 5:
            killed.append(before[min(before)])
            os.kill(killed[0], signal.SIGKILL)

    found = many_fits.curve(spatial.Workers(client, kill))
    pd.testing.assert_frame_equal(found, alone["curve"], check_exact=True)
    assert told == [(done, 71) for done in range(1, 72)]
    client.wait_for_workers(2)
    assert killed[0] not in client.run(os.getpid).values()


def test_what_is_known_is_not_computed_again(alone):
    book = Notebook()

    def stop(done, *_):
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        many_fits.curve(spatial.Workers(2, stop, book))
    first = len(book.kept)
    assert 1 + 20 <= first < 72
    found = many_fits.curve(spatial.Workers(memory=book))
    assert len(book.kept) == len(set(book.kept)) == 72
    pd.testing.assert_frame_equal(found, alone["curve"], check_exact=True)
    told = []
    again = many_fits.curve(spatial.Workers(memory=book), progress=lambda *step: told.append(step))
    assert (told, len(book.kept)) == ([], 72)
    pd.testing.assert_frame_equal(again, alone["curve"], check_exact=True)


def test_numbers_do_not_depend_on_what_was_computed_before():
    graph, panel = many_fits.graphs()["queen"], many_fits.panel()
    with steady_numbers():
        first = many_fits.MODEL.fit(panel, graph).cov
        second = many_fits.MODEL.fit(panel, graph).cov
    pd.testing.assert_frame_equal(first, second, check_exact=True)


@pytest.mark.parametrize("method", ["lu", "lanczos"])
def test_fits_of_many_units_do_not_lean_on_each_other_and_travel(method):
    side, rng = 41, np.random.default_rng(2)
    ids = worlds.names(side**2)
    table = {"unit": np.repeat(ids, 2), "time": np.tile([1, 2], side**2)}
    values = rng.normal(size=(3, 2 * side**2))
    panel = spatial.Panel(
        pd.DataFrame(table | dict(zip(["y", "x", "z"], values, strict=True))), "unit", "time"
    )
    first, second = (
        spatial.SDM(formula, effects="unit", logdet=method) for formula in ("y ~ x + z", "y ~ x")
    )

    def numbers(fit):
        return pd.concat([fit.params, fit.std_errors, fit.effects()["std_error"]])

    with steady_numbers():
        known = worlds.graph(worlds.lattice_matrix(side), ids)
        first.fit(panel, known).effects()
        after = second.fit(panel, known)
        alone = second.fit(panel, worlds.graph(worlds.lattice_matrix(side), ids))
    pd.testing.assert_series_equal(numbers(after), numbers(alone), check_exact=True)
    arrived = pickle.loads(pickle.dumps(after))
    pd.testing.assert_series_equal(numbers(arrived), numbers(after), check_exact=True)


@pytest.mark.parametrize("method", ["lu", "lanczos"])
def test_what_one_refines_does_not_show_to_another(method):
    def fresh():
        return operator(worlds.graph(worlds.lattice_matrix(20)))

    known = fresh()
    first = log_determinant(known, method)
    unrefined = first.f(0.65)
    first.refine(0.6, 0.7, 1e-3)
    assert first.f(0.65) != unrefined
    assert log_determinant(known, method).f(0.65) == unrefined
    ours, theirs = log_determinant(known, method), log_determinant(fresh(), method)
    for one in (ours, theirs):
        one.refine(0.61, 0.68, 1e-2)
    assert ours.f(0.65) == theirs.f(0.65)


def test_draws_are_those_of_one_seed():
    seed = np.random.SeedSequence([3, 1])
    streams = np.random.SeedSequence([3, 1]).spawn(3)
    parts = portions(seed, 60)
    assert [part.count for part in parts] == [25, 25, 10]
    for part, stream in zip(parts, streams, strict=True):
        assert part.rng().random() == np.random.default_rng(stream).random()


def test_progress_tells_what_is_left():
    told = []
    run_shared(2.0, [1.0, 2.0, 3.0], pow, progress=lambda *step: told.append(step))
    assert [step[:2] for step in told] == [(1, 3), (2, 3), (3, 3)]
    assert told[-1][2] == 0.0


@pytest.mark.parametrize("jobs", [0, 1.5, True, "two"])
def test_strange_jobs_are_refused(jobs):
    with pytest.raises(spatial.InputError, match="number of processes"):
        many_fits.decay(jobs)
