"""Channels and moderators: against dense products and refits, with known truth, what is refused."""

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised, with_isolate

import spatial
from spatial.errors import InputError
from spatial.mechanisms.paths import Link, Travel
from spatial.network import one_block
from spatial.weights.operator import operator

SIDE = 6
MATRIX = lattice_matrix(SIDE)
W, ROW = graph(MATRIX), row_standardised(MATRIX)
N = SIDE**2
MODEL = spatial.SDM("y ~ x + z", effects="twoway")


def world(seed=1, periods=12, a=0.5, c=0.6, spread=0.5):
    """x moves m here and next door, m and n move y; n is moved by m."""
    rng, frames = np.random.default_rng(seed), []
    s_m, s_y = (np.linalg.inv(np.eye(N) - rho * ROW) for rho in (0.2, 0.3))
    unit = rng.normal(size=(3, N))
    for year in range(periods):
        x, z = rng.normal(size=(2, N))
        noise = spread * rng.normal(size=(3, N))
        m = s_m @ (a * x + 0.2 * ROW @ x + unit[0] + noise[0])
        n = 0.4 * m + unit[1] + noise[1]
        y = s_y @ (0.3 * x + c * m + 0.5 * n + 0.2 * z + unit[2] + noise[2])
        frames.append(
            pd.DataFrame(
                {"unit": names(N), "time": year} | {"x": x, "z": z, "m": m, "n": n, "y": y}
            )
        )
    return pd.concat(frames, ignore_index=True)


def panel_of(frame):
    return spatial.Panel(frame, "unit", "time")


def look(frame, model=MODEL, given=None, **options):
    given = given or {"one": "m", "both": ["m", "n"]}
    return spatial.channels(model, panel_of(frame), W, focus="x", channels=given, **options)


@pytest.fixture(scope="module", name="found")
def once():
    return look(world(), steps=3, draws=100, seed=3)


def dense(links, matrix):
    product = np.eye(len(matrix))
    for link in links:
        left = np.eye(len(matrix)) - link.rho * matrix
        right = link.beta * np.eye(len(matrix)) + link.theta * matrix
        product = np.linalg.solve(left, right) @ product
    direct, total = np.trace(product) / len(matrix), product.sum() / len(matrix)
    return np.array([direct, total - direct, total])


class TestPaths:
    @pytest.mark.parametrize("matrix", [MATRIX, with_isolate(MATRIX)])
    def test_products_are_those_of_dense_matrices(self, matrix):
        op = operator(graph(matrix))
        links = [Link(0.5, 0.2, 0.3), Link(0.4, -0.1, -0.2), Link(1.0, 0.3, 0.6)]
        found = Travel(one_block(op, 3)).effects(links)
        assert found == pytest.approx(dense(links, op.matrix.toarray()), abs=1e-12)

    def test_all_paths_add_up_to_what_the_system_does(self, found):
        """Solve the three equations at once: the effect of x on y is the sum of all paths."""
        fits = found.fits["both"]
        eye = np.eye(N)

        def part(fit, name):
            b = fit.params
            return np.linalg.solve(eye - b["rho"] * ROW, b[name] * eye + b[f"W.{name}"] * ROW)

        m = part(fits["m"], "x")
        n = part(fits["n"], "x") + part(fits["n"], "m") @ m
        y = part(fits["y"], "x") + part(fits["y"], "m") @ m + part(fits["y"], "n") @ n
        rows = found.paths[(found.paths["channel"] == "both") & (found.paths["kind"] == "sum")]
        assert rows["estimate"].iloc[0] == pytest.approx(np.trace(y) / N, abs=1e-10)
        assert rows["estimate"].iloc[2] == pytest.approx(y.sum() / N, abs=1e-10)

    def test_names_of_paths(self, found):
        paths = found.paths[found.paths["channel"] == "both"]["path"].drop_duplicates().tolist()
        assert paths == ["x → m → n → y", "x → m → y", "x → n → y", "x → y"]


