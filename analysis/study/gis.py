"""What of a study goes to a GIS: results per city, the words and the formats of their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.profiles import TYPES
from analysis.report.captions import synthetic_mark
from analysis.report.words import Words
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["layers_of", "write_layers"]


def write_layers(study: Study, folder: Path) -> None:
    """Write every result per city in the formats that [layers] names; nothing where there is none.

    Parameters
    ----------
    study
        All results.
    folder
        Where layers.gpkg, geojson/, shp/ and styles/ are put.
    """
    from analysis.layers import export_layers

    told = layers_of(study)
    if told:
        export_layers(folder, **told)


def layers_of(study: Study) -> dict[str, Any]:
    """Arguments of `analysis.layers.export_layers` but for the folder; none where nothing is."""
    found, models = study.clusters, study.models
    results: dict[str, Any] = {
        "changes": dict(found.changes) if found else {},
        "hot_spots": dict(found.hot_spots) if found else {},
        "lisa": dict(found.lisa) if found else {},
        "bilisa": {f"{x}_{y}": table for (x, y), table in found.bilisa.items()} if found else {},
        "spillover": {name: models.by_unit[name] for name in models.flows} if models else {},
        "profiles": dict(study.sensitivity.profiles or {}),
        "values": _values(study),
    }
    filled = {name: part for name, part in results.items() if part}
    if not filled or not study.plan.layers.formats:
        return {}
    return {
        "cities": study.sources.cities,
        "formats": study.plan.layers.formats,
        "lang": study.plan.study.lang,
        "labels": _labels(study),
        "about": _about(study),
        "note": synthetic_mark(study),
        **filled,
    }


def _values(study: Study) -> dict[str, pd.DataFrame]:
    """Columns of the study in the last year, and the group of each unit."""
    found: dict[str, pd.DataFrame] = {}
    if study.used_columns:
        found["values"] = study.sample.at(_last(study))[study.used_columns]
    groups = {name: _members(result.members) for name, result in study.mechanisms.groups.items()}
    if groups:
        found["groups"] = pd.DataFrame(groups)
    return found


def _members(groups: pd.Series[Any]) -> pd.Series[Any]:
    """Groups of units; those that stand in no order but the alphabet's get that of the map."""
    names = list(groups.cat.categories)
    return groups.astype(object) if names == sorted(names) else groups


def _last(study: Study) -> Any:
    times = study.sample.times
    return times[-1] if times else None


def _labels(study: Study) -> dict[str, str]:
    """Printed names of columns, of pairs of them, of groups and of types of cities."""
    words = Words(study.plan.study.lang)
    pairs = study.clusters.bilisa if study.clusters else {}
    return {
        **{kind: words(f"profile.{kind}") for kind in TYPES},
        "groups": term("layer.groups", words.lang),
        **{f"{x}_{y}": f"{study.label(x)} → {study.label(y)}" for x, y in pairs},
        **study.plan.labels,
    }


def _about(study: Study) -> dict[str, str]:
    """Year of the values."""
    year = _last(study)
    if year is None:
        return {}
    return {"values": term("layer.of_year", study.plan.study.lang, time=year)}
