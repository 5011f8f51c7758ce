"""What a study found: one frozen record of all steps."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.clustering import Clusters
from analysis.study.measures import Measured
from analysis.study.mechanisms import Mechanisms
from analysis.study.modelling import Models
from analysis.study.resolved import toml_value, without_folder
from analysis.study.sampling import Sample, used_columns
from analysis.study.schema import Plan
from analysis.study.sensitivity import Sensitivity
from analysis.study.shocks import Instrumented, Shock
from analysis.study.sources import Sources
from analysis.study.spreading import Spread
from analysis.study.weighting import Weighted
from analysis.tables.labels import term_label

if TYPE_CHECKING:
    from spatial.fit import Fit
    from spatial.thresholds import ThresholdFit

__all__ = ["Study"]


@dataclass(frozen=True)
class Study:
    """All results of a study.

    Attributes
    ----------
    out
        Folder of the results.
    plan
        The study file with every default.
    sources, measured, sample
        What was read, the table with the measures, the data of the models.
    filled, suspicious
        Interpolated values; values that deserve a second look.
    weights
        Graphs with their descriptions, by name.
    models, clusters
        Fits with effects and flows; Moran and LISA. None where the study asks for none.
    truth
        Truth beside estimate (series drawn from a known process), or None.
    warnings
        Sentences that came up on the way.
    manifest
        Inputs with hashes, versions, seed, time.
    shocks, instrumented
        Differences in differences by name; the main model by instruments, or None.
    mechanisms
        Channels, moderators and groups.
    sensitivity
        Other choices, distance, other weights, city by city.
    spread, thresholds
        Distribution of columns over units, None where it is not asked for; thresholds by (name,
        term).

    Examples
    --------
    >>> study = analysis.run("study.toml", out="out")  # doctest: +SKIP
    >>> study.fit.params, study.effects, study.clusters.lisa["resilience"]  # doctest: +SKIP
    """

    out: Path
    plan: Plan
    sources: Sources
    measured: Measured
    sample: Sample
    filled: pd.DataFrame
    suspicious: pd.DataFrame
    weights: Mapping[str, Weighted]
    models: Models | None
    clusters: Clusters | None
    truth: pd.DataFrame | None
    warnings: tuple[str, ...]
    manifest: Mapping[str, Any]
    spread: Spread | None = None
    thresholds: Mapping[tuple[str, str], ThresholdFit] = field(default_factory=dict)
    mechanisms: Mechanisms = field(default_factory=Mechanisms)
    shocks: Mapping[str, Shock] = field(default_factory=dict)
    instrumented: Instrumented | None = None
    sensitivity: Sensitivity = field(default_factory=Sensitivity)

    def label(self, name: str, lang: str | None = None) -> str:
        """Give the printed name of a column or term, or of a path of them."""
        told = lang or self.plan.study.lang
        return " → ".join(term_label(one, self.plan.labels, told) for one in name.split(" → "))

    def place(self, key: Any) -> str:
        """Give the printed name of a unit; in an English report with its English name first."""
        return self.sources.printed_names(self.plan.study.lang).get(str(key), str(key))

    @property
    def command(self) -> str:
        """The command that runs this study file again; empty for a study given as a mapping.

        Of a file outside the folder of the study file only the name is told.
        """
        names = {item["what"]: item["name"] for item in self.manifest["inputs"]}
        if "study" not in names:
            return ""
        words = ["cityripple", "run", names["study"], "--out", self.out.name]
        for section, file in (
            ("table", self.plan.table.file),
            ("boundaries", self.plan.boundaries.file),
        ):
            if without_folder(file) != file:
                words += [f"--{section}", without_folder(file)]
        for key, value in self.manifest["overrides"].items():
            words += ["--set", f"{key}={toml_value(value)}"]
        return shlex.join(words)

    @property
    def used_columns(self) -> list[str]:
        """Columns that the model and the autocorrelation read."""
        return used_columns(self.plan)

    @property
    def fit(self) -> Fit | None:
        """Fit of the main model."""
        return self.models.main.fit if self.models else None

    @property
    def fits(self) -> dict[str, Fit]:
        """Every fit by "KIND (weights)"."""
        return {item.label: item.fit for item in self.models.fitted} if self.models else {}

    @property
    def effects(self) -> pd.DataFrame | None:
        """Direct, indirect and total effects of the main model."""
        return self.models.main.effects if self.models else None
