import numpy as np
import pandas as pd
import pytest

import shapes


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "城市": ["北京", "襄樊市", "恩施州", "北京", "襄樊市", "恩施州"],
            "年份": [2010] * 3 + [2011] * 3,
            "gdp": range(6),
        },
        index=list("abcdef"),
    )


def refusal(*arguments, **options):
    with pytest.raises(shapes.InputError) as caught:
        shapes.join(*arguments, **options)
    return str(caught.value)


def test_rows_get_the_labels_of_the_boundaries(table, china):
    before = table.copy(deep=True)
    joined, ledger = shapes.join(table, china, on="城市")
    assert joined["key"].tolist() == ["北京市", "襄阳市", "恩施土家族苗族自治州"] * 2
    assert set(joined["key"]) <= set(china.index) and joined["key"].dtype == china.index.dtype
    assert list(joined.index) == list("abcdef")
    pd.testing.assert_frame_equal(joined.drop(columns="key"), table)
    pd.testing.assert_frame_equal(table, before)
    assert list(ledger.columns) == ["given", "key", "how"]
    assert ledger.to_numpy().tolist() == [
        ["北京", "北京市", "suffix"],
        ["襄樊市", "襄阳市", "alias"],
        ["恩施州", "恩施土家族苗族自治州", "suffix"],
    ]


def test_the_order_of_rows_does_not_matter(table, china):
    one, _ = shapes.join(table, china, on="城市")
    two, _ = shapes.join(table.iloc[::-1], china.iloc[::-1], on="城市")
    pd.testing.assert_frame_equal(one, two.iloc[::-1])


def test_unmatched_names_stop_with_suggestions(table, china):
    table["城市"] = ["北就市", "莱芜市", "巢湖市", "Suzhou", "北京", "湖北省"]
    message = refusal(table, china, on="城市")
    assert "column '城市' has 5 names that match no unit" in message
    assert "北就市 (北京市?)" in message and "莱芜市 (merged into 济南市 in 2019)" in message
    assert "Suzhou (宿州市 or 苏州市?)" in message and "湖北省" in message
    assert "drop='report'" in message and "\n" not in message


def test_unmatched_names_are_left_out_and_reported(table, china):
    table["城市"] = ["北京", "莱芜市", "巢湖市", "北京", "莱芜市", None]
    joined, ledger = shapes.join(table, china, on="城市", drop="report")
    assert joined.index.tolist() == ["a", "d"]
    assert ledger["given"].tolist() == ["北京", "莱芜市", "巢湖市", ""]
    assert ledger["how"].tolist() == ["suffix", "none", "none", "none"]
    assert ledger["key"].isna().tolist() == [False, True, True, True]


def test_nothing_matches(table, china):
    joined, ledger = shapes.join(table.assign(城市="x"), china, on="城市", drop="report")
    assert len(joined) == 0 and "key" in joined and ledger["how"].tolist() == ["none"]


def test_empty_cells_are_named(table, china):
    table["城市"] = ["北京", None, np.nan, " ", "北京", "北京"]
    message = refusal(table, china, on="城市")
    assert "3 empty cells (first in row b)" in message


def test_codes_join(china):
    table = pd.DataFrame({"adcode": [110000.0, 156120000, 4201, 420100000000]})
    with pytest.raises(shapes.InputError, match="different names lead to one unit"):
        shapes.join(table, china, on="adcode")
    joined, _ = shapes.join(table.iloc[:3], china, on="adcode")
    assert joined["key"].tolist() == ["北京市", "天津市", "武汉市"]


@pytest.mark.parametrize("form", ["dict", "frame", "utf-8", "utf-8-sig", "gbk"])
def test_aliases(china, tmp_path, form):
    table = pd.DataFrame({"city": ["魔都", "帝都", "莱芜市", "上海市"]})
    pairs = {"魔都": "上海", "帝都": 110000, "莱芜市": "济南市", "unused": "Wuhan"}
    pairs["魔都"] = "上海市"
    aliases = pairs
    if form != "dict":
        aliases = pd.DataFrame({"given": pairs.keys(), "key": pairs.values()})
        aliases.loc[len(aliases)] = ["not filled in", None]
    if form not in ("dict", "frame"):
        path = tmp_path / "别名.csv"
        aliases.to_csv(path, index=False, encoding=form)
        aliases = path
    joined, ledger = shapes.join(table, china, on="city", aliases=aliases)
    assert joined["key"].tolist() == ["上海市", "北京市", "济南市", "上海市"]
    assert ledger["how"].tolist() == ["alias", "alias", "alias", "exact"]


def test_aliases_come_first(china):
    table = pd.DataFrame({"city": ["吉林市", "海南"]})
    aliases = {"吉林市": "长春市", "海南": "海南藏族自治州"}
    joined, _ = shapes.join(table, china, on="city", aliases=aliases)
    assert joined["key"].tolist() == ["长春市", "海南藏族自治州"]


