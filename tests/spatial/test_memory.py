"""What cannot fit into memory is refused before it starts, in one sentence."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from support import worlds

import spatial
from analysis.report.chinese import in_chinese
from spatial import memory, weights
from spatial.errors import InputError
from spatial.weights.logdet import choice, log_determinant
from spatial.weights.operator import operator

MATRIX = worlds.lattice_matrix(7)
PANEL = spatial.Panel(
    worlds.simulated_panel(worlds.row_standardised(MATRIX), periods=6), "unit", "time"
)
W = worlds.graph(MATRIX)


def refused(call, monkeypatch, left=0.0):
    monkeypatch.setattr(memory, "available_memory", lambda: left)
    with pytest.raises(InputError, match="are available") as caught:
        call()
    text = str(caught.value)
    assert text.endswith(".") and text.count("; ") == 1
    assert in_chinese(text) != text and not re.search("[a-z]{4,} [a-z]{4,}", in_chinese(text))
    return text


@pytest.mark.parametrize("model", ["OLS", "SDM", "GNS"])
def test_a_fit_that_cannot_fit_is_refused_before_it_starts(model, monkeypatch):
    spec = getattr(spatial, model)("y ~ x1 + x2", effects="twoway")

    def looked_at(*_):
        raise AssertionError("the weights were touched")

    with monkeypatch.context() as patch:
        patch.setattr("spatial.sample.gather", looked_at)
        text = refused(lambda: spec.fit(PANEL, W), patch)
    width = 2 if model == "OLS" else 4
    assert f"a fit of 294 rows and {width} columns" in text
    assert "lagged=" in text and "fewer units or years" in text
    spec.fit(PANEL, W)


def test_what_is_asked_for_grows_with_rows_columns_and_lags(monkeypatch):
    asked = []
    monkeypatch.setattr("spatial.sample.require_memory", lambda need, *_: asked.append(need))
    for model, formula in (("SAR", "y ~ x1"), ("SAR", "y ~ x1 + x2"), ("SDM", "y ~ x1 + x2")):
        getattr(spatial, model)(formula, effects="twoway").fit(PANEL, W)
    spatial.SAC("y ~ x1", effects="twoway").fit(PANEL, W)
    half = PANEL.subset(years=list(PANEL.times[:3]))
    spatial.SAR("y ~ x1", effects="twoway").fit(half, W)
    rows = 294 * 8
    np.testing.assert_allclose(
        asked, [7 * rows * 3, 7 * rows * 4, 7 * rows * 6, 12 * rows * 3, 3.5 * rows * 3]
    )


@pytest.mark.parametrize(
    ("way", "what"),
    [("eigenvalues", "all eigenvalues of 49 units"), ("lu", "the factors of 49 units with")],
)
def test_a_way_that_cannot_fit_names_another(way, what, monkeypatch):
    op = operator(weights.from_matrix(MATRIX, worlds.names(49)))
    text = refused(lambda: log_determinant(op, way), monkeypatch)
    assert text.startswith(what) and f'leave logdet="{way}" out' in text


def test_by_itself_it_takes_the_way_that_fits(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 1e4)
    monkeypatch.setattr(choice, "EIGENVALUE_LIMIT", 10)
    monkeypatch.setattr("spatial.sample.require_memory", lambda *_: None)
    fit = spatial.SDM("y ~ x1 + x2", effects="twoway").fit(PANEL, worlds.graph(MATRIX))
    assert any('logdet="lanczos"' in note for note in fit.notes)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_machine_tells_what_it_has():
    total = 1024 * int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1])
    assert 1e7 < memory.available_memory() <= total


def test_a_control_group_holds_it_down(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("3000000000\n")
    (tmp_path / "memory.current").write_text("1000000000\n")
    monkeypatch.setattr(memory, "GROUPS", tmp_path)
    monkeypatch.setattr(memory, "_kernel", lambda: 9e9)
    if sys.platform.startswith("linux"):
        assert memory.available_memory() == 2e9
        (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 400000000\n")
        assert memory.available_memory() == 2.4e9
        (tmp_path / "memory.max").write_text("max\n")
        assert memory.available_memory() == 9e9


def test_where_nobody_tells_nothing_is_refused(monkeypatch):
    def unknown():
        raise OSError

    monkeypatch.setattr(memory, "_kernel", unknown)
    monkeypatch.setattr(memory, "_physical", lambda: float("inf"))
    memory.require_memory(1e15, "a dream", "wake up")


@pytest.mark.parametrize(("size", "words"), [(2.5e9, "2.5 GB"), (4.2e6, "4 MB")])
def test_sizes_are_words(size, words):
    assert memory.gigabytes(size) == words
