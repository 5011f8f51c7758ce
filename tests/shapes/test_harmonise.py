"""Tables and boundaries over changes of boundaries."""

import numpy as np
import pandas as pd
import pytest
import shapely

import shapes

RULES = {"gdp": "sum", "people": "sum", "income": ("mean", "people")}
ANHUI = ["合肥市", "芜湖市", "马鞍山市"]


def panel(years=range(2003, 2023), others=("武汉市",), seed=0):
    """A panel from 2003: 巢湖 until 2010, 莱芜 until 2018, 襄樊 renamed in 2010."""
    rows = []
    for year in years:
        rows += [(city, year) for city in (*ANHUI, "济南市", *others)]
        rows += [("巢湖市", year)] if year < 2011 else []
        rows += [("莱芜市", year)] if year < 2019 else []
        rows.append(("襄樊市" if year < 2010 else "襄阳市", year))
    table = pd.DataFrame(rows, columns=["city", "year"])
    rng = np.random.default_rng(seed)
    table["gdp"] = rng.uniform(1, 9, len(table))
    table["people"] = rng.integers(10, 99, len(table))
    table["income"] = rng.uniform(1, 9, len(table))
    table["province"] = ["somewhere"] * len(table)
    return table


def at(made, city, year):
    rows = made.table[(made.table["city"] == city) & (made.table["year"] == year)]
    assert len(rows) == 1
    return rows.iloc[0]


def assert_conserved(table, made):
    for year, rows in table.groupby("year"):
        now = made.table[made.table["year"] == year]
        assert now["gdp"].sum() == pytest.approx(rows["gdp"].sum())
        assert now["people"].sum() == pytest.approx(rows["people"].sum())
        total = (rows["income"] * rows["people"]).sum()
        assert (now["income"] * now["people"]).sum() == pytest.approx(total)


def test_a_divided_city_needs_a_choice():
    with pytest.raises(shapes.InputError) as caught:
        shapes.harmonise(panel(), "city", "year", RULES)
    message = str(caught.value)
    assert "巢湖市 (divided in 2011" in message and "nothing is mapped unasked" in message
    assert all(city in message for city in ANHUI) and "莱芜" not in message


def test_a_merged_city_is_added_and_a_renamed_one_goes_on():
    table = panel()
    made = shapes.harmonise(table, "city", "year", RULES, choices={"巢湖市": "keep"})
    old = table.set_index(["city", "year"])
    both = old.loc[[("济南市", 2010), ("莱芜市", 2010)]]
    row = at(made, "济南市", 2010)
    assert row["gdp"] == both["gdp"].sum() and row["people"] == both["people"].sum()
    assert row["income"] == pytest.approx(np.average(both["income"], weights=both["people"]))
    assert at(made, "济南市", 2019)["income"] == old.loc[("济南市", 2019), "income"]
    assert at(made, "襄阳市", 2005)["gdp"] == old.loc[("襄樊市", 2005), "gdp"]
    assert {"莱芜市", "襄樊市"}.isdisjoint(made.table["city"])
    assert sorted(made.table.loc[made.table["city"] == "巢湖市", "year"]) == list(range(2003, 2011))
    assert_conserved(table, made)
    assert made.groups == {"济南市": ["济南市", "莱芜市"]}
    assert made.ledger[["unit", "what", "into", "years"]].to_numpy().tolist() == [
        ["襄樊市", "renamed", "襄阳市", "2003–2009"],
        ["巢湖市", "kept", "", "2003–2010"],
        ["莱芜市", "merged", "济南市", "2003–2018"],
    ]
    assert made.table["people"].dtype == table["people"].dtype
    plain = made.table[made.table["city"] == "武汉市"]
    assert plain.equals(table[table["city"] == "武汉市"].assign(city=plain["city"]))


