"""What a study has computed is kept below its output folder, and taken up again.

Every part of a study has a key, a hash of exactly the inputs that determine it and of the code that
computes it. Nothing is read back that this user did not write.
"""

from analysis.study.keeping.fingerprint import (
    digest_of_files,
    fingerprint,
    inputs_of,
    numbers_of,
    rows_of,
)
from analysis.study.keeping.identity import estimation, toolkit
from analysis.study.keeping.parts import Parts
from analysis.study.keeping.store import Store, kept_in

__all__ = [
    "Parts",
    "Store",
    "digest_of_files",
    "estimation",
    "fingerprint",
    "inputs_of",
    "kept_in",
    "numbers_of",
    "rows_of",
    "toolkit",
]
