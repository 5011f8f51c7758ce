"""Distribution over time: by hand, by brute force, with known truth, and what is refused."""

import itertools

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised

import spatial
from spatial import distribution
from spatial.distribution.sigma import change_of_spread

SIDE, PERIODS = 5, 12
MATRIX = lattice_matrix(SIDE)
W = graph(MATRIX)
UNITS = names(SIDE**2)


def panel_of(wide):
    """Panel of a table of times by units."""
    wide = pd.DataFrame(wide, columns=UNITS[: np.shape(wide)[1]])
    long = wide.rename_axis("year").melt(ignore_index=False, var_name="city", value_name="y")
    return spatial.Panel(long.reset_index(), "city", "year")


@pytest.fixture(name="walk")
def random_walk():
    rng = np.random.default_rng(3)
    return panel_of(5 + rng.normal(size=(PERIODS, SIDE**2)).cumsum(axis=0))


def incomes(n=30, seed=1):
    rng = np.random.default_rng(seed)
    values = pd.Series(rng.lognormal(1, 0.6, n), index=names(n))
    return values, pd.Series(rng.choice(["east", "west", "centre"], n), index=values.index)


class TestDensities:
    def test_each_is_the_sum_of_kernels(self, walk):
        found = distribution.densities(walk, "y", times=[0, 5], points=64)
        assert list(found["year"].unique()) == [0, 5]
        part = found[found["year"] == 5]
        values, h = walk.at(5)["y"].to_numpy(), part["bandwidth"].iloc[0]
        low, high = np.quantile(values, [0.25, 0.75])
        silverman = 0.9 * min(values.std(ddof=1), (high - low) / 1.34) * len(values) ** (-1 / 5)
        assert h == pytest.approx(silverman)
        at = part["value"].iloc[20]
        kernels = [np.exp(-((at - v) ** 2) / (2 * h * h)) for v in values]
        expected = sum(kernels) / (len(values) * h * np.sqrt(2 * np.pi))
        assert part["density"].iloc[20] == pytest.approx(expected)

    def test_areas_are_one_on_one_grid(self, walk):
        found = distribution.densities(walk, "y")
        areas = found.groupby("year").apply(
            lambda part: np.trapezoid(part["density"], part["value"]), include_groups=False
        )
        np.testing.assert_allclose(areas, 1.0, atol=0.01)
        assert len(set(found.groupby("year")["value"].first())) == 1

    def test_scipy_agrees(self, walk):
        from scipy.stats import gaussian_kde

        values = walk.at(3)["y"].to_numpy()
        found = distribution.densities(walk, "y", times=[3], bandwidth=0.5)
        kde = gaussian_kde(values, bw_method=0.5 / values.std(ddof=1))
        np.testing.assert_allclose(found["density"], kde(found["value"]), rtol=1e-10)


def whole(table):
    """Estimates of the whole by effect."""
    rows = table[~table["effect"].isin(["group", "pair"])]
    return rows.set_index("effect")["estimate"]


def jackknife(values, groups, measure, pick):
    """Standard error from leaving out one unit after the other."""
    left = [
        pick(measure(values.drop(unit), by=None if groups is None else groups.drop(unit)))
        for unit in values.index
    ]
    n = len(left)
    return np.sqrt((n - 1) / n * ((np.array(left) - np.mean(left)) ** 2).sum())


