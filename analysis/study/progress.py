"""Progress of long work: told to whoever listens, and logged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["STAGES", "Progress", "Steps"]

Progress = Callable[[str, int, int], None]
STAGES = (
    "reading",
    "measures",
    "weights",
    "models",
    "autocorrelation",
    "robustness",
    "tables",
    "pictures",
    "report",
)
log = logging.getLogger("analysis.study")


@dataclass
class Steps:
    """Tells of the stages of a study: each is logged, and shown to who asked for progress."""

    show: Progress | None = None
    stage: str = STAGES[0]

    def within(self, detail: str) -> None:
        """Tell how far the stage has come."""
        log.debug("%s: %s", self.stage, detail)
        if self.show is not None:
            self.show(detail, STAGES.index(self.stage), len(STAGES))

    def __call__(self, stage: str, detail: str = "") -> None:
        """Begin a stage."""
        self.stage = stage
        log.info("%s%s", stage, f": {detail}" if detail else "")
        if self.show is not None:
            self.show(stage, STAGES.index(stage), len(STAGES))
