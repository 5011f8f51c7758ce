"""Broken tables, one per fault, and what has to become of each."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

TITLE = ["城市", "年份", "gdp"]
ROWS = [["北京市", 2010, 1.5], ["北京市", 2011, 2.0], ["天津市", 2010, 3.0], ["天津市", 2011, 4.0]]
TEXT = "".join(f"{','.join(map(str, row))}\n" for row in [TITLE, *ROWS])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Fault:
    """A broken table: how it is made and read, and what it reads as or what is said.

    `words` are parts of the refusal. Without them `values` are the numbers of column gdp in the
    order of ROWS (None is missing) and `repairs` parts of what is reported.
    """

    make: Callable[[Path], Path]
    words: tuple[str, ...] = ()
    values: tuple[float | None, ...] = (1.5, 2.0, 3.0, 4.0)
    repairs: tuple[str, ...] = ()
    options: dict = field(default_factory=dict)


FAULTS: dict[str, Fault] = {}


def fault(*words, values=(1.5, 2.0, 3.0, 4.0), repairs=(), **options):
    """Register the maker of a broken table under its own name."""

    def register(make):
        FAULTS[make.__name__] = Fault(make, words, tuple(values), tuple(repairs), options)
        return make

    return register


def text(folder, content=TEXT, encoding="utf-8", name="年鉴.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def csv_of(folder, *cells, name="年鉴.csv"):
    """CSV with these cells in the column gdp."""
    lines = [f'{row[0]},{row[1]},"{cell}"\n' for row, cell in zip(ROWS, cells, strict=True)]
    return text(folder, f"{','.join(TITLE)}\n{''.join(lines)}", name=name)


def book(folder, sheets, merge=(), name="年鉴.xlsx"):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in merge:
            sheet.merge_cells(area)
    workbook.save(folder / name)
    return folder / name


# ---- encodings and kinds of files


@fault(repairs=["read as gb18030"])
def gbk(folder):
    return text(folder, encoding="gbk")


@fault("年鉴.csv is not written in utf-8", "line 1", "leave encoding= out", encoding="utf-8")
def gbk_read_as_utf8(folder):
    return gbk(folder)


@fault()
def byte_order_mark(folder):
    return text(folder, encoding="utf-8-sig")


@fault(repairs=["read as utf-16"])
def unicode_text_of_excel(folder):
    return text(folder, TEXT.replace(",", "\t"), encoding="utf-16", name="年鉴.txt")


@fault("年鉴.csv holds zero bytes", "encoding='utf-16-le'")
def utf16_without_a_mark(folder):
    return text(folder, encoding="utf-16-le")


@fault("年鉴.csv is UTF-8 but for a fault in line 4")
def a_broken_byte(folder):
    return text(folder, TEXT.encode().replace("天".encode(), b"\xff", 1))


@fault("encoding='klingon'", "unknown", encoding="klingon")
def unknown_encoding(folder):
    return text(folder)


@fault("年鉴.xls is a workbook of the old .xls format", "save it as .xlsx")
def old_workbook(folder):
    return text(folder, OLE + bytes(600), name="年鉴.xls")


@fault("年鉴.xlsx is a workbook with a password")
def workbook_with_a_password(folder):
    return text(folder, OLE + "EncryptedPackage".encode("utf-16-le"), name="年鉴.xlsx")


@fault("年鉴.xls is a web page or XML")
def web_page_called_xls(folder):
    page = "<html><table><tr><td>城市</td></tr></table></html>"
    return text(folder, page, "gbk", name="年鉴.xls")


@fault("年鉴.xls is a web page or XML")
def spreadsheet_of_2003_in_xml(folder):
    return text(folder, '<?xml version="1.0"?><Workbook></Workbook>', name="年鉴.xls")


@fault(repairs=["read as gb18030"])
def text_called_xls(folder):
    return text(folder, TEXT.replace(",", "\t"), "gbk", name="年鉴.xls")


@fault()
def workbook_called_csv(folder):
    return book(folder, {"a": [TITLE, *ROWS]}, name="年鉴.csv")


@fault("年鉴.xlsx is a binary workbook (.xlsb)")
def binary_workbook(folder):
    with zipfile.ZipFile(folder / "年鉴.xlsx", "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    return folder / "年鉴.xlsx"


@fault("年鉴.xlsx is not a readable .xlsx workbook", "incomplete")
def workbook_cut_short(folder):
    path = book(folder, {"a": [TITLE, *ROWS]})
    path.write_bytes(path.read_bytes()[:1000])
    return path


@fault("年鉴.dta is not a table that can be read")
def file_of_another_program(folder):
    return text(folder, b"<stata_dta>", name="年鉴.dta")


@fault("年鉴.csv is empty")
def empty(folder):
    return text(folder, b"")


@fault("年鉴.xlsx is empty")
def empty_workbook(folder):
    return book(folder, {"a": []})


@fault("is the lock that Excel leaves", "name 年鉴.xlsx itself")
def lock_of_excel(folder):
    return text(folder, b"x", name="~$年鉴.xlsx")


@fault("there is no file 年签.csv", "年鉴.csv")
def misspelt_path(folder):
    return text(folder).with_name("年签.csv")


@fault("年鉴.csv is text and has no sheets", "gdp", sheet="gdp")
def sheet_of_a_csv(folder):
    return text(folder)


@fault("年鉴.xlsx is a workbook", "leave encoding= out", encoding="gbk")
def encoding_of_a_workbook(folder):
    return book(folder, {"a": [TITLE, *ROWS]})


# ---- cells


@fault(values=[1234.5, 2000000, 3, 4], repairs=["2 numbers with separators"])
def thousands(folder):
    return csv_of(folder, "1,234.5", "2 000 000", "3", "4")


@fault(values=[12.5, -3, 1234, 4], repairs=["3 numbers", "full-width"])
def full_width_digits(folder):
    return csv_of(folder, "１２．５", "－３", "1，234", "4")


@fault(values=[None, None, None, 4], repairs=["'—' × 1", "'-' × 1", "'…' × 1"])
def dashes_for_missing(folder):
    return csv_of(folder, "—", "-", "…", "4")


@fault("column 'gdp' holds numbers but also text", "'12①' (row 2)")
def number_with_a_circled_note(folder):
    return csv_of(folder, "12①", "2", "3", "4")


@fault("'12²' (row 3)")
def number_with_a_raised_note(folder):
    return csv_of(folder, "1", "12²", "3", "4")


@fault("'约3' (row 4)")
def words_among_numbers(folder):
    return csv_of(folder, "1", "2", "约3", "4")


@fault("'inf' (row 2)")
def infinite(folder):
    return csv_of(folder, "inf", "2", "3", "4")


@fault("'#DIV/0!' (row 5)")
def error_of_a_formula(folder):
    return csv_of(folder, "1", "2", "3", "#DIV/0!")


@fault("formulas without a value", "a!C2")
def formula_never_calculated(folder):
    return book(folder, {"a": [TITLE, ["北京市", 2010, "=1+1"], *ROWS[1:]]})


@fault("these rows stand more than once", "北京市 2010 (row 2)", "(row 3)")
def a_city_year_twice(folder):
    return text(folder, TEXT.replace("2011,2.0", "2010,2.0"))


@fault("column '年份' does not hold a year in row 3 ('二〇一一')")
def year_in_words(folder):
    return text(folder, TEXT.replace("2011,2.0", "二〇一一,2.0"))


@fault("column '城市' is empty in rows 3")
def city_only_in_its_first_row(folder):
    return text(folder, TEXT.replace("北京市,2011", ",2011"))


@fault()
def years_as_text_and_full_width(folder):
    return text(
        folder, TEXT.replace("北京市,2011", "北京市,２０１１年").replace("2010,3", "2010.0,3")
    )


@fault()
def invisible_marks_around_names(folder):
    return text(
        folder, TEXT.replace("北京市", "\u200b\u3000北京市 ").replace("天津市", "天津市\xa0")
    )


# ---- headers and layouts


@fault("sheet 'a' has merged cells (B1:C1)", "unmerge")
def merged_header(folder):
    rows = [["城市", "经济", None], [None, 2010, 2011], ["北京市", 1, 2]]
    return book(folder, {"a": rows}, ["B1:C1"])


@fault("sheet 'a' has merged cells (A2:A3)")
def merged_city(folder):
    return book(folder, {"a": [TITLE, *ROWS]}, ["A2:A3"])


@fault("row 1 holds nothing but '表1 生产总值'", "delete the rows above")
def title_above_the_header(folder):
    return book(folder, {"a": [["表1 生产总值", None, None], TITLE, *ROWS]}, ["A1:C1"])


@fault(repairs=["row 6 ('注:不变价')", "left out"])
def note_below_the_table(folder):
    return book(folder, {"a": [TITLE, *ROWS, ["注:不变价", None, None]]}, ["A6:C6"])


@fault("several columns called gdp")
def two_columns_of_one_name(folder):
    return text(folder, "城市,年份,gdp,gdp\n北京市,2010,1,2\n")


@fault("column D has values (first in row 2) but no name in row 1")
def column_without_a_name(folder):
    return text(folder, "城市,年份,gdp,\n北京市,2010,1,2\n")


@fault("has no column '城市'", "城市名称")
def misspelt_column(folder):
    return text(folder, TEXT.replace("城市", "城市名称"))


@fault("several filled sheets (a, b)", "sheet=")
def two_sheets(folder):
    return book(folder, {"a": [TITLE, *ROWS], "b": [TITLE, *ROWS]})


@fault("has no filled sheet '表三'", "a, b", sheet="表三")
def unknown_sheet(folder):
    return two_sheets(folder)


@fault(layout="wide")
def years_as_columns(folder):
    rows = [["城市", "2010年", 2011], ["北京市", 1.5, 2], ["天津市", "３", "4.0"]]
    return book(folder, {"gdp": rows})


@fault(repairs=["has no years 2011"], values=[1.5, 2, 3, 4], layout="sheets")
def one_sheet_per_indicator(folder):
    gdp = [["城市", 2010, 2011], ["北京市", 1.5, 2], ["天津市", 3, 4]]
    people = [["城市", 2010], ["天津市", 30], ["北京市", 10]]
    return book(folder, {"gdp": gdp, "人口": people})


@fault("sheet '说明' has no column '城市'", "sheet=[...]", layout="sheets")
def a_sheet_of_notes(folder):
    gdp = [["城市", 2010, 2011], ["北京市", 1.5, 2], ["天津市", 3, 4]]
    return book(folder, {"gdp": gdp, "说明": [["单位:亿元"]]})


@fault("not a clean CSV file", "quotation mark")
def open_quotation_mark(folder):
    return text(folder, TEXT.replace("北京市,2010", '"北京市,2010', 1))
