import geopandas
import pandas as pd
import pytest

import shapes
from shapes.labels import canonical, normal_code
from spatial.labels import canonical as spatial_canonical


def match(names, cities):
    return shapes.match_names(names, cities).set_index("given")


@pytest.mark.parametrize(
    "label", [110000, 110000.0, "110000", "110000.0", " 北京市 ", "e\u0301", 1.5, "1.5", "01", True]
)
def test_canonical_text_is_that_of_the_weights(label):
    assert canonical(label) == spatial_canonical(label)


@pytest.mark.parametrize(
    ("code", "six"),
    [
        ("1301", "130100"),
        ("130100", "130100"),
        ("156130100", "130100"),
        ("130100000000", "130100"),
        ("110100", "110000"),
        ("120100", "120000"),
        ("310100", "310000"),
        ("500100", "500000"),
        ("110000", "110000"),
        ("1101", "110000"),
        ("156110000", "110000"),
        ("500100000000", "500000"),
        ("460100", "460100"),
        ("110101", "110101"),
        ("420106001001", None),
        ("156", None),
        ("010100", None),
        ("13010", None),
        ("唐山市", None),
        ("13a100", None),
        ("１３０１００", None),
    ],
)
def test_codes_have_one_normal_form(code, six):
    assert normal_code(code) == six


def test_columns_and_exact(china):
    table = shapes.match_names(["北京市", "武汉市"], china)
    assert list(table.columns) == ["given", "key", "how", "suggestion", "score"]
    assert table["key"].tolist() == ["北京市", "武汉市"]
    assert table["how"].tolist() == ["exact", "exact"] and table["score"].tolist() == [100, 100]
    assert table["suggestion"].isna().all()


def test_every_official_name_code_and_unique_latin_name_is_exact(china):
    for names in (china.index, china["adcode"], china["adcode"].astype(int)):
        table = shapes.match_names(names, china)
        assert (table["how"] == "exact").all()
        assert table["key"].tolist() == list(china.index)
    latin = china["city_en"][~china["city_en"].duplicated(keep=False)]
    table = shapes.match_names(latin, china)
    assert table["key"].tolist() == list(latin.index) and (table["how"] == "exact").all()


def test_each_short_name_leads_back_to_its_unit(china):
    endings = "(特别行政区|自治州|自治县|地区|林区|盟|市|县|省)$"
    short = china["city"].str.replace(endings, "", regex=True)
    plain = short[~short.isin(["吉林", "海南"])]
    table = shapes.match_names(plain, china)
    assert table["key"].tolist() == list(plain.index)


def test_endings_and_provinces_come_and_go(china):
    expected = {
        "恩施州": "恩施土家族苗族自治州",
        "恩施": "恩施土家族苗族自治州",
        "恩施自治州": "恩施土家族苗族自治州",
        "恩施土家族自治州": "恩施土家族苗族自治州",
        "黔南州": "黔南布依族苗族自治州",
        "黔东南州": "黔东南苗族侗族自治州",
        "海南州": "海南藏族自治州",
        "克孜勒苏州": "克孜勒苏柯尔克孜自治州",
        "西双版纳": "西双版纳傣族自治州",
        "昌江县": "昌江黎族自治县",
        "苏州": "苏州市",
        "达州": "达州市",
        "锡林郭勒": "锡林郭勒盟",
        "阿里": "阿里地区",
        "神农架": "神农架林区",
        "毕节地区": "毕节市",
        "呼伦贝尔盟": "呼伦贝尔市",
        "香港": "香港特别行政区",
        "台湾": "台湾省",
        "重庆": "重庆市",
        "北  京": "北京市",
        "安徽省合肥市": "合肥市",
        "湖北恩施州": "恩施土家族苗族自治州",
        "吉林省吉林市": "吉林市",
        "吉林吉林": "吉林市",
        "江苏苏州": "苏州市",
    }
    table = match(expected, china)
    assert table["key"].to_dict() == expected
    assert set(table["how"]) == {"suffix"}