class TestDagum:
    def test_by_the_double_sum(self):
        values, groups = incomes()
        found = whole(distribution.dagum_gini(values, by=groups))
        y, g = values.to_numpy(), groups.to_numpy()
        apart = np.abs(y[:, None] - y[None, :])
        scale = 2 * len(y) ** 2 * y.mean()
        assert found["gini"] == pytest.approx(apart.sum() / scale)
        same = g[:, None] == g[None, :]
        assert found["within"] == pytest.approx(apart[same].sum() / scale)
        net = crossed = 0.0
        for a, b in itertools.combinations(np.unique(g), 2):
            x, z = y[g == a], y[g == b]
            rich, poor = (x, z) if x.mean() > z.mean() else (z, x)
            gap = rich[:, None] - poor[None, :]
            up, down = gap[gap > 0].sum(), -gap[gap < 0].sum()
            net += 2 * (up - down) / scale
            crossed += 2 * (2 * down) / scale
        assert found["between"] == pytest.approx(net)
        assert found["transvariation"] == pytest.approx(crossed)

    def test_groups_and_pairs_by_their_definition(self):
        values, groups = incomes()
        table = distribution.dagum_gini(values, by=groups)
        gini = whole(table)["gini"]
        for row in table[table["effect"].isin(["group", "pair"])].itertuples():
            x, z = (values[groups == name].to_numpy() for name in (row.group, row.versus))
            mean_gap = np.abs(x[:, None] - z[None, :]).mean()
            assert row.estimate == pytest.approx(mean_gap / (x.mean() + z.mean()))
            assert row.nobs == len(x) + (len(z) if row.group != row.versus else 0)
            p = [len(v) / len(values) for v in (x, z)]
            s = [v.sum() / values.sum() for v in (x, z)]
            weight = p[0] * s[1] + (p[1] * s[0] if row.group != row.versus else 0)
            assert row.share == pytest.approx(weight * row.estimate / gini)
        parts = table[table["effect"].isin(["group", "pair"])]
        assert parts["share"].sum() == pytest.approx(1.0)
        pairs = distribution.dagum_pairs(values, groups)
        np.testing.assert_allclose(pairs["gini"], parts["estimate"])
        np.testing.assert_allclose(pairs["contribution"] / gini, parts["share"])

    @pytest.mark.parametrize("effect", ["gini", "within", "between", "transvariation"])
    def test_errors_are_those_of_the_jackknife(self, effect):
        values, groups = incomes(12)
        table = distribution.dagum_gini(values, by=groups).set_index("effect")
        by_hand = jackknife(values, groups, distribution.dagum_gini, lambda t: whole(t)[effect])
        assert table["std_error"][effect] == pytest.approx(by_hand)
        low, high = table.loc[effect, ["conf_low", "conf_high"]]
        assert (high - low) / 2 == pytest.approx(1.959964 * by_hand)

    def test_a_group_of_one_has_no_error(self):
        values = pd.Series([1.0, 2.0, 4.0, 9.0], index=list("abcd"))
        groups = pd.Series(["x", "x", "x", "z"], index=list("abcd"))
        table = distribution.dagum_gini(values, by=groups).set_index("effect")
        rows = table.loc["group"].set_index("group")
        assert rows["estimate"]["z"] == 0 and np.isnan(rows["std_error"]["z"])
        assert np.isfinite(rows["std_error"]["x"])

    def test_parts_add_up_with_ties_and_zeros(self):
        values = pd.Series([0.0, 0.0, 1.0, 1.0, 2.0, 5.0], index=list("abcdef"))
        groups = pd.Series(list("xyxyzz"), index=list("abcdef"))
        table = distribution.dagum_gini(values, by=groups)
        found = whole(table)
        parts = found[["within", "between", "transvariation"]]
        assert parts.sum() == pytest.approx(found["gini"])
        assert table["share"].iloc[1:4].sum() == pytest.approx(1.0)
        pairs = distribution.dagum_pairs(values, groups)
        assert pairs["contribution"].sum() == pytest.approx(found["gini"])
        assert len(pairs) == 6

    def test_groups_that_do_not_overlap_have_no_transvariation(self):
        values = pd.Series([1.0, 2.0, 10.0, 12.0], index=list("abcd"))
        groups = pd.Series([1, 1, 2, 2], index=list("abcd"))
        found = whole(distribution.dagum_gini(values, by=groups))
        assert found["transvariation"] == pytest.approx(0.0, abs=1e-15)
        pairs = distribution.dagum_pairs(values, groups)
        assert pairs["distance"].dropna().tolist() == [1.0]

    def test_units_of_measurement_and_order_do_not_matter(self):
        values, groups = incomes()
        one = distribution.dagum_gini(values, by=groups)
        other = distribution.dagum_gini(1000 * values.sample(frac=1, random_state=2), by=groups)
        pd.testing.assert_frame_equal(one, other)

    def test_a_frame_is_one_time_of_a_panel(self):
        values, groups = incomes(25)
        long = pd.concat(
            [pd.DataFrame({"city": values.index, "year": t, "y": values + t, "g": groups.array})
             for t in (1, 2)]
        )  # fmt: skip
        panel = spatial.Panel(long, "city", "year")
        table = distribution.dagum_gini(panel, "y", "g")
        now = distribution.dagum_gini(panel.at(2), "y", "g")
        later = table[table["year"] == 2].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(later, now)
        pd.testing.assert_frame_equal(
            now, distribution.dagum_gini((values + 2).rename("y"), by=groups)
        )
        wide = distribution.dagum_by_time(panel, "y", "g")
        for effect in ("gini", "within", "between", "transvariation"):
            assert wide.loc[2, effect] == pytest.approx(whole(now)[effect])
        assert wide.loc[2, "between_share"] == pytest.approx(
            whole(now)["between"] / wide["gini"][2]
        )
        assert (wide["gini"] <= whole(distribution.dagum_gini(values))["gini"]).all()
        assert distribution.dagum_by_time(panel, "y")["within_share"].eq(1).all()


