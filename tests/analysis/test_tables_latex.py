"""LaTeX tables stay on the page: columns wrap, the page turns, long ones run on."""

from __future__ import annotations

import re

import pytest

from analysis.tables.cells import Cell
from analysis.tables.table import Head, Row, Table

TEXT = {False: 16.0, True: 24.7}  # centimetres of text, upright and turned


def made(columns: int, rows: int, label: str = "变量", **more: object) -> Table:
    cells = tuple(Cell(value=0.123) for _ in range(columns))
    head = (Head(""), *(Head(f"列{k}") for k in range(columns)))
    return Table((head,), tuple(Row(label, cells) for _ in range(rows)), lang="zh", **more)


def widths(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"p\{([\d.]+)cm\}", text)]


def test_a_narrow_table_is_as_it_was() -> None:
    text = made(3, 5).to_latex()
    assert r"\begin{tabular}{lccc}" in text
    assert r"\begin{table}" in text
    assert text.splitlines()[0] == (
        r"% needs \usepackage{booktabs} and \usepackage{ctex}; compile with xelatex"
    )


@pytest.mark.parametrize(
    ("columns", "label", "turned"),
    [
        (6, "人均绿色发明专利的对数与数字产业增加值占比" * 2, False),
        (16, "变量", True),
        (9, "长" * 60, False),
    ],
)
def test_wide_tables_fill_no_more_than_their_line(columns: int, label: str, turned: bool) -> None:
    text = made(columns, 4, label).to_latex()
    assert (r"\begin{landscape}" in text) == turned
    found = widths(text)
    assert len(found) == columns + 1
    assert sum(found) + 0.21 * len(found) <= TEXT[turned] + 0.05  # 3 pt on either side
    assert r"\setlength{\tabcolsep}{3pt}" in text
    assert r"\usepackage{array}" in text.splitlines()[0]


def test_long_tables_run_over_pages_with_their_head() -> None:
    text = made(3, 300).to_latex()
    assert r"\begin{longtable}{lccc}" in text
    assert r"\begin{table}" not in text
    assert r"\endhead" in text
    assert r"\usepackage{longtable}" in text.splitlines()[0]
    assert text.count("0.123") == 900


def test_sentences_count_by_the_lines_they_take() -> None:
    sentence = "“数字产业集聚”通过技术创新增强“经济韧性”，其效应因区域、行政等级与规模而异。" * 6
    short = Table(
        (tuple(map(Head, "ab")),), (Row("a", (Cell("b"),)),) * 12, lang="zh", prose=(0, 1)
    )
    wordy = Table(
        (tuple(map(Head, "ab")),), (Row(sentence, (Cell(sentence),)),) * 12, lang="zh", prose=(0, 1)
    )
    assert r"\begin{table}" in short.to_latex()
    assert r"\begin{longtable}" in wordy.to_latex()
    assert wordy.to_latex().count(r"\raggedright") == 2


def test_short_texts_take_what_they_need_and_long_ones_the_rest() -> None:
    from analysis.tables.widths import GAP, LETTER, fitted_widths

    long = "数字产业集聚 → 人均绿色发明专利（对数）"
    row = Row(long, (Cell("直接效应"), Cell(value=0.5), Cell("是")))
    table = Table((tuple(map(Head, "abcd")),), (row,), lang="zh", prose=(0, 1, 3))
    found = fitted_widths(table, 16.0)
    assert sum(found) == pytest.approx(16.0)
    for width, letters in zip(found, table.breadths, strict=True):
        assert width >= letters * LETTER + GAP - 1e-9  # nothing wraps where all of it fits
    wordy = Table((tuple(map(Head, "ab")),), (Row(long * 9, (Cell("是"),)),), prose=(0, 1))
    first, second = fitted_widths(wordy, 16.0)
    assert second == pytest.approx(2 * LETTER + GAP)
    assert first + second == pytest.approx(16.0)


def test_beside_prose_words_and_intervals_stay_whole() -> None:
    from analysis.tables.widths import GAP, LETTER, fitted_widths

    interval = "−0.214 [−0.475,\u00a00.048]"
    row = Row("论点" * 40, (Cell("检验" * 40), Cell(interval), Cell("不支持")))
    table = Table((tuple(map(Head, ("论点", "检验", "估计值", "结论"))),), (row,), prose=(0, 1))
    _, _, middle, last = fitted_widths(table, 16.0)
    assert middle == pytest.approx(len("[−0.475, 0.048]") * LETTER + GAP)
    assert last == pytest.approx(6 * LETTER + GAP)
