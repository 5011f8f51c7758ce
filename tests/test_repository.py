"""What must hold for the repository as a whole."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def requirement(text):
    name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(.*)", text).groups()
    return CONDA_NAMES.get(name.lower(), name.lower()), bound.replace(" ", "")


def test_environment_names_the_same_dependencies():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = dict(requirement(line) for line in environment["dependencies"] if isinstance(line, str))
    wanted = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["test"],
    ]
    project = dict(requirement(line) for line in wanted)
    python = conda.pop("python")
    assert conda.pop("pip") == ""
    assert python == PROJECT["project"]["requires-python"]
    assert conda == project
    assert environment["channels"] == ["conda-forge"]


def test_readme_holds_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for marker, words in (("demo command", "cityripple demo"), ("test command", "-m pytest")):
        block = re.search(rf"<!-- {marker} -->\n```bash\n(.*?)```", text, re.DOTALL)
        assert block, marker
        assert words in block.group(1)
        assert block.group(1).count("\n") == 1


def test_only_the_three_packages_are_distributed():
    assert PROJECT["tool"]["setuptools"]["packages"]["find"]["include"] == [
        "shapes*",
        "spatial*",
        "analysis*",
    ]


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("spatial", {"libpysal", "geopandas", "esda", "spreg", "matplotlib", "scipy.stats"}),
        ("shapes", {"libpysal", "esda", "spreg", "matplotlib", "geopandas"}),
        ("analysis", {"libpysal", "esda", "spreg", "matplotlib", "geopandas", "docx", "openpyxl"}),
        (
            "analysis.cli",
            {"libpysal", "esda", "spreg", "matplotlib", "geopandas", "pandas", "pydantic"},
        ),
    ],
)
def test_importing_stays_light(package, forbidden):
    code = f"import sys, {package}; print(sorted(set(sys.modules) & {forbidden!r}))"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert out.stdout.strip() == "[]"


def test_files_stay_of_one_size():
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("shapes", "spatial", "analysis")
        for path in (ROOT / folder).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 520
    }
    assert long == {}


def test_the_gallery_has_every_kind_in_both_languages():
    from analysis import figures, maps

    kinds = {*maps.__all__, *figures.__all__} - {"save"}
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    for kind in kinds:
        for lang in ("en", "zh"):
            picture = ROOT / "docs" / "gallery" / f"{kind}.{lang}.png"
            assert picture.is_file(), f"draw it: python scripts/make_gallery.py {kind}"
            assert picture.stat().st_size < 150_000
            assert f"gallery/{picture.name}" in page