def test_aliases(china):
    expected = {
        "襄樊市": "襄阳市",
        "襄樊": "襄阳市",
        "思茅": "普洱市",
        "思茅地区": "普洱市",
        "伊克昭盟": "鄂尔多斯市",
        "通什市": "五指山市",
        "博州": "博尔塔拉蒙古自治州",
        "522400": "毕节市",
        "5224": "毕节市",
        "156469003": "儋州市",
    }
    table = match(expected, china)
    assert table["key"].to_dict() == expected
    assert set(table["how"]) == {"alias"}


def test_what_never_matches(china):
    names = [
        "恩施市",  # a county-level city inside the prefecture
        "大理市",
        "吉林省",
        "吉林",
        "海南",
        "海南省",
        "湖北省",
        "广西壮族自治区",
        "黔东州",
        "海",
        "州",
        "",
        "市辖区",
        "柳州地区",
        "南宁地区",
        "2011",
        "110101",
        "420106001001",
        "新星市",
        "Suzhou",
        "Fuzhou",
        "全国",
        "安徽省",
        "浙江省合肥市",
        "北京市市辖区",
    ]
    table = match(names, china)
    assert table.index[table["how"] != "none"].tolist() == []
    assert table["key"].isna().all() and len(table) == len(names)


def test_merged_and_split_cities_are_never_mapped(china):
    table = match(["莱芜市", "莱芜", "371200", "巢湖市", "巢湖", "341400"], china)
    assert (table["how"] == "none").all() and table["key"].isna().all()
    assert table.loc["莱芜市", "suggestion"] == "merged into 济南市 in 2019"
    assert "split in 2011 among 合肥市, 芜湖市 and 马鞍山市" in table.loc["巢湖", "suggestion"]
    assert table["score"].isna().all()


def test_similar_names_are_only_suggested(china):
    table = match(["北就市", "恩施市", "Erdos", "石家庄巿"], china)
    assert (table["how"] == "none").all()
    assert table["suggestion"].tolist() == ["北京市", "恩施土家族苗族自治州", "Ordos", "石家庄市"]
    assert table["score"].between(50, 99).all()
    assert match(["Suzhou"], china).loc["Suzhou", "suggestion"] == "宿州市 | 苏州市"


def test_latin_names_in_any_dress(china):
    exact = {
        "Xi'an": "西安市",
        "Xi’an": "西安市",
        "XIAN": "西安市",
        "xi an": "西安市",
        "Urumqi": "乌鲁木齐市",
        "ÜRÜMQI": "乌鲁木齐市",
        "Lvliang": "吕梁市",
        "Lyuliang": "吕梁市",
        "Hong Kong": "香港特别行政区",
        "Luan": "六安市",
        "ｂｅｉｊｉｎｇ": "北京市",
    }
    table = match(exact, china)
    assert table["key"].to_dict() == exact
    assert set(table["how"]) == {"exact"}


def test_romanised_endings_come_and_go(china):
    expected = {
        "xian city": "西安市",
        "Xi'an Shi": "西安市",
        "Shanghaishi": "上海市",
        "Beijing Municipality": "北京市",
        "Alxa League": "阿拉善盟",
        "Enshi Zhou": "恩施土家族苗族自治州",
        "Enshizhou": "恩施土家族苗族自治州",
        "Enshi Tujia and Miao Autonomous Prefecture": "恩施土家族苗族自治州",
        "Ili Kazakh Autonomous Prefecture": "伊犁哈萨克自治州",
        "Hainan Zangzu Zizhizhou": "海南藏族自治州",
        "Daxinganling Prefecture": "大兴安岭地区",
        "Lingshui Li Autonomous County": "陵水黎族自治县",
        "Suzhou, Jiangsu": "苏州市",
        "Suzhou (Anhui)": "宿州市",
        "Jiangsu Suzhou": "苏州市",
        "Suzhou City, Jiangsu Province": "苏州市",
        "Taizhou Zhejiang": "台州市",
        "Yulin (Guangxi)": "玉林市",
        "Yulin, Shaanxi": "榆林市",
    }
    table = match(expected, china)
    assert table["key"].to_dict() == expected
    assert set(table["how"]) == {"suffix"}
    never = ["Enshi City", "Kashi City", "Suzhou, Guangdong", "Jiangsu", "Shi", "Suzhou City"]
    assert set(match(never, china)["how"]) == {"none"}


