"""What of a study reaches the files for a GIS."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from analysis.study.gis import write_layers


@pytest.fixture
def written(case: Any, tmp_path: Path) -> Any:
    def write(**sections: Any) -> tuple[Any, Path]:
        case.plan.update(sections)
        study, folder = case.computed(), tmp_path / "gis"
        folder.mkdir()
        write_layers(study, folder)
        return study, folder

    return write


def test_every_result_per_city_has_a_layer(written: Any) -> None:
    study, folder = written(
        study={"title": "Lattice", "seed": 1, "synthetic": True},
        groups={"rank": {"column": "rank"}},
        profiles={"frontier": "rank-best"},
        labels={"agg": "Agglomeration"},
        autocorrelation={
            "columns": ["agg"],
            "bivariate": [["agg", "res"]],
            "hot_spots": ["res"],
            "years": [2011, 2014],
        },
    )
    package = folder / "layers.gpkg"
    with closing(sqlite3.connect(package)) as connection:
        about = dict(connection.execute("SELECT table_name, description FROM gpkg_contents"))
        titles = dict(connection.execute("SELECT table_name, identifier FROM gpkg_contents"))
    assert set(about) == {
        "cities",
        "lisa_agg_2011",
        "lisa_agg_2014",
        "hot_spots_res_2011",
        "hot_spots_res_2014",
        "bilisa_agg_res_2011",
        "bilisa_agg_res_2014",
        "lisa_change_agg",
        "spillover_agg",
        "profiles_agg",
        "values",
        "groups",
        "layer_styles",
    }
    assert all("Synthetic data" in text for name, text in about.items() if name != "layer_styles")
    assert titles["lisa_agg_2014"] == "Local clusters (LISA): Agglomeration, 2014"
    assert titles["bilisa_agg_res_2011"].startswith("Bivariate local clusters: Agglomeration → res")
    assert titles["hot_spots_res_2014"] == "Hot and cold spots (Getis–Ord): res, 2014"
    assert "Agglomeration" in titles["lisa_change_agg"]
    for layer in ("lisa_change_agg", "hot_spots_res_2011"):
        assert "wo-sided p" in about[layer]
    spots = gpd.read_file(package, layer="hot_spots_res_2014").set_index("key")["cluster"]
    assert spots.to_dict() == study.clusters.hot_spots["res"].loc[2014, "cluster"].to_dict()
    assert "Year: 2014" in about["values"]
    groups = gpd.read_file(package, layer="groups").set_index("key")["rank"]
    assert groups.to_dict() == study.mechanisms.groups["rank"].members.astype(str).to_dict()
    pd.testing.assert_series_equal(
        gpd.read_file(package, layer="profiles_agg").set_index("key")["gap"],
        study.sensitivity.profiles["agg"]["gap"],
        check_names=False,
        check_index_type=False,
    )
    assert {p.suffix for p in (folder / "styles").iterdir()} == {".qml", ".sld"}


def test_formats_are_those_of_the_study(written: Any) -> None:
    _, folder = written(layers={"formats": ["shp"]})
    assert [p.name for p in folder.iterdir()] == ["shp"]
    assert (folder / "shp" / "lisa_agg_2014.cpg").is_file()
    assert (folder / "shp" / "fields.csv").is_file()


def test_no_formats_no_files(written: Any) -> None:
    _, folder = written(layers={"formats": []})
    assert not list(folder.iterdir())
