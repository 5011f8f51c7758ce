"""Files of every format: written in a temporary folder first, then moved into their place."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.layers.exchange import fields_csv, write_geojson, write_shapefile
from analysis.layers.geopackage import write_geopackage
from analysis.layers.layer import field_names
from analysis.layers.metadata import moved
from analysis.layers.qml import qml
from analysis.layers.sld import sld
from analysis.layers.stored import Package, Stored
from spatial.errors import InputError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["WRITERS", "write_files"]

PACKAGE, FIELDS = "layers.gpkg", "fields.csv"
UNSAFE = re.compile(r"[^\w.-]+")
PARTS = (".dbf", ".shx", ".prj", ".cpg")  # of a shapefile, which is named by its .shp


def write_files(target: Path, package: Package, formats: tuple[str, ...]) -> list[Path]:
    """Write into a temporary folder beside the target, then put the files in their place."""
    from pyogrio.errors import DataLayerError, DataSourceError

    folder = target if not target.suffix or target.is_dir() else target.parent
    single = folder != target
    try:
        if not single:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as room:
            partial = Path(room)
            for kind in formats:
                WRITERS[kind](partial, target.stem if single else "", package)
            return list(_moved(partial, folder))
    except (OSError, sqlite3.OperationalError, DataLayerError, DataSourceError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(
            f"{target.name} cannot be written ({reason}); close it in QGIS, free space, or choose "
            "another folder."
        ) from error


def _moved(partial: Path, folder: Path) -> Iterator[Path]:
    """Put files in their place, and name those that users open."""
    for file in sorted(p for p in partial.rglob("*") if p.is_file()):
        place = folder / file.relative_to(partial)
        place.parent.mkdir(exist_ok=True)
        shutil.move(file, place)
        if place.suffix not in PARTS:
            yield place


def _stems(stem: str, package: Package) -> dict[str, str]:
    """File name of each layer; one alone is called as the user says."""
    names = [stored.layer.name for stored in package.rest]
    if stem and len(names) == 1:
        return {names[0]: stem}
    clean = [UNSAFE.sub("_", name).strip("._-") or "layer" for name in names]
    head = f"{stem}_" if stem else ""
    return dict(zip(names, (head + name for name in field_names(clean)), strict=True))


def _geopackage(partial: Path, stem: str, package: Package) -> None:
    file = partial / (f"{stem}.gpkg" if stem else PACKAGE)
    write_geopackage(file, package.cities, package.first, package.rest)


def _geojson(partial: Path, stem: str, package: Package) -> None:
    folder = _room(partial, stem, "geojson")
    away = moved(package.cities, package.lang)
    for stored, name in _named(stem, package):
        about = "\n".join([stored.abstract, *away])
        table = _table(stored, package.cities)
        write_geojson(folder / f"{name}.geojson", table, stored.layer.name, about)
        _beside(folder / name, stored, {})


def _shapefile(partial: Path, stem: str, package: Package) -> None:
    folder, ledger = _room(partial, stem, "shp"), []
    for stored, name in _named(stem, package):
        table = _table(stored, package.cities)
        rows = write_shapefile(folder / f"{name}.shp", table, stored.columns, stored.layer.name)
        _beside(folder / name, stored, {row.field: row.written for row in rows})
        ledger += rows
    file = folder / (f"{stem}_{FIELDS}" if stem else FIELDS)
    file.write_bytes(fields_csv(ledger, package.lang))


def _styles(kind: str, partial: Path, stem: str, package: Package) -> None:
    """Every style of every layer; those that are not the default are called LAYER.COLUMN."""
    folder = _room(partial, stem, "styles")
    for stored, name in _named(stem, package):
        for place, style in enumerate(stored.layer.styles):
            column = UNSAFE.sub("_", style.attribute)
            file = folder / (f"{name}.{column}.{kind}" if place else f"{name}.{kind}")
            text = qml(style, _titles(stored)) if kind == "qml" else sld(style, stored.layer.name)
            file.write_text(text, encoding="utf-8")


def _qml(partial: Path, stem: str, package: Package) -> None:
    _styles("qml", partial, stem, package)


def _sld(partial: Path, stem: str, package: Package) -> None:
    _styles("sld", partial, stem, package)


WRITERS = {
    "gpkg": _geopackage,
    "geojson": _geojson,
    "shp": _shapefile,
    "qml": _qml,
    "sld": _sld,
}


def _named(stem: str, package: Package) -> Iterable[tuple[Stored, str]]:
    stems = _stems(stem, package)
    return ((stored, stems[stored.layer.name]) for stored in package.rest)


def _room(partial: Path, stem: str, kind: str) -> Path:
    """Folder of a format inside a folder; the place of the file itself otherwise."""
    folder = partial if stem else partial / kind
    folder.mkdir(exist_ok=True)
    return folder


def _titles(stored: Stored) -> dict[str, str]:
    return {name: column.title for name, column in stored.columns.items()}


def _beside(place: Path, stored: Stored, written: Mapping[str, str]) -> None:
    """Put metadata and default style beside a file, for the names that the file has."""
    place.with_name(f"{place.name}.qmd").write_text(stored.record, encoding="utf-8")
    if not stored.layer.styles:
        return
    default = stored.layer.styles[0]
    style = default.of(written.get(default.attribute, default.attribute))
    titles = {written.get(name, name): title for name, title in _titles(stored).items()}
    place.with_name(f"{place.name}.qml").write_text(qml(style, titles), encoding="utf-8")
    text = sld(style, stored.layer.name)
    place.with_name(f"{place.name}.sld").write_text(text, encoding="utf-8")


def _table(stored: Stored, cities: GeoDataFrame) -> GeoDataFrame:
    import geopandas

    shapes = cities.geometry.to_numpy()
    return geopandas.GeoDataFrame(dict(stored.values), geometry=shapes, crs=cities.crs)
