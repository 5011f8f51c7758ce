"""Every number of a study as JSON, in full precision; and the manifest of how it came about."""

from __future__ import annotations

import hashlib
import math
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.claiming import claims
from analysis.study.folder import MADE_BY
from analysis.study.resolved import without_folder
from analysis.study.results import Study
from analysis.study.sensitivity_output import sensitivity_record

__all__ = ["make_manifest", "plain", "results_record"]

PACKAGES = (
    "cityripple", "numpy", "scipy", "pandas", "geopandas", "shapely", "pyogrio", "pyproj",
    "libpysal", "formulaic", "matplotlib", "mapclassify", "joblib", "pydantic",
)  # fmt: skip


def make_manifest(
    files: Mapping[str, Path], *, seed: int, packaged: bool, overrides: Mapping[str, Any]
) -> dict[str, Any]:
    """List inputs with SHA-256, versions, seed, time; names of files, never where they lie.

    Parameters
    ----------
    files
        Input files by what they are.
    seed
        Of the study.
    packaged
        Whether the boundaries are the packaged China layer.
    overrides
        Keys replaced on the command line.
    """
    inputs = [
        {"what": what, "name": path.name, "sha256": _digest(path), "bytes": _size(path)}
        for what, path in files.items()
    ]
    if packaged:
        inputs.append(
            {"what": "boundaries", "name": "packaged China layer", "sha256": None, "bytes": None}
        )
    return {
        "made_by": MADE_BY,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "inputs": inputs,
        "overrides": _without_folders(plain(dict(overrides))),
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in PACKAGES},
        },
        "system": platform.system(),
    }


def _without_folders(value: Any) -> Any:
    """Texts that are absolute paths lose their folder, wherever they stand."""
    if isinstance(value, dict):
        return {key: _without_folders(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_folders(part) for part in value]
    return without_folder(value) if isinstance(value, str) else value


def _digest(path: Path) -> str:
    """SHA-256 of a file; of a folder that of the names and digests of its files."""
    if path.is_dir():
        lines = "".join(f"{file.name} {_digest(file)}\n" for file in _files(path))
        return hashlib.sha256(lines.encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in (_files(path) if path.is_dir() else [path]))


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file())


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def results_record(study: Study) -> dict[str, Any]:
    """All numbers of a study as plain lists and mappings; what has no value is null."""
    plan, sample = study.plan, study.sample
    return plain(  # type: ignore[no-any-return]
        {
            "title": plan.study.title,
            "synthetic": plan.study.synthetic,
            "sample": {
                "units": [str(u) for u in sample.units],
                "times": sample.times,
                "rows": len(sample.frame),
                "left_out": sample.left_out,
            },
            "join": study.sources.ledger,
            "units_without_data": list(study.sources.idle),
            "repairs": study.sources.repairs,
            "boundary_faults": study.sources.faults,
            "suspicious": study.suspicious,
            "interpolated": study.filled,
            "measures": {
                name: {**note, **_made_of(study, name), "values": _values(study, name)}
                for name, note in study.measured.formulas.items()
            },
            "weights": {
                name: {
                    "label": w.labels["en"],
                    "isolates": list(w.isolates),
                    **w.description.to_dict(),
                }
                for name, w in study.weights.items()
            },
            **_models(study),
            **_clusters(study),
            **_spread(study),
            **_shocks(study),
            **_mechanisms(study),
            **sensitivity_record(study),
            "claims": {"correction": plan.claims.correction, "rows": claims(study, lang="en")},
            "truth": study.truth,
            "warnings": list(study.warnings),
        }
    )


def _made_of(study: Study, name: str) -> dict[str, Any]:
    """Indicators of a composite measure, phases of one over phases."""
    found = study.measured
    tables = {"indicators": found.indicators, "phases": found.phases}
    return {kind: tables[kind][name] for kind in tables if name in tables[kind]}


def _values(study: Study, name: str) -> pd.DataFrame:
    frame, time = study.sample.frame, study.plan.table.time
    return frame[["key", *([time] if time else []), name]]


def _models(study: Study) -> dict[str, Any]:
    if study.models is None:
        return {"models": None}
    return {
        "main_model": study.models.main.label,
        "models": [
            {
                "label": item.label,
                "kind": item.kind,
                "weights": item.weights,
                "formula": item.fit.model.formula,
                "fixed_effects": item.fit.model.effects,
                "bias_correction": item.fit.bias_correction,
                "covariance_kind": item.fit.cov_kind,
                "coefficients": item.fit.tidy(),
                "covariance": item.fit.cov.to_numpy().tolist(),
                "rho_interval": list(item.fit.rho_interval),
                "statistics": item.fit.glance().iloc[0].to_dict(),
                "effects": item.effects,
                "notes": list(item.fit.notes),
            }
            for item in study.models.fitted
        ],
        "choice": _choice(study),
        "effects_by_unit": study.models.by_unit,
        "flows": study.models.flows,
    }