def test_the_whole_group_of_a_divided_city_can_be_dissolved():
    table = panel()
    made = shapes.harmonise(table, "city", "year", RULES, choices={"巢湖市": "dissolve"})
    name = "+".join(ANHUI)
    assert made.groups[name] == [*ANHUI, "巢湖市"]
    assert (made.table["city"] == name).sum() == 20
    assert set(made.table["city"]) == {name, "济南市", "襄阳市", "武汉市"}
    assert_conserved(table, made)
    assert made.table.groupby("year")["city"].nunique().unique().tolist() == [4]


def test_shares_hand_on_amounts_and_weights():
    table = panel()
    shares = dict(zip(ANHUI, (0.5, 0.3, 0.2), strict=True))
    made = shapes.harmonise(table, "city", "year", RULES, choices={"巢湖市": shares})
    old = table.set_index(["city", "year"])
    chaohu, hefei = old.loc[("巢湖市", 2006)], old.loc[("合肥市", 2006)]
    row = at(made, "合肥市", 2006)
    assert row["gdp"] == pytest.approx(hefei["gdp"] + 0.5 * chaohu["gdp"])
    weights = [hefei["people"], 0.5 * chaohu["people"]]
    mean = np.average([hefei["income"], chaohu["income"]], weights=weights)
    assert row["income"] == pytest.approx(mean)
    assert at(made, "合肥市", 2011)["gdp"] == old.loc[("合肥市", 2011), "gdp"]
    assert "巢湖市" not in set(made.table["city"])
    assert_conserved(table, made)


def test_dropping_names_all_concerned():
    made = shapes.harmonise(panel(), "city", "year", RULES, choices={"巢湖市": "drop"})
    assert not {"巢湖市", *ANHUI} & set(made.table["city"])
    dropped = made.ledger.loc[made.ledger["what"] == "dropped", "unit"]
    assert set(dropped) == {"巢湖市", *ANHUI}


def test_a_part_that_moved_needs_a_choice_too():
    table = panel(others=("六安市", "淮南市"))
    choices = {"巢湖市": "keep"}
    with pytest.raises(shapes.InputError, match="六安市 \\(寿县 to 淮南市 in 2015\\)"):
        shapes.harmonise(table, "city", "year", RULES, choices=choices)
    kept = shapes.harmonise(table, "city", "year", RULES, choices="keep")
    assert set(kept.table["city"]) == {*ANHUI, "济南市", "襄阳市", "巢湖市", "六安市", "淮南市"}
    shared = shapes.harmonise(
        table, "city", "year", RULES, choices=choices | {"六安市": {"淮南市": 0.2}}
    )
    old = table.set_index(["city", "year"])["gdp"]
    assert at(shared, "六安市", 2014)["gdp"] == pytest.approx(0.8 * old["六安市", 2014])
    assert at(shared, "六安市", 2015)["gdp"] == old["六安市", 2015]
    assert_conserved(table, shared)
    joined = shapes.harmonise(
        table, "city", "year", RULES, choices=choices | {"六安市": "dissolve"}
    )
    assert "淮南市+六安市" in set(joined.table["city"])
    assert_conserved(table, joined)


def test_years_that_no_change_falls_into_need_nothing():
    table = panel(years=range(2012, 2019))
    made = shapes.harmonise(table, "city", "year")
    assert made.table.equals(table.assign(city=made.table["city"])) and len(made.ledger) == 0
    later = shapes.harmonise(table, "city", "year", RULES, to=2020)
    assert "莱芜市" not in set(later.table["city"])
    assert_conserved(table, later)
    with pytest.raises(shapes.InputError, match="莱芜市, 四平市\\); give 2022"):
        shapes.harmonise(panel(), "city", "year", RULES, to=2018)


