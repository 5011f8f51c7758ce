"""Tables as users have them: every layout and encoding read right, every fault named by place."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import analysis
from analysis.reading import read_table
from analysis.reading.cells import by_cell, parse_column
from analysis.reading.encodings import recognise
from spatial.errors import InputError

LONG = (
    "城市,年份,gdp,地区\n北京市,2010,1.5,东部\n北京市,2011,2,东部\n"
    "天津市,2010,3,东部\n天津市,2011,4,东部\n"
)
TRADITIONAL = "城市,年份,產值,備註\n臺北市,2010,12,國家統計處資料\n高雄市,2010,8,國家統計處資料\n"


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "数据.csv") -> Path:
    path = folder / "年鉴 目录" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def book(folder: Path, sheets: dict[str, list[list[object]]], name: str = "年鉴.xlsx") -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / name
    workbook.save(path)
    return path


def repairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return [(row["key"], row["problem"]) for row in json.loads(frame.attrs["repairs"])]


def refusal(*args, **kwargs) -> str:
    with pytest.raises(InputError) as caught:
        read_table(*args, **kwargs)
    return str(caught.value)


# ---- long tables and their encodings


def test_long_table(tmp_path):
    frame = read_table(text_file(tmp_path, LONG), unit="城市", time="年份")
    assert list(frame.columns) == ["城市", "年份", "gdp", "地区"]
    assert frame["年份"].tolist() == [2010, 2011, 2010, 2011]
    assert frame["gdp"].tolist() == [1.5, 2, 3, 4]
    assert frame["地区"].tolist() == ["东部"] * 4
    assert frame.attrs == {"repairs": "[]", "encoding": "utf-8"}
    assert analysis.read_table is read_table


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (LONG, "utf-8-sig", "utf-8-sig"),
        (LONG, "gbk", "gb18030"),
        (LONG, "gb18030", "gb18030"),
        (LONG, "utf-16", "utf-16"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "utf-8", "utf-8"),
        ("城市,年份,ville\nA,2010,São Paulo\nB,2010,Orléans\n", "cp1252", "cp1252"),
    ],
)
def test_encoding_is_recognised_from_the_bytes(tmp_path, text, encoding, name):
    if encoding == "cp1252":
        text = text.replace("城市", "city").replace("年份", "year")
    path = text_file(tmp_path, text, encoding)
    unit, time = text.split(",")[:2]
    frame = read_table(path, unit=unit, time=time)
    assert frame.attrs["encoding"] == name
    assert frame.iloc[0, -1] == text.splitlines()[1].split(",")[-1]
    told = [problem for _, problem in repairs(frame)]
    assert told == ([] if name.startswith("utf-8") else ["encoding"])


def test_recognise_tells_gbk_from_big5_on_real_names():
    simplified = "呼和浩特市 鄂尔多斯市 克孜勒苏柯尔克孜自治州 衢州市 亳州市 儋州市 漯河市 濮阳市"
    traditional = "臺北市 新北市 桃園市 臺中市 臺南市 高雄市 基隆市 嘉義縣 雲林縣 屏東縣"
    assert recognise(simplified.encode("gb18030")) == "gb18030"
    assert recognise(traditional.encode("big5")) == "big5"


@pytest.mark.parametrize("names", [("Ålesund", "Bodø"), ("Ängelholm",), ("Évry", "Ávila")])
def test_accents_are_not_taken_for_big5(names):
    assert recognise("\n".join(names).encode("latin-1")) == "cp1252"


def test_encoding_given_by_hand(tmp_path):
    path = text_file(tmp_path, LONG, "gbk")
    assert read_table(path, unit="城市", time="年份", encoding="gbk")["gdp"].sum() == 10.5
    words = refusal(path, unit="城市", time="年份", encoding="utf-8")
    assert "数据.csv is not written in utf-8" in words
    assert "leave encoding= out" in words
    assert "'klingon'" in refusal(path, unit="城市", encoding="klingon")
    marked = text_file(tmp_path, LONG, "utf-8-sig")
    assert "城市" in read_table(marked, unit="城市", time="年份", encoding="utf-8")


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_separators(tmp_path, separator):
    path = text_file(tmp_path, LONG.replace(",", separator))
    assert read_table(path, unit="城市", time="年份")["gdp"].sum() == 10.5


def test_cells_that_look_like_formulas_are_data(tmp_path):
    path = text_file(tmp_path, "city,note\n=1+1,+x\n@a,-b\n-5,=c\n")
    frame = read_table(path, unit="city")
    assert frame["city"].tolist() == ["=1+1", "@a", "-5"]
    assert frame["note"].tolist() == ["+x", "-b", "=c"]


def test_numbers_years_and_signs_for_missing(tmp_path):
    path = text_file(
        tmp_path,
        'city,year,a,b,code,long\n A市 ,2010年,"1,234.5",１２,010100,1\nB市,２０１０,—,..,110000,\n'
        "C市,2010.0,−3,NA,120000,3\n",
    )
    frame = read_table(path, unit="city", time="year")
    assert frame["city"].tolist() == ["A市", "B市", "C市"]
    assert frame["year"].tolist() == [2010, 2010, 2010]
    np.testing.assert_array_equal(frame["a"], [1234.5, np.nan, -3])
    np.testing.assert_array_equal(frame["b"], [12, np.nan, np.nan])
    assert frame["code"].tolist() == ["010100", "110000", "120000"]
    np.testing.assert_array_equal(frame["long"], [1, np.nan, 3])
    assert repairs(frame) == [
        ("a", "sign for missing"),
        ("a", "number as text"),
        ("b", "sign for missing"),
        ("b", "number as text"),
    ]


def test_whole_numbers_stay_whole_and_long_codes_stay_text(tmp_path):
    path = text_file(tmp_path, "city,n,id\na,3,123456789012345678\nb,4,123456789012345679\n")
    frame = read_table(path, unit="city")
    assert frame["n"].dtype == np.int64
    assert frame["id"].tolist() == ["123456789012345678", "123456789012345679"]


def test_text_in_a_numeric_column_is_named_by_row(tmp_path):
    rows = "".join(f"c{i},2010,{i if i not in (3, 5) else '约' + str(i)}\n" for i in range(9))
    words = refusal(text_file(tmp_path, "city,year,gdp\n" + rows), unit="city", time="year")
    assert "'gdp'" in words
    assert "'约3' (row 5)" in words
    assert "'约5' (row 7)" in words


def test_repeated_rows_and_columns(tmp_path):
    path = text_file(tmp_path, LONG + "北京市,2010.0,9,东部\n")
    words = refusal(path, unit="城市", time="年份")
    assert "北京市 2010 (row 2)" in words
    assert "北京市 2010 (row 6)" in words
    path = text_file(tmp_path, LONG.replace("地区", "gdp"))
    assert "several columns called gdp" in refusal(path, unit="城市", time="年份")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("城市,年份,x\n北京市,二〇一〇,1\n天津市,2010,2\n", ["'年份'", "row 2 ('二〇一〇')"]),
        ("城市,年份,x\n北京市,,1\n天津市,2010,2\n", ["'年份'", "row 2 (empty)"]),
        ("城市,年份,x\n,2010,1\n天津市,2010,2\n", ["'城市' is empty", "rows 2"]),
        ("城市,,x\n北京市,2010,1\n", ["column B has values", "row 2", "no name"]),
        ("表一\n城市,年份,x\n北京市,2010,1\n", ["row 1", "'表一'", "delete the rows above"]),
        ("表一,,\n城市,年份,x\n北京市,2010,1\n", ["row 1", "'表一'", "delete the rows above"]),
        ("城市名,年份,x\n北京市,2010,1\n", ["no column '城市'", "did you mean 城市名"]),
        ("\n\n", ["empty"]),
        ("城市,年份,x\n", ["no rows"]),
        ('城市,年份,x\n"北京市,2010,1\n', ["quotation mark"]),
    ],
)
def test_faults_of_long_tables(tmp_path, text, words):
    said = refusal(text_file(tmp_path, text), unit="城市", time="年份")
    for word in words:
        assert word in said


def test_times_that_are_not_years_stay_text(tmp_path):
    path = text_file(tmp_path, "city,quarter,x\na,2010Q1,1\na,2010Q2,2\n")
    frame = read_table(path, unit="city", time="quarter")
    assert frame["quarter"].tolist() == ["2010Q1", "2010Q2"]


def test_notes_below_and_short_rows_are_reported(tmp_path):
    path = text_file(tmp_path, LONG + "注：数据来源为统计年鉴,,,\n重庆市,2010,7\n\n")
    frame = read_table(path, unit="城市", time="年份")
    assert len(frame) == 5
    assert frame["地区"].isna().sum() == 1
    assert repairs(frame) == [("数据", "row without values"), ("数据", "short row")]
    assert "注：数据来源为统计年鉴" in frame.attrs["repairs"]


def test_absent_locked_and_foreign_files(tmp_path, monkeypatch):
    path = text_file(tmp_path, LONG, name="panel.csv")
    words = refusal(path.with_name("pannel.csv"), unit="城市")
    assert "no file pannel.csv" in words
    assert "did you mean panel.csv" in words
    assert "no folder" in refusal(tmp_path / "nowhere" / "panel.csv", unit="城市")
    assert "lock that Excel leaves" in refusal(path.with_name("~$年鉴.xlsx"), unit="城市")
    path.with_name("年鉴.ods").write_bytes(b"PK")
    assert "save it as .csv or .xlsx" in refusal(path.with_name("年鉴.ods"), unit="城市")
    fake = tmp_path / "fake.xlsx"
    fake.write_bytes(b"not a workbook")
    assert "not a readable .xlsx" in refusal(fake, unit="城市")

    def locked(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert "close it in Excel" in refusal(fake, unit="城市")


def test_wrong_arguments(tmp_path):
    path = text_file(tmp_path, LONG)
    assert "'broad' is unknown" in refusal(path, unit="城市", layout="broad")
    assert "time=" in refusal(path, unit="城市", layout="wide")


# ---- workbooks


def test_workbook_long_with_dates_codes_and_an_empty_sheet(tmp_path):
    day = datetime.datetime(2010, 12, 31)  # noqa: DTZ001
    rows = [["code", "year", "x", "when"], [110000, day, 1.5, day], [120000, day, None, None]]
    path = book(tmp_path, {"data": rows, "Sheet2": []})
    frame = read_table(path, unit="code", time="year")
    assert frame["code"].tolist() == ["110000", "120000"]
    assert frame["year"].tolist() == [2010, 2010]
    assert frame.loc[0, "when"] == "2010-12-31"
    assert "encoding" not in frame.attrs


def test_workbook_with_several_sheets_needs_a_name(tmp_path):
    rows = [["city", "x"], ["a", 1]]
    path = book(tmp_path, {"甲": rows, "乙": [["city", "x"], ["a", 2]]})
    assert "several filled sheets (甲, 乙)" in refusal(path, unit="city")
    assert read_table(path, unit="city", sheet="乙")["x"].tolist() == [2]
    assert "no filled sheet '丙'" in refusal(path, unit="city", sheet="丙")


def test_merged_cells_and_formulas_without_values(tmp_path):
    path = book(tmp_path, {"s": [["city", "x", None], ["a", 1, 2]]})
    workbook = openpyxl.load_workbook(path)
    workbook["s"].merge_cells("B1:C1")
    workbook.save(path)
    assert "merged cells (B1:C1)" in refusal(path, unit="city")
    path = book(tmp_path, {"s": [["city", "x"], ["a", "=1+1"], ["b", 2]]})
    assert "formulas without a value (s!B2)" in refusal(path, unit="city")
    path = book(
        tmp_path, {"s": [["city", "x"], ["a", "#DIV/0!"], ["b", 2], ["c", 3], ["d", "#N/A"]]}
    )
    assert "'#DIV/0!' (row 2)" in refusal(path, unit="city")


# ---- years as columns


def test_wide_with_bare_years_and_one_indicator(tmp_path):
    path = book(tmp_path, {"gdp": [["城市", "省", 2010, "2011年", 2012.0], ["a", "x", 1, 2, "—"]]})
    frame = read_table(path, unit="城市", time="年份", layout="wide")
    assert list(frame.columns) == ["城市", "年份", "省", "gdp"]
    assert frame["年份"].tolist() == [2010, 2011, 2012]
    np.testing.assert_array_equal(frame["gdp"], [1, 2, np.nan])
    assert frame["省"].tolist() == ["x"] * 3
    assert repairs(frame) == [("gdp", "sign for missing")]


def test_wide_with_a_column_of_indicators(tmp_path):
    text = (
        "city,province,指标,单位,2010,2011\n"
        "a,P,gdp,亿元,1,2\na,P,pop,万人,10,20\nb,Q,gdp,亿元,3,4\nb,Q,pop,万人,30,40\n"
    )
    frame = read_table(text_file(tmp_path, text), unit="city", time="year", layout="wide")
    assert list(frame.columns) == ["city", "year", "province", "gdp", "pop"]
    assert frame["gdp"].tolist() == [1, 2, 3, 4]
    assert frame["pop"].tolist() == [10, 20, 30, 40]
    assert frame["province"].tolist() == ["P", "P", "Q", "Q"]
    assert repairs(frame) == [("单位", "column left out")]


@pytest.mark.parametrize(
    "pattern", ["{n}_{y}", "{n}{y}", "{y}_{n}", "{n}({y})", "{n}（{y}年）", "{y}年{n}"]
)
def test_wide_with_years_in_the_names(tmp_path, pattern):
    names = [pattern.format(n=n, y=y) for n in ("gdp", "人口") for y in (2011, 2010)]
    text = f"city,phones_1984,{','.join(names)}\na,5,1,2,3,4\nb,6,5,6,7,8\n"
    frame = read_table(text_file(tmp_path, text), unit="city", time="year", layout="wide")
    assert list(frame.columns) == ["city", "year", "phones_1984", "gdp", "人口"]
    assert frame["year"].tolist() == [2010, 2011] * 2
    assert frame["gdp"].tolist() == [2, 1, 6, 5]
    assert frame["人口"].tolist() == [4, 3, 8, 7]
    assert frame["phones_1984"].tolist() == [5, 5, 6, 6]
    assert repairs(frame) == [("phones_1984", "single year")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("city,x\na,1\n", ["no column per year"]),
        ("city,2010,2010年\na,1,2\n", ["several columns for 2010"]),
        ("city,year,2010\na,2,1\n", ["column 'year' already", "long"]),
        ("city,2010\na,1\na,2\n", ["units a stand in several rows", "indicator"]),
        ("city,p,q,2010\na,1,1,1\na,2,2,2\n", ["p, q could each name"]),
        ("city,2010,2011,2012\na,1,2,3\nb,4,5,约6\n", ["'约6' (row 3, column 2012)"]),
    ],
)
def test_faults_of_wide_tables(tmp_path, text, words):
    said = refusal(text_file(tmp_path, text), unit="city", time="year", layout="wide")
    for word in words:
        assert word in said


# ---- one sheet per indicator


def test_one_sheet_per_indicator(tmp_path):
    path = book(
        tmp_path,
        {
            "gdp": [["城市", "省", "2010年", "2011年"], ["a", "P", 1, 2], ["b", "Q", 3, "—"]],
            "人口": [
                ["城市", "2011", "2010"],
                ["b", 40, 30],
                ["c", 60, "50"],
                ["注：", None, None],
            ],
        },
    )
    frame = read_table(path, unit="城市", time="年份", layout="sheets")
    wanted = pd.DataFrame(
        {
            "城市": ["a", "a", "b", "b", "c", "c"],
            "年份": [2010, 2011] * 3,
            "省": ["P", "P", "Q", "Q", np.nan, np.nan],
            "gdp": [1, 2, 3, np.nan, np.nan, np.nan],
            "人口": [np.nan, np.nan, 30, 40, 50, 60],
        }
    )
    pd.testing.assert_frame_equal(frame, wanted, check_dtype=False)
    said = repairs(frame)
    assert ("gdp", "sheet incomplete") in said
    assert ("人口", "sheet incomplete") in said
    assert ("人口", "row without values") in said
    only = read_table(path, unit="城市", time="年份", layout="sheets", sheet=["人口"])
    assert list(only.columns) == ["城市", "年份", "人口"]


def test_a_folder_of_gbk_files_is_one_sheet_each(tmp_path):
    text_file(tmp_path, "城市,2010,2011\n恩施州,1,2\n襄樊,3,-\n", "gbk", name="emp_total.csv")
    path = text_file(tmp_path, "城市,2010,2011\n恩施州,5,6\n襄樊,7,8\n", "gbk", name="emp_I.csv")
    frame = read_table(path.parent, unit="城市", time="年份", layout="sheets")
    assert list(frame.columns) == ["城市", "年份", "emp_I", "emp_total"]
    np.testing.assert_array_equal(frame["emp_total"], [1, 2, 3, np.nan])
    assert frame["城市"].tolist() == ["恩施州"] * 2 + ["襄樊"] * 2
    assert frame.attrs["encoding"] == "gb18030"


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"gdp": [["city", 2010], ["a", 1]], "说明": [["内容"], ["x"]]}, ["'说明'", "sheet=[...]"]),
        ({"gdp": [["city", "x"], ["a", 1]]}, ["sheet 'gdp'", "no column per year"]),
        ({"gdp": [["city", 2010], ["a", 1], ["a", 2]]}, ["a stand in several rows of gdp"]),
        (
            {"gdp": [["city", "pop", 2010], ["a", 1, 2]], "pop": [["city", 2010], ["a", 2]]},
            ["pop would name two columns"],
        ),
        (
            {"gdp": [["city", 2010, 2011], ["a", 1, "x"], ["b", 1, 2]]},
            ["'x' (sheet gdp, row 2, column 2011)"],
        ),
    ],
)
def test_faults_of_sheets(tmp_path, sheets, words):
    said = refusal(book(tmp_path, sheets), unit="city", time="year", layout="sheets")
    for word in words:
        assert word in said


def test_title_above_the_header_is_pointed_out(tmp_path: Path) -> None:
    path = text_file(tmp_path, "表1 主要指标,,\n城市,年份,gdp\n北京市,2010,1\n")
    with pytest.raises(InputError, match=r"row 1 holds nothing but '表1 主要指标'; delete"):
        read_table(path, unit="城市", time="年份")


def test_utf16_without_a_mark_is_pointed_out(tmp_path: Path) -> None:
    path = text_file(tmp_path, "city,year,gdp\na,2010,1\n", "utf-16-le")
    with pytest.raises(InputError, match="zero bytes"):
        read_table(path, unit="city", time="year")
    assert len(read_table(path, unit="city", time="year", encoding="utf-16-le")) == 1


def test_invisible_marks_leave_units(tmp_path: Path) -> None:
    path = text_file(tmp_path, "城市,年份,gdp\n北京市\u200b,2010,1\n")
    assert read_table(path, unit="城市", time="年份")["城市"].tolist() == ["北京市"]


def test_empty_workbook_and_dates_as_years(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "空.xlsx")
    with pytest.raises(InputError, match=r"空.xlsx is empty"):
        read_table(tmp_path / "空.xlsx", unit="城市", time="年份")
    for row in (
        ["城市", datetime.date(2010, 1, 1), datetime.date(2011, 1, 1)],
        ["北京市", 1.5, 2.5],
    ):
        book.active.append(row)
    book.active.title = "gdp"
    book.save(tmp_path / "空.xlsx")
    table = read_table(tmp_path / "空.xlsx", unit="城市", time="年份", layout="sheets")
    assert table["年份"].tolist() == [2010, 2011]


def test_one_column_cannot_be_two(tmp_path: Path) -> None:
    path = text_file(tmp_path, LONG)
    with pytest.raises(InputError, match="both name '城市'"):
        read_table(path, unit="城市", time="城市")
    with pytest.raises(InputError, match="3 is no name"):
        read_table(path, unit="城市", time="年份", sheet=3)  # type: ignore[arg-type]


def test_a_column_of_plain_numbers_is_read_as_cell_by_cell():
    cells = ["1", "-2.5", "+.5", "3.", "1e3", "2E-2", "0", "0.10", "123456789012345"]
    read = parse_column(cells, ["here"] * len(cells), "x")
    assert read.values.tolist() == [1.0, -2.5, 0.5, 3.0, 1000.0, 0.02, 0.0, 0.1, 123456789012345.0]
    assert (read.marks, read.rewritten, read.doubtful) == ({}, 0, ())


@pytest.mark.parametrize("cell", ["1234567890123456", "007", "1_000", "inf", "0x10", "1e", "１２"])
def test_what_only_python_takes_for_a_number_is_none(cell):
    (read,) = parse_column([cell], ["here"], "x").values
    assert read == (12 if cell == "１２" else cell)


def test_equal_texts_are_read_once():
    asked = []
    cells = ["a", "b", "a", None, "a", 1.0]
    assert by_cell(lambda cell: asked.append(cell) or str(cell), cells) == [
        "a", "b", "a", "None", "a", "1.0",
    ]  # fmt: skip
    assert sorted(map(str, asked)) == ["1.0", "None", "a", "b"]