def test_bad_aliases(table, china, tmp_path):
    def message(aliases):
        return refusal(table, china, on="城市", aliases=aliases)

    assert "a → nowhere" in message({"a": "nowhere"})
    assert "a → Suzhou" in message({"a": "Suzhou"})
    assert "lack the column key" in message(pd.DataFrame({"given": ["a"], "Key": ["b"]}))
    assert "does not exist" in message(tmp_path / "none.csv")
    twice = pd.DataFrame({"given": ["a", "a"], "key": ["北京市", "上海市"]})
    assert "more than one key" in message(twice)
    broken = tmp_path / "a.csv"
    broken.write_bytes(b"\xff\xff\xff\x80")
    assert "neither UTF-8 nor GBK" in message(broken)
    broken.write_bytes(b"")
    assert "cannot be read as CSV" in message(broken)


def test_two_names_of_one_unit(china):
    table = pd.DataFrame({"city": ["恩施州", "恩施土家族苗族自治州", "襄樊市", "襄阳市"]})
    message = refusal(table, china, on="city")
    assert "恩施州 and 恩施土家族苗族自治州 → 恩施土家族苗族自治州" in message
    assert "襄樊市" not in message  # the packaged table knows that it was renamed
    joined, _ = shapes.join(table, china, on="city", aliases={"恩施州": "恩施土家族苗族自治州"})
    assert joined["key"].nunique() == 2


def test_blanks_within_a_name_make_no_second_name(china):
    table = pd.DataFrame({"city": ["北 京", "北京", "北　京"]})
    joined, ledger = shapes.join(table, china, on="city")
    assert joined["key"].tolist() == ["北京市"] * 3
    assert ledger["how"].tolist() == ["suffix"] * 3


def test_bad_requests(table, china):
    assert "no column 'city'" in refusal(table, china, on="city")
    assert "unknown" in refusal(table, china, on="城市", drop="all")
    assert "already has a column 'key'" in refusal(table.assign(key=1), china, on="城市")


def test_join_on_a_column_called_key(china):
    joined, _ = shapes.join(pd.DataFrame({"key": ["北京", "上海"]}), china, on="key")
    assert joined["key"].tolist() == ["北京市", "上海市"] and list(joined.columns) == ["key"]


def test_what_is_no_table(table):
    cities = shapes.china_cities()
    assert "list" in refusal([1], cities, on="城市")
    assert "mapping" in refusal(table, cities, on="城市", aliases=[("襄樊市", "襄阳市")])


def test_full_width_codes_and_invisible_marks():
    found = shapes.match_names(["１１００００", "北京\u200b"], shapes.china_cities())
    assert found["key"].tolist() == ["北京市", "北京市"]
    assert shapes.match_names("北京", shapes.china_cities())["key"].tolist() == ["北京市"]


def test_boundaries_without_names_ask_for_them(table):
    cities = shapes.china_cities().set_index("adcode")[["geometry"]]
    assert "name= to read_boundaries" in refusal(table, cities, on="城市")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "big5"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_aliases_as_spreadsheets_save_them(china, tmp_path, encoding, separator):
    lines = [["given", "key", "suggestion"], ["'=第一市", "北京市", ""], ["第二市", "天津市", "?"],
             ["", "上海市", "only in the boundaries"], ["第三市", "", ""]]  # fmt: skip
    path = tmp_path / "别名.csv"
    text = "\r\n".join(separator.join(line) for line in lines)
    path.write_bytes(text.encode(encoding))
    table = pd.DataFrame({"city": ["=第一市", "第二市", "第三市"]})
    joined, ledger = shapes.join(table, china, on="city", aliases=path, drop="report")
    assert joined["key"].tolist() == ["北京市", "天津市"]
    assert ledger["how"].tolist() == ["alias", "alias", "none"]


def test_aliases_that_are_no_table(table, china, tmp_path):
    def message(raw):
        path = tmp_path / "a.csv"
        path.write_bytes(raw)
        return refusal(table, china, on="城市", aliases=path)

    assert "is a workbook; save it as CSV" in message(b"PK\x03\x04")
    assert "neither UTF-8 nor GBK" in message("given,key\nKöln,Ärger".encode("latin-1"))
    assert "is empty" in message(b"")
    assert "they have a, b" in message(b"a,b\n1,2")
    assert "cannot be read" in refusal(table, china, on="城市", aliases=tmp_path)


def test_similar_names_are_looked_for_only_where_they_are_shown(monkeypatch):
    from shapes.match import Gazetteer

    asked = []
    suggest = Gazetteer._suggest

    def counted(self, given, name):
        asked.append(given)
        return suggest(self, given, name)

    monkeypatch.setattr(Gazetteer, "_suggest", counted)
    table = pd.DataFrame({"city": [f"Nowhere {i}" for i in range(50)] * 2})
    _, ledger = shapes.join(table, shapes.china_cities(), on="city", drop="report")
    assert asked == []
    assert ledger["how"].tolist() == ["none"] * 50
    with pytest.raises(shapes.InputError, match="50 names that match no unit.*Nowhere 0"):
        shapes.join(table, shapes.china_cities(), on="city")
    assert len(asked) == 20