def test_short_names_and_codes():
    table = panel(years=[2009, 2010, 2019])
    short = table.assign(city=table["city"].str.removesuffix("市"))
    made = shapes.harmonise(short, "city", "year", RULES, choices={"巢湖市": "keep"})
    assert set(made.table["city"]) == {
        "合肥", "芜湖", "马鞍山", "济南", "襄阳", "武汉", "巢湖",
    }  # fmt: skip
    codes = pd.DataFrame(
        {"code": [370100, 371200, 370100], "year": [2018, 2018, 2019], "gdp": [7.0, 1.0, 9.0]}
    )
    made = shapes.harmonise(codes, "code", "year", {"gdp": "sum"})
    assert made.table["code"].tolist() == [370100, 370100]
    assert made.table["gdp"].tolist() == [8.0, 9.0]


def test_a_missing_value_makes_the_sum_missing():
    table = panel()
    table.loc[(table["city"] == "莱芜市") & (table["year"] == 2005), ["gdp", "people"]] = np.nan
    made = shapes.harmonise(table, "city", "year", RULES, choices="keep")
    row = at(made, "济南市", 2005)
    assert np.isnan(row["gdp"]) and np.isnan(row["income"])
    assert at(made, "济南市", 2006)["gdp"] > 0


def test_first_and_none_as_rules():
    table = panel().assign(founded=range(len(panel())))
    rules = RULES | {"founded": "first", "income": None}
    made = shapes.harmonise(table, "city", "year", rules, choices="keep")
    row = at(made, "济南市", 2005)
    assert np.isnan(row["income"])
    own = table[(table["city"] == "济南市") & (table["year"] == 2005)].iloc[0]
    assert row["founded"] == own["founded"]


def test_rows_may_come_in_any_order_and_nothing_is_changed():
    table = panel()
    before = table.copy()
    made = shapes.harmonise(table, "city", "year", RULES, choices={"巢湖市": "dissolve"})
    mixed = table.sample(frac=1, random_state=3)
    other = shapes.harmonise(mixed, "city", "year", RULES, choices={"巢湖市": "dissolve"})
    keys = ["city", "year"]
    left, right = (m.table.sort_values(keys).reset_index(drop=True) for m in (made, other))
    pd.testing.assert_frame_equal(left, right)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("rules", "match"),
    [
        (None, "gdp, people, income differ"),
        ({"gdp": "sum", "people": "sum"}, "income differ"),
        (RULES | {"income": "mean"}, "mean of 'income' needs weights"),
        (RULES | {"income": ("mean", "men")}, "'men' of the mean of 'income' are no column"),
        (RULES | {"gpd": "sum"}, "'gpd', which the table lacks; it has gdp"),
        (RULES | {"gdp": "max"}, "rule 'max' of 'gdp' is unknown"),
        (RULES | {"province": "sum"}, "'province' holds no numbers"),
    ],
)
def test_rates_are_never_added_or_averaged_unasked(rules, match):
    with pytest.raises(shapes.InputError, match=match):
        shapes.harmonise(panel(), "city", "year", rules, choices="keep")


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"巢湖市": "split"}, "'split' for 巢湖市 is unknown"),
        ({"巢湖市": {"合肥市": 0.5}}, "sum to 0.5; they go to 合肥市, 芜湖市, 马鞍山市"),
        ({"巢湖市": {"武汉市": 1.0}}, "go to 武汉市"),
        ({"巢湖": "keep", "南京市": "drop"}, "南京市, which gave no ground"),
    ],
)
def test_choices_that_make_no_sense(choices, match):
    with pytest.raises(shapes.InputError, match=match):
        shapes.harmonise(panel(), "city", "year", RULES, choices=choices)


def test_a_share_may_be_any_number():
    table = panel(years=range(2009, 2013))
    for one in (1, 1.0, np.int64(1), np.float32(1)):
        made = shapes.harmonise(table, "city", "year", RULES, choices={"巢湖市": {"合肥市": one}})
        assert_conserved(table, made)