class TestTheil:
    def test_by_the_sums(self):
        values, groups = incomes()
        table = distribution.theil(values, by=groups)
        found = whole(table)
        share = values / values.sum()
        assert found["theil"] == pytest.approx((share * np.log(share * len(share))).sum())
        between = within = 0.0
        for name, part in values.groupby(groups):
            s, p = part.sum() / values.sum(), len(part) / len(values)
            between += s * np.log(s / p)
            inner = part / part.sum()
            own = (inner * np.log(inner * len(inner))).sum()
            within += s * own
            row = table[table["group"] == name].iloc[0]
            assert row["estimate"] == pytest.approx(own)
            assert row["share"] == pytest.approx(s * own / found["theil"])
            assert row["nobs"] == len(part)
        assert found["between"] == pytest.approx(between)
        assert found["within"] == pytest.approx(within)
        assert found["within"] + found["between"] == pytest.approx(found["theil"])

    @pytest.mark.parametrize("effect", ["theil", "within", "between"])
    def test_errors_are_those_of_the_jackknife(self, effect):
        values, groups = incomes(12)
        table = distribution.theil(values, by=groups).set_index("effect")
        by_hand = jackknife(values, groups, distribution.theil, lambda t: whole(t)[effect])
        assert table["std_error"][effect] == pytest.approx(by_hand)

    def test_zeros_count_nothing_and_equality_is_zero(self):
        index = list("abcd")
        found = whole(distribution.theil(pd.Series([0.0, 0.0, 0.0, 4.0], index=index)))
        assert found["theil"] == pytest.approx(np.log(4))
        equal = distribution.theil(pd.Series(3.0, index=index))
        assert whole(equal)["theil"] == pytest.approx(0, abs=1e-15)
        assert equal["share"].isna().all()