def test_other_spellings_are_aliases(china):
    expected = {
        "Haerbin": "哈尔滨市",
        "Ha'erbin Shi": "哈尔滨市",
        "Wulumuqi": "乌鲁木齐市",
        "Alashan Meng": "阿拉善盟",
        "Kashi": "喀什地区",
        "Macau": "澳门特别行政区",
        "Xiangfan": "襄阳市",
    }
    table = match(expected, china)
    assert table["key"].to_dict() == expected
    assert set(table["how"]) == {"alias"}
    lost = match(["Laiwu", "Chaohu", "万县市"], china)
    assert set(lost["how"]) == {"none"}
    assert lost.loc["Laiwu", "suggestion"] == "merged into 济南市 in 2019"
    assert "split in 2011" in lost.loc["Chaohu", "suggestion"]


def test_layers_with_romanised_names_only(squares):
    names = ["Enshi Tujia-Miao Autonomous Prefecture", "Xi'an City", "Suzhou", "Yili"]
    cities = frame(names, squares)
    got = match(["Enshi", "Xian", "Suzhou Shi", "yili"], cities)
    assert got["key"].tolist() == ["u0", "u1", "u2", "u3"]
    assert got["how"].tolist() == ["suffix", "suffix", "suffix", "exact"]


def test_names_are_matched_once_in_order(china):
    table = shapes.match_names(["武汉市", "北京", "武汉市 ", None, float("nan")], china)
    assert table["given"].tolist() == ["武汉市", "北京", ""]
    assert len(shapes.match_names([], china)) == 0


def frame(names, squares, **columns):
    table = {"name": names, **columns}
    made = geopandas.GeoDataFrame(table, geometry=squares(len(names)), crs=4326)
    made.index = pd.Index([f"u{i}" for i in range(len(names))])
    made.attrs["name"] = "name"
    return made


def test_other_layers_match_by_their_names(squares):
    cities = frame(["Kreis A", "Ñuñoa", "Kreis B"], squares)
    table = match(["Kreis A", "u2", "nunoa", "Kreis"], cities)
    assert table["key"].tolist()[:3] == ["u0", "u2", "u1"]
    assert table.loc["Kreis", "how"] == "none"


def test_bare_layers_take_endings(squares):
    cities = frame(["杭州", "恩施", "吉林"], squares)
    table = match(["杭州市", "恩施州", "恩施土家族苗族自治州", "吉林省", "吉林市"], cities)
    assert table["key"].tolist()[:3] == ["u0", "u1", "u1"]
    assert pd.isna(table.loc["吉林省", "key"]) and table.loc["吉林市", "key"] == "u2"


def test_a_name_of_two_units_is_ambiguous(squares):
    cities = frame(["鼓楼区", "鼓楼区", "玄武区"], squares)
    row = match(["鼓楼区"], cities).loc["鼓楼区"]
    assert row["how"] == "none" and row["suggestion"] == "u0 | u1"


def test_old_layers_take_new_names(squares):
    cities = frame(["襄樊市", "思茅地区", "莱芜市", "巢湖市"], squares)
    table = match(["襄阳市", "普洱市", "莱芜市", "巢湖市"], cities)
    assert table["key"].tolist() == ["u0", "u1", "u2", "u3"]
    assert table["how"].tolist() == ["alias", "alias", "exact", "exact"]


def test_code_columns_of_other_layers(squares):
    cities = frame(["a", "b", "c"], squares, 行政区划代码=[110000.0, 130100.0, None])
    assert match(["1101", "156130100"], cities)["key"].tolist() == ["u0", "u1"]


def test_no_boundary_table(china):
    with pytest.raises(shapes.InputError, match="not a boundary table"):
        shapes.match_names(["北京市"], ["北京市"])
    twice = pd.concat([china.iloc[:2], china.iloc[:1]])
    with pytest.raises(shapes.InputError, match="北京市 more than once"):
        shapes.match_names(["北京市"], twice)