def test_partners_need_the_same_years():
    table = panel()
    table = table[~((table["city"] == "莱芜市") & (table["year"].between(2005, 2006)))]
    with pytest.raises(shapes.InputError, match="莱芜市 \\(2005–2006\\)"):
        shapes.harmonise(table, "city", "year", RULES, choices="keep")
    one = panel().query("not (city == '莱芜市' and year == 2010)")
    with pytest.raises(shapes.InputError, match="lacks 莱芜市 \\(2010\\);"):
        shapes.harmonise(one, "city", "year", RULES, choices="keep")
    without = table[table["city"] != "莱芜市"]
    with pytest.raises(shapes.InputError, match="莱芜市 \\(2003–2018\\)"):
        shapes.harmonise(without, "city", "year", RULES, choices="keep")
    kept = {"巢湖市": "keep", "莱芜市": "keep"}
    made = shapes.harmonise(without, "city", "year", RULES, choices=kept)
    assert made.groups == {} and "莱芜市" in set(made.ledger["unit"])


def test_tables_that_cannot_be_harmonised():
    table = panel()
    for bad, match in (
        (table.assign(year="spring"), "spring, which are no years"),
        (table.assign(city=None), "have no city"),
        (pd.concat([table, table.iloc[:1]]), "合肥市 2003"),
        (table.iloc[:0], "has no rows"),
        (table.drop(columns="year"), "no column 'year'"),
    ):
        with pytest.raises(shapes.InputError, match=match):
            shapes.harmonise(bad, "city", "year", RULES, choices="keep")


def test_a_table_of_changes_of_ones_own():
    own = pd.DataFrame(
        {"year": [2015], "kind": ["merged"], "before": ["Little"], "after": ["Great"]}
    )
    table = pd.DataFrame(
        {"unit": ["Little", "Great", "Great"], "t": [2014, 2014, 2015], "y": [1.0, 2.0, 4.0]}
    )
    made = shapes.harmonise(table, "unit", "t", {"y": "sum"}, changes=own)
    assert made.table["y"].tolist() == [3.0, 4.0]
    for bad, match in (
        (own.drop(columns="kind"), "lacks the column kind"),
        (own.assign(kind="ate"), "the kind ate"),
        (own.assign(before=""), "rows 1 of the table of changes"),
        ("changes.csv", "give a DataFrame"),
    ):
        with pytest.raises(shapes.InputError, match=match):
            shapes.harmonise(table, "unit", "t", {"y": "sum"}, changes=bad)


# ---- the packaged table


def test_the_packaged_changes_fit_the_packaged_layer(china):
    events = shapes.changes()
    assert set(events["kind"]) == {"renamed", "merged", "split", "moved", "founded"}
    assert events["year"].between(2003, 2020).all()
    codes = dict(zip(china["adcode"], china.index, strict=True))
    gone = set(events.loc[events["kind"].isin(["merged", "split"]), "before"])
    former = set(events.loc[events["kind"] == "renamed", "before"])
    for row in events.itertuples():
        for name, code in ((row.before, row.before_code), (row.after, row.after_code)):
            if name not in gone | former:
                assert codes[code] == name
    assert not (gone | former) & set(china.index)


# ---- boundaries


LAYER_RULES = {
    "area_km2": "sum",
    "lon": ("mean", "area_km2"),
    "lat": ("mean", "area_km2"),
    "capital": "first",
}