class TestConvergence:
    def test_sigma(self, walk):
        table = distribution.sigma_convergence(walk, "y")
        values = walk.at(4)["y"]
        assert table.loc[4, "std_dev"] == pytest.approx(values.std(ddof=0))
        if values.min() > 0:
            assert table.loc[4, "std_log"] == pytest.approx(np.log(values).std(ddof=0))
        negative = panel_of(np.random.default_rng(0).normal(size=(3, 25)))
        table = distribution.sigma_convergence(negative, "y")
        assert table[["variation", "std_log"]].isna().all(axis=None)
        assert table["std_dev"].notna().all()

    @pytest.fixture(name="grown")
    def converging(self):
        """ln y(t+1) − ln y(t) = (I − 0.4 W)⁻¹(−0.1 ln y + 0.05 W ln y + time + e)."""
        rng, w = np.random.default_rng(8), row_standardised(MATRIX)
        solve = np.linalg.inv(np.eye(SIDE**2) - 0.4 * w)
        logs = [rng.normal(3, 1, SIDE**2)]
        for _ in range(30):
            now = logs[-1]
            push = -0.1 * now + 0.05 * (w @ now) + 0.1 + 0.02 * rng.normal(size=SIDE**2)
            logs.append(now + solve @ push)
        return panel_of(np.exp(np.array(logs)))

    def test_the_spatial_model_finds_the_truth(self, grown):
        table = distribution.beta_convergence(grown, "y", W)
        rows = table[(table["model"] == "unconditional") & table["spatial"]].set_index("term")
        for term, truth in (("b", -0.1), ("theta", 0.05), ("rho", 0.4)):
            assert abs(rows.loc[term, "estimate"] - truth) < 3 * rows.loc[term, "std_error"], term
        speed = rows.loc["b"]
        assert speed["speed"] == pytest.approx(-np.log(1 + speed["estimate"]))
        assert speed["half_life"] == pytest.approx(np.log(2) / speed["speed"])
        assert abs(speed["speed"] + np.log(0.9)) < 3 * speed["speed_std_error"]
        assert set(table["model"]) == {"unconditional", "conditional"}

    def test_the_delta_error_is_that_of_a_small_step(self, grown):
        row = distribution.beta_convergence(grown, "y", W, span=3).iloc[0]
        step = 1e-6
        slope = (np.log(1 + row["estimate"] + step) - np.log(1 + row["estimate"])) / step / 3
        assert row["speed_std_error"] == pytest.approx(abs(slope) * row["std_error"], rel=1e-5)

    def test_least_squares_by_hand(self, grown):
        table = distribution.beta_convergence(grown, "y", W, span=10)
        row = table[(table["model"] == "unconditional") & ~table["spatial"]].iloc[0]
        logs = np.log(grown.frame["y"].to_numpy().reshape(31, -1))[[0, 10, 20, 30]]
        x, y = logs[:-1], np.diff(logs, axis=0)
        x, y = (v - v.mean(axis=1, keepdims=True) for v in (x, y))
        assert row["estimate"] == pytest.approx((x * y).sum() / (x * x).sum())
        assert row["nobs"] == x.size

    def test_one_span_is_a_cross_section(self, grown):
        table = distribution.beta_convergence(grown, "y", W, span=30)
        assert set(table["model"]) == {"unconditional"}
        row = table[~table["spatial"]].iloc[0]
        logs = np.log(grown.frame["y"].to_numpy().reshape(31, -1))
        slope = np.polyfit(logs[0], logs[-1] - logs[0], 1)[0]
        assert row["estimate"] == pytest.approx(slope)

    def test_the_tidy_table_holds_what_the_models_say(self, grown):
        table = distribution.convergence(grown, "y", W)
        beta = distribution.beta_convergence(grown, "y", W)
        for row in beta.itertuples():
            same = (table["model"] == row.model) & (table["spatial"] == row.spatial)
            mine = table[same & (table["kind"] == "beta")].set_index("effect")
            assert mine.loc[row.term, "estimate"] == row.estimate
            assert mine.loc[row.term, "conf_high"] == row.conf_high
            if row.term == "b":
                assert mine.loc["speed", "p_value"] == row.speed_p_value
        spatial_rows = table[(table["model"] == "unconditional") & table["spatial"]]
        found = spatial_rows.set_index("effect")["estimate"]
        total = (found["b"] + found["theta"]) / (1 - found["rho"])
        assert found["total"] == pytest.approx(total)
        assert found["direct"] + found["indirect"] == pytest.approx(total)

    def test_without_weights_there_are_no_spatial_models(self, grown):
        alone, both = (distribution.convergence(grown, "y", w) for w in (None, W))
        assert not alone["spatial"].any()
        same = both[~both["spatial"]].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, same)

    def test_the_change_of_spread_is_the_test_of_pitman_and_morgan(self, grown):
        from scipy.stats import pearsonr, t

        row = distribution.convergence(grown, "y", level=0.9).iloc[0]
        logs = np.log(grown.frame["y"].to_numpy().reshape(31, -1))[[0, -1]]
        assert row["estimate"] == pytest.approx(np.log(logs[1].std() / logs[0].std()))
        sums, gaps = logs.sum(axis=0), logs[1] - logs[0]
        assert row["p_value"] == pytest.approx(pearsonr(sums, gaps).pvalue, rel=1e-9)
        n = logs.shape[1]
        for end in ("conf_low", "conf_high"):  # at its ends the test is just not significant
            ratio = np.exp(row[end])
            scaled = logs * [[ratio], [1.0]]
            r = pearsonr(scaled.sum(axis=0), scaled[1] - scaled[0]).statistic
            value = abs(r) * np.sqrt((n - 2) / (1 - r**2))
            assert value == pytest.approx(t.ppf(0.95, n - 2), rel=1e-9)

    def test_values_without_logarithms_are_taken_as_they_are(self):
        wide = np.random.default_rng(0).normal(size=(3, 25))
        with pytest.raises(spatial.InputError, match="positive value"):
            distribution.convergence(panel_of(wide), "y")
        shifted = panel_of(np.exp(wide))
        assert distribution.convergence(shifted, "y")["model"].iloc[0] == "logs"

    def test_a_common_factor_is_no_change_of_spread(self):
        values = np.exp(np.random.default_rng(0).normal(size=25))
        row = change_of_spread(panel_of([values, 2 * values]), "y", 0.95)
        assert row["estimate"] == pytest.approx(0, abs=1e-12)

    def test_controls_enter_the_conditional_models(self, grown):
        rng = np.random.default_rng(0)
        frame = grown.frame.assign(人口=rng.normal(size=len(grown.frame)))
        panel = spatial.Panel(frame, "city", "year")
        table = distribution.beta_convergence(panel, "y", W, controls="人口")
        plain = distribution.beta_convergence(grown, "y", W)
        same = table["model"] == "unconditional"
        np.testing.assert_allclose(table.loc[same, "estimate"], plain.loc[same, "estimate"])
        assert not np.allclose(table.loc[~same, "estimate"], plain.loc[~same, "estimate"])