class TestLinks:
    def test_they_are_the_effects_of_models_written_by_hand(self, found):
        data = panel_of(world())
        for response, formula in (("n", "n ~ x + z + m"), ("y", "y ~ x + z + m + n")):
            expected = spatial.SDM(formula, effects="twoway").fit(data, W).effects()
            rows = found.links[found.links["channel"] == "both"]
            rows = rows[rows["response"] == response]
            for cause in rows["term"].unique():
                mine = rows[rows["term"] == cause]["estimate"].to_numpy()
                theirs = expected[expected["term"] == cause]["estimate"].to_numpy()
                assert mine == pytest.approx(theirs, rel=1e-12)

    def test_two_steps_leave_the_outcome_alone(self):
        found = look(world())
        assert set(found.links["response"]) == {"m", "n"}
        assert found.paths.empty

    def test_expressions_and_names_with_spaces(self):
        frame = world().assign(**{"a b": lambda t: np.exp(t["m"])})
        found = look(frame, given={"written": "log(`a b`)", "named": "a b"}, steps=3, draws=0)
        plain = look(frame, given={"plain": "m"}, steps=3, draws=0)
        mine = found.paths[found.paths["channel"] == "written"]["estimate"].to_numpy()
        assert mine == pytest.approx(plain.paths["estimate"].to_numpy(), rel=1e-8)
        assert found.paths["std_error"].isna().all()

    def test_a_channel_is_lagged_where_lagged_names_it(self):
        for lagged, present in ((["x"], False), (["x", "m"], True)):
            model = spatial.SDM("y ~ x + z", effects="twoway", lagged=lagged)
            fit = look(world(), model, {"one": "m"}, steps=3, draws=0).fits["one"]["y"]
            assert ("W.m" in fit.params.index) is present


class TestBootstrap:
    def test_intervals_hold_the_truth(self, found):
        rows = found.paths[found.paths["path"] == "x → m → n → y"]
        links = [Link(0.5, 0.2, 0.2), Link(0.4, 0.0, 0.0), Link(0.5, 0.0, 0.3)]
        for row, value in zip(rows.itertuples(), dense(links, ROW), strict=True):
            assert abs(row.estimate - value) < 3.5 * row.std_error
            assert row.conf_low < row.estimate < row.conf_high

    def test_spread_is_that_of_the_delta_method_where_there_is_one(self, found):
        """The path without channels has an analytic standard error."""
        rows = found.paths[(found.paths["channel"] == "one") & (found.paths["path"] == "x → y")]
        rows = rows[rows["kind"] == "unmediated"]
        links = found.links[(found.links["response"] == "y") & (found.links["term"] == "x")]
        known = links[links["channel"] == "one"]["std_error"].to_numpy()
        assert rows["std_error"].to_numpy() == pytest.approx(known, rel=0.35)

    def test_a_product_without_space_has_the_error_of_sobel(self):
        model = spatial.OLS("y ~ x + z", effects="twoway")
        found = look(world(), model, {"one": "m"}, steps=3, draws=100, seed=2)
        links = found.links[found.links["effect"] == "direct"].set_index(["term", "response"])
        a, c = links.loc[("x", "m")], links.loc[("m", "y")]
        known = np.hypot(a["estimate"] * c["std_error"], c["estimate"] * a["std_error"])
        rows = found.paths[
            (found.paths["kind"] == "mediated") & (found.paths["effect"] == "direct")
        ]
        assert rows["std_error"].iloc[0] == pytest.approx(known, rel=0.35)
        assert a["estimate"] * c["std_error"] > 0.5 * c["estimate"] * a["std_error"]

    def test_workers_and_rows_do_not_matter(self):
        frame = world(periods=5)
        one = look(frame, given={"one": "m"}, steps=3, draws=60, seed=5)
        mixed = frame.sample(frac=1, random_state=1)
        two = look(mixed, given={"one": "m"}, steps=3, draws=60, seed=5, jobs=2)
        pd.testing.assert_frame_equal(one.paths, two.paths)

    @pytest.mark.parametrize("kind", ["OLS", "SLX", "SAR", "SEM", "SDEM"])
    def test_every_kind_can_be_drawn(self, kind):
        model = getattr(spatial, kind)("y ~ x + z", effects="twoway")
        found = look(world(periods=5), model, {"one": "m"}, steps=3, draws=8)
        assert np.isfinite(found.paths["std_error"]).all()

    @pytest.mark.slow
    def test_coverage_of_the_mediated_spillover(self):
        links = [Link(0.5, 0.2, 0.2), Link(0.8, 0.0, 0.3)]  # n passes 0.4·0.5 on
        truth, hits, count = dense(links, ROW), [], 200
        for seed in range(count):
            found = look(world(seed), given={"one": "m"}, steps=3, draws=199, seed=seed)
            rows = found.paths[found.paths["kind"] == "mediated"]
            hits.append(
                (rows["conf_low"] <= truth).to_numpy() & (rows["conf_high"] >= truth).to_numpy()
            )
        assert (np.mean(hits, axis=0) > 0.95 - 3.5 * np.sqrt(0.05 * 0.95 / count)).all()