def test_boundaries_follow_the_table(china):
    made = shapes.harmonise(panel(), "city", "year", RULES, choices={"巢湖市": "dissolve"}, to=2022)
    layer = shapes.dissolve(china, made.groups, LAYER_RULES)
    name = "+".join(ANHUI)
    assert len(layer) == 368 and layer.loc[name, "city_en"] == "Hefei+Wuhu+Ma'anshan"
    assert layer.loc[name, "area_km2"] == pytest.approx(china.loc[ANHUI, "area_km2"].sum())
    assert list(layer.index).index(name) == list(china.index).index("合肥市")
    assert layer.loc["济南市"].equals(china.loc["济南市"])
    assert len(shapes.check_boundaries(layer)) == 0
    area = shapely.area(layer.geometry.to_numpy()).sum()
    assert area == pytest.approx(shapely.area(china.geometry.to_numpy()).sum(), rel=1e-12)
    touching = set(layer.index[layer.touches(layer.geometry[name])])
    apart = set().union(*(china.index[china.touches(china.geometry[c])] for c in ANHUI))
    assert touching == apart - set(ANHUI)
    row = shapes.repairs(layer).iloc[0]
    assert row["problem"] == "dissolved" and row["detail"] == f"one unit of {', '.join(ANHUI)}"
    assert row["after"] > row["before"] > 1e9
    joined, _ = shapes.join(made.table, layer, on="city")
    assert set(joined["key"]) == {name, "济南市", "襄阳市", "武汉市"}


@pytest.mark.parametrize(
    "written",
    [
        str,
        int,
        float,
        lambda code: f"156{code}",
        lambda code: code[:4],
        lambda code: f"{code}000000",
    ],
)
def test_codes_of_units_that_became_one_meet_the_boundaries(china, written):
    events = shapes.changes()
    codes = {
        name: code
        for side in ("before", "after")
        for name, code in events[[side, f"{side}_code"]].itertuples(index=False)
    }
    table = panel(others=())
    table["city"] = [written(codes[name]) for name in table["city"]]
    made = shapes.harmonise(table, "city", "year", RULES, choices="dissolve")
    layer = shapes.dissolve(china, made.groups, LAYER_RULES)
    joined, _ = shapes.join(made.table, layer, on="city")
    assert set(joined["key"]) == {"+".join(ANHUI), "济南市", "襄阳市"}
    for name in ("合肥+芜湖+马鞍山", "合肥市+芜湖+马鞍山市"):
        assert shapes.match_names([name], layer)["how"].tolist() == ["suffix"]
    for name in ("合肥+芜湖", "芜湖+合肥+马鞍山", "合肥县+芜湖+马鞍山"):
        assert shapes.match_names([name], layer)["how"].tolist() == ["none"]
    # A member alone is not the unit that it became a part of.
    with pytest.raises(shapes.InputError, match="340100"):
        shapes.join(pd.DataFrame({"city": ["340100"]}), layer, on="city")


def test_a_column_of_numbered_codes_becomes_text(china):
    layer = china[["city", "adcode", "geometry"]].astype({"adcode": int})
    made = shapes.dissolve(layer, {"a": ["合肥市", "芜湖市"]})
    assert made.loc["合肥市+芜湖市", "adcode"] == "340100+340200"
    assert made.loc["北京市", "adcode"] == "110000"
    assert shapes.match_names([110000, "340100"], made)["how"].tolist() == ["exact", "none"]


def test_groups_that_do_not_fit_the_boundaries(china):
    layer = china[["city", "adcode", "geometry"]]
    with pytest.raises(shapes.InputError, match="合肥士 of a"):
        shapes.dissolve(layer, {"a": ["合肥士", "芜湖市"]})
    with pytest.raises(shapes.InputError, match="芜湖市 is a member twice"):
        shapes.dissolve(layer, {"a": ["合肥市", "芜湖市"], "b": ["芜湖市", "铜陵市"]})
    with pytest.raises(shapes.InputError, match="lack a"):
        shapes.dissolve(layer, {"a": ["莱芜市"]})
    with pytest.raises(shapes.InputError, match="area_km2"):
        shapes.dissolve(china[["city", "area_km2", "geometry"]], {"a": ["合肥市", "芜湖市"]})
    with pytest.raises(shapes.InputError, match="not a boundary table"):
        shapes.dissolve(layer["city"], {"a": ["合肥市", "芜湖市"]})
    by_code = layer.set_index("adcode", drop=False)
    made = shapes.dissolve(by_code, {"a": ["340100", "芜湖市"]})
    assert "340100+340200" in made.index and len(made) == 369
