"""Boundaries and table of a study, read and joined; nothing is left out in silence."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.study.halves import join_halves
from analysis.study.keeping import Parts, digest_of_files
from analysis.study.reading import StudyFile, resolve_path
from spatial.errors import InputError, named
from spatial.labels import canonical

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["KEY", "Sources", "input_files", "read_sources", "refuse_unmatched"]

KEY = "key"
NAMED = 20  # names in a refusal
LIBPYSAL = "libpysal:"
REPAIR_COLUMNS = ("key", "problem", "detail", "before", "after")
SIZES = {"before": float, "after": float}
IN_PIECES = (".shp", ".tab", ".mif", ".dbf")


@dataclass(frozen=True)
class Sources:
    """What was read.

    `cities` are the boundaries indexed by key, `lines` further lines to draw; `table` is long with
    the column "key"; `ledger` says how each name matched (given, key, how); `unmatched` are the
    names without a polygon, `idle` the keys of polygons without a row; `repairs` lists what was
    mended (source, key, problem, detail, and areas before and after), `faults` what
    `shapes.check_boundaries` finds in the boundaries.
    """

    cities: GeoDataFrame
    lines: GeoDataFrame | None
    table: pd.DataFrame
    ledger: pd.DataFrame
    unmatched: tuple[str, ...]
    idle: tuple[str, ...]
    repairs: pd.DataFrame
    faults: pd.DataFrame

    @cached_property
    def names(self) -> dict[str, str]:
        """Printed name of each key."""
        found = self._column(str(self.cities.attrs.get("name")))
        return found or {str(key): str(key) for key in self.cities.index}

    @cached_property
    def english_names(self) -> dict[str, str]:
        """English name of each key, where the layer has a column of them (city_en for city)."""
        return self._column(f"{self.cities.attrs.get('name')}_en")

    def printed_names(self, lang: str) -> dict[str, str]:
        """Name of each key as it is printed: in English with the English name first."""
        return self._both_names if lang == "en" else self.names

    @cached_property
    def _both_names(self) -> dict[str, str]:
        english = self.english_names
        return {
            key: f"{english[key]} {name}" if english.get(key) else name
            for key, name in self.names.items()
        }

    def _column(self, name: str) -> dict[str, str]:
        if name not in self.cities.columns:
            return {}
        return {str(k): str(v) for k, v in zip(self.cities.index, self.cities[name], strict=True)}


def input_files(study: StudyFile) -> dict[str, Path]:
    """Files that the study reads, by what they are; the packaged layer is none."""
    plan, base = study.plan, study.base
    files = {} if study.path is None else {"study": study.path}
    if plan.boundaries.file != "china":
        files["boundaries"] = _path(base, plan.boundaries.file)
    files["table"] = _path(base, plan.table.file)
    for what, given in (
        ("aliases", plan.boundaries.aliases),
        ("lines", plan.maps.lines),
        ("truth", plan.study.truth),
    ):
        if given is not None:
            files[what] = _path(base, given)
    return files


def _path(base: Path, given: str) -> Path:
    if not given.startswith(LIBPYSAL):
        return resolve_path(base, given)
    name = given.removeprefix(LIBPYSAL)
    found = importlib.util.find_spec("libpysal")
    homes = (
        [Path(p) / "examples" for p in (found.submodule_search_locations or ())] if found else []
    )
    hits = (
        sorted(hit for home in homes for hit in home.glob(f"**/{name}"))
        if Path(name).name == name
        else []
    )
    if not hits:
        raise InputError(
            f"libpysal ships no file {name!r}; give the name of a file of its bundled examples, "
            "such as libpysal:us48.shp."
        )
    return hits[0]


def read_sources(study: StudyFile, parts: Parts) -> Sources:
    """Read boundaries and table and join them.

    Names that match no polygon are kept in the table under their own name, so that national totals
    hold them; the sample refuses them unless the study drops them by name.
    """
    files = input_files(study)
    _require(files)
    table = study.plan.table
    wanted = (table.unit, table.time, table.layout, table.sheet, table.value, table.encoding)
    held = {what: digest_of_files(_whole(path)) for what, path in files.items() if what != "study"}
    given = (study.plan.boundaries, wanted, study.plan.maps.lines is None, held)
    return parts("reading", given, partial(_read, study, files))


def _whole(path: Path) -> list[Path]:
    """A file, with those beside it that make a layer with it; or all files of a folder."""
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    if path.suffix.lower() not in IN_PIECES:
        return [path]
    return sorted(file for file in path.parent.glob("*") if file.stem == path.stem)


def _read(study: StudyFile, files: dict[str, Path]) -> Sources:
    import shapes

    plan, base = study.plan, study.base
    cities, lines = _read_cities(study, files)
    table = _read_table(study, files["table"])
    repairs = [*_repairs(cities, "boundaries"), *_repairs(table, "table")]
    if KEY in table.columns and plan.table.unit != KEY:
        raise InputError(
            f"the table has a column {KEY!r}, which the join needs for itself; rename it."
        )
    aliases = resolve_path(base, plan.boundaries.aliases) if plan.boundaries.aliases else None
    _, ledger = shapes.join(table, cities, on=plan.table.unit, aliases=aliases, drop="report")
    ledger = ledger.sort_values("given", ignore_index=True)
    keys = {
        canonical(given): key for given, key in zip(ledger["given"], ledger["key"], strict=True)
    }
    codes, labels = pd.factorize(table[plan.table.unit], use_na_sentinel=False)
    units = [canonical(label) for label in labels]
    own = [key if isinstance(key := keys.get(unit), str) and key else unit for unit in units]
    joined = table.assign(**{KEY: np.array(own, dtype=object)[codes]})
    by = [KEY, *([plan.table.time] if plan.table.time else [])]
    joined, halves = join_halves(joined, by, plan.table.unit)
    repairs += [{"source": "table", **row} for row in halves]
    without = ledger[ledger["how"] == "none"]
    present = set(joined[KEY])
    idle = tuple(str(key) for key in cities.index if str(key) not in present)
    return Sources(
        cities,
        lines,
        _with_attributes(joined, cities),
        ledger,
        tuple(str(name) for name in without["given"]),
        idle,
        pd.DataFrame(repairs, columns=["source", *REPAIR_COLUMNS]).astype(SIZES),
        shapes.check_boundaries(cities),
    )


def refuse_unmatched(names: Iterable[str], cities: GeoDataFrame) -> None:
    """Refuse names without a polygon that the study does not drop by name."""
    import shapes

    absent = list(names)
    if absent:
        hints = shapes.match_names(absent[:NAMED], cities)["suggestion"]
        words = [
            f"{n} ({hint})" if isinstance(hint, str) else n
            for n, hint in zip(absent[:NAMED], hints, strict=True)
        ]
        verb = "names have" if len(absent) > 1 else "name has"
        raise InputError(
            f"{len(absent)} {verb} no polygon among the {len(cities)} boundaries: "
            f"{named([*words, *absent[NAMED:]], NAMED)}; let `cityripple check` write "
            "a table of aliases to fill in, or leave them out by name with [table] drop_units."
        )


def _require(files: dict[str, Path]) -> None:
    for what, path in files.items():
        if not path.exists():
            remedy = (
                " or give its path with --table"
                if what == "table"
                else " or give its path with --boundaries"
                if what == "boundaries"
                else ""
            )
            raise InputError(
                f"the {what} file {path.name} is not there; correct the path in the study "
                f"file{remedy}."
            )


def _read_cities(
    study: StudyFile, files: dict[str, Path]
) -> tuple[GeoDataFrame, GeoDataFrame | None]:
    import shapes

    section = study.plan.boundaries
    if section.file == "china":
        given = [
            k
            for k in ("key", "name", "layer", "encoding", "crs")
            if getattr(section, k) is not None
        ]
        if given:
            raise InputError(
                f'[boundaries] {named(given)} goes with a file; the packaged layer "china" is '
                "indexed by official name."
            )
        cities, lines = shapes.china_cities(), shapes.china_lines()
    else:
        options = {
            k: v
            for k in ("name", "layer", "encoding", "crs")
            if (v := getattr(section, k)) is not None
        }
        if section.key is None:
            raise InputError(
                "[boundaries] key is missing; name the column of the boundary file that "
                "identifies a unit."
            )
        cities, lines = (
            shapes.read_boundaries(files["boundaries"], key=section.key, **options),
            None,
        )
    return cities, _read_lines(files["lines"]) if "lines" in files else lines


def _read_lines(path: Path) -> GeoDataFrame:
    import geopandas

    try:
        lines = geopandas.read_file(path)
    except (OSError, RuntimeError, ValueError):
        lines = None
    if not isinstance(lines, geopandas.GeoDataFrame) or lines.crs is None:
        raise InputError(
            f"[maps] lines: {path.name} is no layer of lines with a coordinate reference system; "
            "give one such as .geojson or .gpkg."
        )
    return lines


def _read_table(study: StudyFile, path: Path) -> pd.DataFrame:
    from analysis.reading import read_table

    section = study.plan.table
    sheet = list(section.sheet) if isinstance(section.sheet, tuple) else section.sheet
    table = read_table(
        path,
        unit=section.unit,
        time=section.time,
        layout=section.layout,
        sheet=sheet,
        encoding=section.encoding,
    )
    if section.value is None:
        return table
    plain = [name for name in (path.stem, str(sheet)) if name in table.columns]
    if section.layout != "wide" or not plain:
        raise InputError(
            f"[table] value = {section.value!r} names the one indicator of a wide table with "
            f"bare years; {path.name} is none."
        )
    return table.rename(columns={plain[0]: section.value})


def _repairs(frame: Any, source: str) -> list[dict[str, Any]]:
    rows = json.loads(frame.attrs.get("repairs") or "[]")
    texts = [column for column in REPAIR_COLUMNS if column not in SIZES]
    return [
        {"source": source}
        | {column: str(row.get(column, "")) for column in texts}
        | {column: row.get(column) for column in SIZES}
        for row in rows
    ]


def _with_attributes(table: pd.DataFrame, cities: GeoDataFrame) -> pd.DataFrame:
    """Columns of the boundary layer that the table lacks (region, rank, area …), by key."""
    attributes = pd.DataFrame(cities.drop(columns=cities.geometry.name))
    fresh = attributes[[c for c in attributes.columns if c not in table.columns]]
    return table.join(fresh, on=KEY) if len(fresh.columns) else table


def nearest_name(name: str, known: Iterable[str]) -> str:
    """End of a sentence that proposes the nearest name."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.4)
    return f"did you mean {near[0]}?" if near else "check its spelling."
