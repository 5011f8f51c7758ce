"""Every broken table is read right, or refused in one sentence that names the place."""

import json

import numpy as np
import pytest
from support.broken_tables import FAULTS, ROWS

from analysis.reading import read_table
from spatial.errors import InputError


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_table(tmp_path, fault):
    folder = tmp_path / "张三 的年鉴"
    folder.mkdir()
    case = FAULTS[fault]
    path = case.make(folder)
    options = {"unit": "城市", "time": "年份", **case.options}
    if case.words:
        with pytest.raises(InputError) as caught:
            read_table(path, **options)
        said = str(caught.value)
        assert "\n" not in said
        for word in case.words:
            assert word in said, said
        return
    frame = read_table(path, **options).set_index(["城市", "年份"])["gdp"]
    got = [frame[city, year] for city, year, _ in ROWS]
    wanted = [np.nan if value is None else value for value in case.values]
    np.testing.assert_array_equal(np.array(got, dtype=float), wanted)
    repairs = json.loads(read_table(path, **options).attrs["repairs"])
    reported = " ".join(row["detail"] for row in repairs)
    for word in case.repairs:
        assert word in reported, reported


def test_a_workbook_that_excel_holds(tmp_path, monkeypatch):
    path = FAULTS["thousands"].make(tmp_path)

    def held(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "read_bytes", held)
    with pytest.raises(InputError, match=r"年鉴\.csv cannot be read .*close it in Excel"):
        read_table(path, unit="城市")
