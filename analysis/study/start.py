"""Studies to start from: the packaged demonstration, and a folder for a study of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import pandas as pd

from analysis.terms import check_language
from spatial.errors import InputError

__all__ = ["demo_study", "new_study"]

PROVINCES = ("湖北省", "湖南省", "江西省")
COLUMNS = ("emp_I", "emp_C39", "emp_total", "gdp", "fdi", "pop_resident_10k")
MESSY = {
    "信息业从业": "emp_I",
    "电子制造业从业": "emp_C39",
    "从业人员合计": "emp_total",
    "地区生产总值": "gdp",
    "外商投资": "fdi",
}
OLD_NAMES = {"襄阳市": "襄樊"}
SHORT_NAMES = ("武汉市", "长沙市", "南昌市", "宜昌市", "岳阳市")
DASH_AT = ("fdi", "九江市", 2015)


def demo_study(lang: str) -> Path:
    """Path of the packaged demonstration study in a language."""
    name = "study.zh.toml" if check_language(lang) == "zh" else "study.toml"
    return Path(str(files("analysis"))) / "demo" / name


def new_study(folder: str | Path) -> list[str]:
    """Write a commented study file with a small table, and the same data as a yearbook sends them.

    The table is a part of the synthetic demonstration panel: the cities of Hubei, Hunan and
    Jiangxi. Its messy twin has a table per indicator with years as columns (GBK text files, and one
    workbook), short and old names, and a dash for a missing value.

    Returns
    -------
    list of str
        Lines that say what was written and what to do next.

    Raises
    ------
    InputError
        The folder holds files, or cannot be written.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target.name} is there already and not an empty folder; give a new one.")
    table = _part_of_demo()
    try:
        (target / "yearbook").mkdir(parents=True)
        table.to_csv(target / "panel.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
        _write_messy(table, target)
        for name in ("study.toml", "study_yearbook.toml"):
            text = files("analysis.study").joinpath("templates", name).read_text(encoding="utf-8")
            (target / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{target.name} cannot be written ({error.strerror}); give another folder."
        ) from None
    return [
        f"{target / 'study.toml'}: a commented study on panel.csv",
        f"{target / 'study_yearbook.toml'}: the same on yearbook.xlsx, with the dirt of real "
        "yearbooks (yearbook/ holds it as GBK text)",
        f"Next: cityripple check {target / 'study.toml'}, then cityripple run "
        f"{target / 'study.toml'} --out {target / 'out'}",
        "The data are synthetic. 数据为合成数据。",
    ]


def _part_of_demo() -> pd.DataFrame:
    import shapes

    path = files("analysis").joinpath("demo", "panel.csv")
    with path.open(encoding="utf-8-sig") as stream:
        panel = pd.read_csv(stream)
    cities = shapes.china_cities()
    chosen = cities.index[cities["province"].isin(PROVINCES)]
    rows = panel[panel["city"].isin(chosen)]
    return rows[["city", "year", *COLUMNS]].reset_index(drop=True)


def _write_messy(table: pd.DataFrame, target: Path) -> None:
    """One table per indicator, as text in GBK and as sheets of a workbook."""
    with pd.ExcelWriter(target / "yearbook.xlsx", engine="openpyxl") as book:
        for name, wide in _messy(table, MESSY):
            wide.to_csv(
                target / "yearbook" / f"{name}.csv",
                index=False,
                encoding="gbk",
                lineterminator="\r\n",
            )
            wide.to_excel(book, sheet_name=name, index=False)


def _messy(table: pd.DataFrame, names: Mapping[str, str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Years as columns, short and old names, a dash where a value is missing."""
    for printed, column in names.items():
        wide = table.pivot_table(index="city", columns="year", values=column, sort=False)
        cells = wide.astype(object)
        if column == DASH_AT[0]:
            cells.loc[DASH_AT[1], DASH_AT[2]] = "—"
        cells.index = [_messy_name(city) for city in cells.index]
        cells.columns = [f"{year}年" for year in cells.columns]
        yield printed, cells.rename_axis("城市").reset_index()


def _messy_name(city: str) -> str:
    return OLD_NAMES.get(city) or (city.removesuffix("市") if city in SHORT_NAMES else city)