class TestTransitions:
    def test_by_counting(self, walk):
        wide = walk.frame["y"].to_numpy().reshape(PERIODS, -1)
        bounds = np.quantile(wide, [1 / 3, 2 / 3])
        classes = np.searchsorted(bounds, wide, side="left")
        table = distribution.transitions(walk, "y", k=3)
        for row in table.itertuples():
            start, end = int(row[2]) - 1, int(row[3]) - 1
            assert row.count == ((classes[:-1] == start) & (classes[1:] == end)).sum()
            assert row.nobs == (classes[:-1] == start).sum()
        sums = table.groupby("from")["estimate"].sum()
        np.testing.assert_allclose(sums, 1.0)

    def test_given_the_neighbours(self, walk):
        wide = walk.frame["y"].to_numpy().reshape(PERIODS, -1)
        bounds = np.quantile(wide, [0.25, 0.5, 0.75])
        classes = np.searchsorted(bounds, wide, side="left")
        lag = np.searchsorted(bounds, wide @ row_standardised(MATRIX).T, side="left")
        table = distribution.transitions(walk, "y", given="neighbours", w=W)
        assert len(table) == 64
        for row in table.itertuples():
            s, i, j = (int(v) - 1 for v in row[2:5])
            met = (lag[:-1] == s) & (classes[:-1] == i) & (classes[1:] == j)
            assert row.count == met.sum()
        alone = distribution.transitions(walk, "y")
        both = table.groupby(["from", "to"])["count"].sum()
        np.testing.assert_array_equal(both, alone["count"])

    def test_given_the_time(self, walk):
        table = distribution.transitions(walk, "y", k=2, given="time", step=3)
        assert table["given"].nunique() == PERIODS - 3
        assert table.groupby("given")["count"].sum().eq(SIDE**2).all()

    def test_classes_of_each_time_are_equally_large(self, walk):
        table = distribution.transitions(walk, "y", k=5, scope="time")
        assert table.groupby("from")["count"].sum().eq(5 * (PERIODS - 1)).all()

    def test_isolates_are_left_out_and_named(self, walk):
        cut = MATRIX.copy()
        cut[-1] = cut[:, -1] = 0
        table = distribution.transitions(walk, "y", given="neighbours", w=graph(cut))
        assert table.attrs["isolates"] == [UNITS[-1]]
        assert table["count"].sum() == (SIDE**2 - 1) * (PERIODS - 1)

    def test_missing_values_start_and_end_nothing(self, walk):
        frame = walk.frame
        frame.loc[SIDE**2 + 3, "y"] = np.nan
        table = distribution.transitions(spatial.Panel(frame, "city", "year"), "y")
        assert table["count"].sum() == SIDE**2 * (PERIODS - 1) - 2

    def test_classes_of_lisa(self, walk):
        found = spatial.lisa_by_time(walk, "y", W)["cluster"]
        table = distribution.class_transitions(found)
        assert set(table["from"]) <= {"HH", "LH", "LL", "HL", "not significant"}
        wide = found.astype(str).unstack().to_numpy()
        for row in table.itertuples():
            met = (wide[:-1] == row[2]) & (wide[1:] == row[3])
            assert row.count == met.sum()

    def test_the_long_run_is_where_the_chain_stays(self, walk):
        table = distribution.transitions(walk, "y", k=3)
        share = distribution.long_run(table)["long_run"].to_numpy()
        p = table["estimate"].to_numpy().reshape(3, 3)
        np.testing.assert_allclose(share @ p, share, atol=1e-12)
        np.testing.assert_allclose(np.linalg.matrix_power(p, 4000)[0], share, atol=1e-6)
        given = distribution.transitions(walk, "y", k=2, given="neighbours", w=W)
        assert distribution.long_run(given)["given"].tolist() == ["1", "1", "2", "2"]

    def test_a_chain_in_parts_has_no_long_run(self):
        parts = panel_of(np.repeat([[1.0] * 10 + [2.0] * 15], 4, axis=0) + 0.0)
        frame = parts.frame.assign(y=lambda t: t["y"] + t.index % 25 / 1000)
        table = distribution.transitions(spatial.Panel(frame, "city", "year"), "y", k=2)
        assert distribution.long_run(table)["long_run"].isna().all()

    def test_intervals_are_those_of_wilson(self, walk):
        from scipy.stats import binomtest

        table = distribution.transitions(walk, "y", k=3, level=0.9)
        for row in table.itertuples():
            found = binomtest(row.count, row.nobs).proportion_ci(0.9, method="wilson")
            assert (row.conf_low, row.conf_high) == pytest.approx((found.low, found.high))
            share = row.count / row.nobs
            assert row.std_error == pytest.approx(np.sqrt(share * (1 - share) / row.nobs))

    def test_local_classes_in_one_call(self, walk):
        by_hand = distribution.class_transitions(spatial.lisa_by_time(walk, "y", W)["cluster"])
        table = spatial.transitions(walk, "y", classes="lisa", w=W)
        assert set(table["term"]) == {"y"}
        pd.testing.assert_frame_equal(
            table.drop(columns="term"), by_hand.drop(columns="term"), check_like=True
        )
        cut = MATRIX.copy()
        cut[-1] = cut[:, -1] = 0
        alone = spatial.transitions(walk, "y", classes="lisa", w=graph(cut))
        assert alone.attrs["isolates"] == [UNITS[-1]]
        assert alone["isolates"].eq(1).all()
        assert alone["count"].sum() == (SIDE**2 - 1) * (PERIODS - 1)


