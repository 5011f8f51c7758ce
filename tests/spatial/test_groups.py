"""Groups: against explicit columns and dense inverses, with known truth, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised, simulated_panel

import spatial
from spatial.errors import InputError

SIDE = 6
MATRIX = lattice_matrix(SIDE)
W, ROW = graph(MATRIX), row_standardised(MATRIX)
SPEC = "y ~ x1 + x2"
ZONES = pd.Series(np.where(np.arange(SIDE**2) % 3 == 0, "a", "b"), index=names(SIDE**2))


def table(seed=1, periods=6):
    found = simulated_panel(ROW, periods=periods, seed=seed)
    return found.assign(zone=found["unit"].map(ZONES))


def panel_of(frame):
    return spatial.Panel(frame, "unit", "time")


def look(frame, model=None, **options):
    model = model or spatial.SDM(SPEC, effects="twoway")
    return spatial.groups(model, panel_of(frame), W, **{"by": "zone", "focus": "x1"} | options)


@pytest.fixture(scope="module", name="found")
def once():
    return look(table(), between=True)


class TestAgainstExplicitColumns:
    def test_joint_fit(self, found):
        frame = panel_of(table()).frame
        values = frame["x1"].to_numpy().reshape(-1, SIDE**2)
        inside = {g: (g == ZONES).to_numpy().astype(float) for g in "ab"}
        columns = {f"x_{g}": (values * inside[g]).ravel() for g in "ab"}
        columns |= {
            f"w_{h}{g}": (inside[g] * ((values * inside[h]) @ ROW.T)).ravel()
            for g in "ab"
            for h in "ab"
        }
        frame = frame.assign(**columns)
        model = spatial.SDM("y ~ x2 + " + " + ".join(columns), effects="twoway", lagged=["x2"])
        direct = model.fit(panel_of(frame), W)
        same = {"x_a": "x1[a]", "x_b": "x1[b]", "x2": "x2", "W.x2": "W.x2", "rho": "rho"}
        same |= {f"w_{h}{g}": f"W.x1[{h}→{g}]" for g in "ab" for h in "ab"}
        assert found.joint.loglik == pytest.approx(direct.loglik, rel=1e-12)
        for mine, theirs in ((found.joint.params, direct.params),):
            assert mine[[*same.values()]].to_numpy() == pytest.approx(
                theirs[[*same]].to_numpy(), abs=1e-9
            )
        errors = found.joint.std_errors[[*same.values()]].to_numpy()
        assert errors == pytest.approx(direct.std_errors[[*same]].to_numpy(), rel=1e-7)

    def test_effects_are_those_of_the_dense_inverse(self, found):
        def dense(params):
            inside = {g: (g == ZONES).to_numpy().astype(float) for g in "ab"}
            middle = sum(params[f"x1[{g}]"] * np.diag(inside[g]) for g in "ab")
            for g in "ab":
                for h in "ab":
                    middle = middle + params[f"W.x1[{h}→{g}]"] * (
                        np.diag(inside[g]) @ ROW @ np.diag(inside[h])
                    )
            d = np.linalg.solve(np.eye(len(ROW)) - params["rho"] * ROW, middle)
            off, out = d - np.diag(np.diag(d)), {}
            for g in "ab":
                rows = inside[g] / inside[g].sum()
                out[g, "direct"] = rows @ np.diag(d)
                out[g, "indirect"] = rows @ off.sum(axis=1)
                out[g, "total"] = rows @ d.sum(axis=1)
                out[g, "sent"] = off.sum(axis=0) @ rows
                for h in "ab":
                    out[h, g] = rows @ off @ inside[h]
            return pd.Series(out)

        params, cov = found.joint.params, found.joint.cov.to_numpy()
        expected, step = dense(params), 1e-6
        slopes = np.array(
            [
                (dense(params + step * unit) - dense(params - step * unit)) / (2 * step)
                for unit in np.eye(len(params))
            ]
        )
        errors = pd.Series(np.sqrt(np.einsum("ik,ij,jk->k", slopes, cov, slopes)), expected.index)
        for row in found.effects.itertuples():
            assert row.estimate == pytest.approx(expected[row.group, row.effect], abs=1e-10)
            assert row.std_error == pytest.approx(errors[row.group, row.effect], rel=1e-5)
        for row in found.between.rename(columns={"from": "sender"}).itertuples():
            assert row.estimate == pytest.approx(expected[row.sender, row.to], abs=1e-10)
            assert row.std_error == pytest.approx(errors[row.sender, row.to], rel=1e-5)
        gap = found.contrasts.set_index("effect")["estimate"]
        for effect in ("direct", "indirect", "total", "sent"):
            assert gap[effect] == pytest.approx(
                expected["a", effect] - expected["b", effect], abs=1e-10
            )

    def test_wald_of_slopes_is_the_square_of_their_z(self, found):
        b, cov = found.joint.params, found.joint.cov
        gap = b["x1[a]"] - b["x1[b]"]
        spread = cov.loc["x1[a]", "x1[a]"] + cov.loc["x1[b]", "x1[b]"]
        spread -= 2 * cov.loc["x1[a]", "x1[b]"]
        row = found.tests.set_index("of").loc["own"]
        assert row["statistic"] == pytest.approx(gap**2 / spread)
        assert found.tests["df"].tolist() == [1, 3, 4]

    def test_separate_fits_are_those_of_the_parts(self, found):
        units = list(ZONES.index[ZONES == "a"])
        cut = spatial.weights.subset(W, units)
        alone = spatial.SDM(SPEC, effects="twoway").fit(panel_of(table()).subset(units=units), cut)
        effects = alone.effects()
        mine = found.separate[found.separate["group"] == "a"]
        theirs = effects[effects["term"] == "x1"]
        assert mine["estimate"].tolist() == theirs["estimate"].tolist()
        assert mine["isolates"].iloc[0] == len(cut.isolates)


class TestInvariances:
    def test_one_slope_is_the_plain_model(self):
        frame = table()
        found = look(frame)
        plain = spatial.SDM(SPEC, effects="twoway").fit(panel_of(frame), W)
        gain = 2 * (found.joint.loglik - plain.loglik)
        assert 0 <= gain < 15
        sums = found.between.groupby("to")["estimate"].sum()
        received = found.effects[found.effects["effect"] == "indirect"].set_index("group")
        assert sums.to_numpy() == pytest.approx(received["estimate"].to_numpy())

    def test_rows_and_names_do_not_matter(self, found):
        frame = table().sample(frac=1, random_state=3)
        groups = {"z": ZONES.index[ZONES == "a"], "y": ZONES.index[ZONES == "b"]}
        again = look(frame, between=True, by=groups)
        assert sorted(again.effects["estimate"]) == pytest.approx(
            sorted(found.effects["estimate"]), rel=1e-7
        )

    def test_permutations_are_reproducible_by_any_number_of_workers(self):
        frame = table(periods=4)
        one = look(frame, permutations=60, seed=2)
        two = look(frame, permutations=60, seed=2, jobs=2)
        pd.testing.assert_frame_equal(one.tests, two.tests)
        assert set(one.tests["test"]) == {"wald", "permutation"}

    def test_a_cross_section_has_a_constant_by_group(self):
        frame = table(periods=1).set_index("unit")
        found = spatial.groups(spatial.SLX(SPEC), frame, W, by="zone", focus="x1")
        assert "group[b]" in found.joint.params.index
        assert found.effects["nobs"].iloc[0] == (ZONES == "a").sum()


class TestTruth:
    def test_slopes_and_links_come_back(self):
        rng, frames = np.random.default_rng(5), []
        inside = (ZONES == "a").to_numpy()
        solve = np.linalg.inv(np.eye(SIDE**2) - 0.3 * ROW)
        links = 0.2 * ROW + 0.6 * np.diag(~inside) @ ROW @ np.diag(inside)
        for year in range(20):
            x, unit = rng.normal(size=(2, SIDE**2))
            mean = np.where(inside, 1.0, 0.4) * x + links @ x
            y = solve @ (mean + 0.3 * unit)
            frames.append(pd.DataFrame({"unit": ZONES.index, "time": year, "y": y, "x": x}))
        frame = pd.concat(frames).assign(zone=lambda t: t["unit"].map(ZONES))
        model = spatial.SDM("y ~ x", effects="twoway")
        found = spatial.groups(model, panel_of(frame), W, by="zone", between=True)
        b, error = found.joint.params, found.joint.std_errors
        truth = {"x[a]": 1.0, "x[b]": 0.4, "W.x[a→b]": 0.8, "W.x[b→b]": 0.2, "W.x[b→a]": 0.2}
        for name, value in truth.items():
            assert abs(b[name] - value) < 3.5 * error[name]
        assert (found.tests["p_value"] < 1e-4).all()

    @pytest.mark.slow
    @pytest.mark.parametrize("permutations", [0, 99])
    def test_level_of_the_tests(self, permutations):
        count = 60 if permutations else 400
        rejected = []
        for seed in range(count):
            found = look(table(seed=seed, periods=5), permutations=permutations, seed=seed)
            rejected.append(found.tests["p_value"].to_numpy() <= 0.05)
        share = np.mean(rejected, axis=0)
        assert (share < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / count)).all()


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"by": "nothing"}, "which the data lack"),
            ({"by": "x2"}, "changes over time"),
            ({"by": {"a": names(3)}}, "33 units have no group"),
            ({"by": pd.Series("a", index=names(36))}, "needs two groups"),
            ({"by": 3}, "by= is a int"),
            ({"focus": "q"}, "no term of the formula"),
            ({"permutations": -1}, "permutations=-1"),
            ({"model": spatial.SDM(SPEC, effects="twoway", dynamic=["y"])}, "without dynamic="),
            ({"model": "SDM"}, "give a specification"),
        ],
    )
    def test_it_says_what_is_wrong(self, options, words):
        with pytest.raises(InputError, match=words):
            look(table(), **options)

    def test_a_group_too_small_is_told_and_not_dropped(self):
        few = ZONES.copy()
        few.iloc[:2] = "c"
        found = look(table(), by=few)
        rows = found.separate[found.separate["group"] == "c"]
        assert rows["estimate"].isna().all()
        assert any("Group c (2 units) cannot be fitted alone" in note for note in found.notes)