class TestModeration:
    def moderated(self, **options):
        frame = world().assign(d=lambda t: (t["unit"].str[1:].astype(int) % 2).astype(float))
        frame["y"] = frame["y"] + 0.4 * frame["d"] * frame["x"]
        return spatial.moderate(
            MODEL, panel_of(frame), W, focus="x", moderator="d", **options
        ), frame

    def test_it_is_the_model_with_the_product(self):
        found, frame = self.moderated()
        frame = frame.assign(p=frame["x"] * frame["d"])
        plain = spatial.SDM("y ~ x + z + p", effects="twoway").fit(panel_of(frame), W)
        assert found.fit.loglik == pytest.approx(plain.loglik, rel=1e-12)
        at_one = found.effects[found.effects["value"] == 1.0]["estimate"].to_numpy()
        at_zero = found.effects[found.effects["value"] == 0.0]["estimate"].to_numpy()
        assert at_one - at_zero == pytest.approx(found.change["estimate"].to_numpy())
        assert found.tests["df"].tolist() == [1, 1, 2]
        assert found.tests["p_value"].iloc[0] < 1e-6

    def test_values_by_default_and_as_given(self):
        found, frame = self.moderated(at=[0.5])
        assert found.effects["value"].tolist() == [0.5] * 3
        other = spatial.moderate(MODEL, panel_of(frame), W, focus="x", moderator="m")
        assert "m" in other.fit.terms
        mean = frame["m"].mean()
        assert other.effects["value"].iloc[3] == pytest.approx(mean)

    def test_a_lag_only_where_the_focus_is_lagged(self):
        _, frame = self.moderated()
        for lagged, present in ((["x"], True), (["z"], False)):
            model = spatial.SDM("y ~ x + z", effects="twoway", lagged=lagged)
            found = spatial.moderate(model, panel_of(frame), W, focus="x", moderator="d")
            assert ("W.x:d" in found.fit.params.index) is present

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"moderator": "q"}, "no column of the data"),
            ({"moderator": "unit"}, "holds text"),
            ({"moderator": "one"}, "does not vary"),
            ({"focus": "q"}, "no term of the formula"),
        ],
    )
    def test_refusals(self, options, words):
        data = panel_of(world(periods=4).assign(one=1.0))
        with pytest.raises(InputError, match=words):
            spatial.moderate(MODEL, data, W, **{"focus": "x", "moderator": "m"} | options)

    @pytest.mark.parametrize("formula", ["y ~ x * m + z", "y ~ z + m:x + x"])
    def test_a_product_that_is_there_already(self, formula):
        data, model = panel_of(world(periods=4)), spatial.SDM(formula, effects="twoway")
        with pytest.raises(InputError, match=r"already, which moderate\(\) adds"):
            spatial.moderate(model, data, W, focus="x", moderator="m")


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"given": {"a": "q"}}, "reads q, which the data lack"),
            ({"given": {"a": ["m", "m"]}}, "names a column twice"),
            ({"given": {"a": "y"}}, "names a column twice, or the outcome"),
            ({"given": {"a": "z"}}, "channel a, equation of z"),
            ({"given": {"a": []}}, "has no column"),
            ({"steps": 4}, "steps=4"),
            ({"draws": -1}, "draws=-1"),
            ({"model": spatial.SAR("y ~ x", effects="random")}, "without effects="),
        ],
    )
    def test_it_says_what_is_wrong(self, options, words):
        with pytest.raises(InputError, match=words):
            look(world(periods=4), **options)