class TestHomogeneity:
    def test_it_is_the_test_of_a_table_of_two_conditions(self):
        from scipy.stats import chi2_contingency

        rng = np.random.default_rng(5)
        counts = rng.integers(1, 40, size=(3, 2, 4))
        index = pd.MultiIndex.from_product([list("abc"), list("xy"), list("1234")])
        table = pd.Series(counts.ravel(), index=index, name="count").rename_axis(
            ["given", "from", "to"]
        )
        found = distribution.homogeneity(table.reset_index()).set_index("test")
        pieces = [counts[:, row] for row in range(2)]
        q = [chi2_contingency(part, correction=False) for part in pieces]
        lr = [chi2_contingency(part, correction=False, lambda_="log-likelihood") for part in pieces]
        assert found.loc["q", "statistic"] == pytest.approx(sum(one.statistic for one in q))
        assert found.loc["lr", "statistic"] == pytest.approx(sum(one.statistic for one in lr))
        assert found["df"].tolist() == [sum(one.dof for one in q)] * 2

    def test_what_was_never_met_does_not_count(self):
        rows = [("a", "1", "1", 5), ("a", "1", "2", 0), ("b", "1", "1", 7), ("b", "1", "2", 0)]
        rows += [("a", "2", "1", 0), ("a", "2", "2", 0), ("b", "2", "1", 3), ("b", "2", "2", 4)]
        table = pd.DataFrame(rows, columns=["given", "from", "to", "count"])
        found = distribution.homogeneity(table)
        assert found["df"].eq(0).all()
        assert found["p_value"].isna().all()

    @pytest.mark.slow
    def test_it_holds_its_level(self):
        rng, rejected, draws = np.random.default_rng(1), 0, 300
        p = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]]).cumsum(axis=1)
        for _ in range(draws):
            state = rng.integers(3, size=25)
            rows = [state]
            for _ in range(40):
                state = (rng.uniform(size=25)[:, None] > p[state]).sum(axis=1).clip(max=2)
                rows.append(state)
            panel = panel_of(np.array(rows) + rng.uniform(size=(41, 25)))
            table = distribution.transitions(panel, "y", k=3, given="neighbours", w=W)
            rejected += distribution.homogeneity(table)["p_value"].iloc[1] <= 0.05
        assert abs(rejected / draws - 0.05) < 3 * np.sqrt(0.05 * 0.95 / draws)


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda p: distribution.densities(p, "v"), "no column v"),
            (lambda p: distribution.densities(p, "y", times=[99]), "no 99"),
            (lambda p: distribution.densities(p, "y", points=3), "points=3"),
            (lambda p: distribution.densities(p, "y", bandwidth=-1), "bandwidth=-1"),
            (lambda p: distribution.densities(p.frame, "y"), "give spatial.Panel"),
            (lambda p: distribution.transitions(p, "y", k=1), "k=1"),
            (lambda p: distribution.transitions(p, "y", scope="all"), "scope='all'"),
            (lambda p: distribution.transitions(p, "y", given="w"), "given='w'"),
            (lambda p: distribution.transitions(p, "y", given="neighbours"), "needs weights"),
            (lambda p: distribution.transitions(p, "y", step=99), "step=99"),
            (lambda p: distribution.transitions(p, "y", classes="k"), "classes='k'"),
            (lambda p: distribution.transitions(p, "y", classes="lisa"), "needs weights"),
            (
                lambda p: distribution.transitions(p, "y", classes="lisa", w=W, given="time"),
                "hold the neighbours",
            ),
            (lambda p: distribution.convergence(p.subset(years=[0]), "y"), "first with the last"),
            (lambda p: distribution.homogeneity(distribution.transitions(p, "y")), "no condition"),
            (lambda p: distribution.beta_convergence(p, "y", W, span=99), "span=99"),
            (lambda p: distribution.class_transitions(p.frame["y"]), "indexed"),
        ],
    )
    def test_one_sentence(self, walk, call, words):
        with pytest.raises(spatial.InputError, match=words):
            call(walk)

    def test_negative_values(self):
        panel = panel_of(np.random.default_rng(0).normal(size=(3, 25)))
        for measure in (distribution.dagum_by_time, distribution.theil_by_time):
            with pytest.raises(spatial.InputError, match="y in 0: .*values of at least zero"):
                measure(panel, "y")
        with pytest.raises(spatial.InputError, match="positive value of every unit"):
            distribution.beta_convergence(panel, "y", W)

    def test_ties_and_gaps(self, walk):
        tied = panel_of(np.ones((3, 25)))
        with pytest.raises(spatial.InputError, match="coincide"):
            distribution.transitions(tied, "y")
        with pytest.raises(spatial.InputError, match="does not vary in 0"):
            distribution.densities(tied, "y")
        uneven = walk.subset(years=[0, 1, 5])
        with pytest.raises(spatial.InputError, match="not equally far apart"):
            distribution.transitions(uneven, "y")

    def test_units_without_a_group(self):
        values, groups = incomes()
        with pytest.raises(spatial.InputError, match="lacks u029"):
            distribution.dagum_gini(values, by=groups.iloc[:-1])
        with pytest.raises(spatial.InputError, match="u000 have no group"):
            distribution.theil(values, by=groups.mask(groups.index == "u000"))
        with pytest.raises(spatial.InputError, match="Series indexed by unit"):
            distribution.theil(values.to_numpy())
