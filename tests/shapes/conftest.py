import pytest
import shapely


@pytest.fixture(scope="session")
def squares():
    """Squares of one degree in a row, each sharing a border with the next."""

    def row(count, x=114.0, y=36.0):
        return [shapely.box(x + i, y, x + i + 1, y + 1) for i in range(count)]

    return row


@pytest.fixture
def write(tmp_path):
    """Write a layer into a folder with a Chinese name and return its path."""

    def writer(frame, name, **options):
        folder = tmp_path / "底图 数据"
        folder.mkdir(exist_ok=True)
        path = folder / name
        frame.to_file(path, **options)
        return path

    return writer


@pytest.fixture(scope="session")
def china():
    import shapes

    return shapes.china_cities()
