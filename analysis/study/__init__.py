"""The study pipeline: a study file in, a folder of results out."""

from __future__ import annotations

from analysis.study.checking import check
from analysis.study.claiming import claims
from analysis.study.pipeline import run
from analysis.study.results import Study

__all__ = ["Study", "check", "claims", "run"]
