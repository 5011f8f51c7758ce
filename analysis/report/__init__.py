"""The report of a study: one self-contained page, in English or Chinese."""

from __future__ import annotations

from analysis.report.page import render_report

__all__ = ["render_report"]