def _choice(study: Study) -> dict[str, Any] | None:
    choice = study.models.choice if study.models else None
    return (
        None
        if choice is None
        else {**{str(k): v for k, v in choice.attrs.items()}, "steps": choice}
    )


def _clusters(study: Study) -> dict[str, Any]:
    found = study.clusters
    if found is None:
        return dict.fromkeys(("moran", "lisa", "bilisa", "hot_spots", "lisa_change"))
    pairs = [{"here": x, "there": y, **_local(table)} for (x, y), table in found.bilisa.items()]
    return {
        "moran": found.moran,
        "lisa": {column: _local(table) for column, table in found.lisa.items()},
        "bilisa": pairs,
        "hot_spots": {column: _local(table) for column, table in found.hot_spots.items()},
        "lisa_change": {column: _local(table) for column, table in found.changes.items()},
    }


def _shocks(study: Study) -> dict[str, Any]:
    found = study.instrumented
    dids = {
        name: {
            "outcome": one.fit.outcome, "formula": one.fit.model.formula, "weights": one.weights,
            "estimator": one.fit.model.estimator, "covariance_kind": one.fit.cov_kind,
            "events": one.fit.events(), "effects": one.fit.effects(),
            "pretrend": one.fit.pretrend(), "comparison": one.fit.comparison,
            "placebo": one.placebo
            and {"p_values": one.placebo.p_values, "draws": one.placebo.draws},
            "notes": list(one.fit.notes),
        }
        for name, one in study.shocks.items()
    }  # fmt: skip
    return {
        "did": dids,
        "instruments": found
        and {
            "endogenous": list(found.fit.model.endogenous or ()),
            "excluded": list(found.fit.model.instruments or ()),
            "coefficients": found.fit.tidy(), "effects": found.effects,
            "first_stage": found.first_stage, "tests": found.tests,
            "notes": list(found.fit.notes),
        },
    }  # fmt: skip


def _mechanisms(study: Study) -> dict[str, Any]:
    found = study.mechanisms
    return {
        "channels": [
            {"name": name, "term": term, "links": one.links, "paths": one.paths}
            | {"notes": list(one.notes)}
            for (name, term), one in found.channels.items()
        ],
        "moderators": [
            {"name": name, "term": term, "moderator": one.moderator, "effects": one.effects}
            | {"change": one.change, "tests": one.tests, "notes": list(one.notes)}
            for (name, term), one in found.moderators.items()
        ],
        "groups": {
            name: {
                "members": one.members.astype(str), "separate": one.separate,
                "effects": one.effects, "between": one.between, "contrasts": one.contrasts,
                "tests": one.tests, "coefficients": one.joint.tidy(), "notes": list(one.notes),
            }
            for name, one in found.groups.items()
        },
    }  # fmt: skip


def _spread(study: Study) -> dict[str, Any]:
    found = study.spread
    thresholds = [
        {
            "name": name, "term": term, "variable": one.variable, "count": one.count,
            "tests": one.tests, "thresholds": one.thresholds, "regimes": one.regimes,
            "effects": one.effects, "curve": one.curve, "critical": one.critical,
            "notes": list(one.notes),
        }
        for (name, term), one in study.thresholds.items()
    ]  # fmt: skip
    return {
        "distribution": found and {**found.columns, "left_out": list(found.left_out)},
        "thresholds": thresholds,
    }


def _local(table: pd.DataFrame) -> dict[str, Any]:
    return {"settings": dict(table.attrs), "rows": table}


def plain(value: Any) -> Any:
    """Turn anything into what JSON holds: frames into rows, NaN and infinity into null."""
    if isinstance(value, pd.DataFrame):
        named = not isinstance(value.index, pd.RangeIndex)
        table = value.reset_index() if named else value
        columns = [str(c) for c in table.columns]
        values = [_of_column(table.iloc[:, place]) for place in range(len(columns))]
        return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
    if isinstance(value, pd.Series):
        return plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    return _scalar(value)


def _of_column(column: pd.Series[Any]) -> list[Any]:
    """Plain values of a column; numbers all at once."""
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "fiub":
        return [value if type(value) is str else plain(value) for value in column.astype(object)]
    values = column.to_numpy().astype(object)
    values[~np.isfinite(column.to_numpy())] = None
    return list(values)


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    return value if isinstance(value, (str, int, bool)) else str(value)
