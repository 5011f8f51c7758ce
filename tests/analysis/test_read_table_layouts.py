"""The same figures read alike from every layout, separator and encoding."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis.reading import read_table

CITIES = ["石家庄市", "呼和浩特市", "恩施州", "澳门特别行政区", "亳州市", "@甲", "-", "甲,乙;丙"]
DIRTY = ("{:,.3f}", "{:.3f}", "{:.3f} ", "\u3000{:.3f}")
FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@st.composite
def panels(draw):
    """Cities × years with two indicators, some of them missing."""
    cities = draw(st.lists(st.sampled_from(CITIES), min_size=1, unique=True))
    years = draw(st.lists(st.integers(1990, 2024), min_size=1, max_size=4, unique=True))
    cell = st.one_of(st.none(), st.integers(-(10**9), 10**9).map(lambda value: value / 1000))
    size = len(cities) * len(years)
    columns = {n: draw(st.lists(cell, min_size=size, max_size=size)) for n in ("产值", "pop")}
    index = pd.MultiIndex.from_product([cities, years], names=["城市", "年份"])
    return pd.DataFrame(columns, index=index, dtype=float)


def printed(value, style):
    if np.isnan(value):
        return ("—", "..", "…", "-")[style % 4]
    text = DIRTY[style % 4].format(value)
    return text.translate(FULL_WIDTH) if style >= 4 else text


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    panel=panels(),
    style=st.integers(0, 7),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gbk", "utf-16"]),
    separator=st.sampled_from([",", "\t", ";"]),
)
def test_every_layout_reads_alike(tmp_path_factory, panel, style, encoding, separator):
    folder = tmp_path_factory.mktemp("表")
    cells = panel.map(lambda value: printed(value, style))
    cells["注"] = "市"
    long, wide = folder / "long.csv", folder / "wide.csv"
    cells.reset_index().to_csv(long, index=False, sep=separator, encoding=encoding)
    named = cells.drop(columns="注").unstack("年份")
    named.columns = [f"{name}{year}年" for name, year in named.columns]
    named.reset_index().to_csv(wide, index=False, sep=separator, encoding=encoding)
    with pd.ExcelWriter(folder / "book.xlsx", engine="openpyxl") as book:
        for name in ("产值", "pop"):
            sheet = cells[name].unstack("年份").reset_index()
            sheet.map(str).to_excel(book, sheet_name=name, index=False)
    read = {
        "long": read_table(long, unit="城市", time="年份"),
        "wide": read_table(wide, unit="城市", time="年份", layout="wide"),
        "sheets": read_table(folder / "book.xlsx", unit="城市", time="年份", layout="sheets"),
    }
    for frame in read.values():
        got = frame.set_index(["城市", "年份"])[["产值", "pop"]].reindex(panel.index)
        np.testing.assert_array_equal(got.to_numpy(float), panel.to_numpy())
        assert len(frame) == len(panel)
