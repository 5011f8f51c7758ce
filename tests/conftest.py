"""One thread of linear algebra for each worker: on small matrices two wait for each other."""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
