"""Every broken boundary file is read right, or refused in one sentence that names the place."""

import numpy as np
import pytest
from support.broken import CODES, FAULTS

import shapes


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "张三 的底图"
    made.mkdir()
    return made


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file(folder, fault):
    case = FAULTS[fault]
    path = case.make(folder)
    options = {"key": "adcode", "name": "name", **case.options}
    if case.words:
        with pytest.raises(shapes.InputError) as caught:
            shapes.read_boundaries(path, **options)
        said = str(caught.value)
        assert "\n" not in said and said.endswith(".") and "/tmp/boundaries" not in said
        for word in case.words:
            assert word in said, said
        return
    cities = shapes.read_boundaries(path, **options)
    assert sorted(cities.index) == [str(code) for code in CODES]
    assert cities.loc[map(str, CODES), options["name"]].tolist() == list(case.names)
    np.testing.assert_allclose(cities.total_bounds, [114, 36, 120, 37], atol=1e-6)
    reported = " ".join(shapes.repairs(cities)["detail"])
    for word in case.repairs:
        assert word in reported, reported
    assert case.repairs or not reported, reported


@pytest.mark.parametrize("held", ["市.dbf", "市.geojson"])
def test_a_file_that_another_program_holds(folder, monkeypatch, held):
    path = FAULTS["utf8_without_cpg"].make(folder)
    if held.endswith("geojson"):
        path = FAULTS["geojson_in_gbk"].make(folder)
    read = type(path).read_bytes

    def locked(self):
        if self.name == held:
            raise PermissionError(13, "Permission denied", str(self))
        return read(self)

    monkeypatch.setattr(type(path), "read_bytes", locked)
    with pytest.raises(shapes.InputError, match="cannot be read .Permission denied.; close it in"):
        shapes.read_boundaries(path, key="adcode")
