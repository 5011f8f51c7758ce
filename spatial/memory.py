"""How much memory the machine has to spare, so that what cannot fit is refused before it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from spatial.errors import InputError

__all__ = ["available_memory", "fits", "gigabytes", "require_memory"]

GROUPS = Path("/sys/fs/cgroup")
SHARE = 0.9


def available_memory() -> float:
    """Bytes that this process can still take without swapping; infinite where nobody tells.

    Linux: what the kernel holds to be available, or what a control group (a container, a job of a
    cluster) leaves; Windows: free physical memory; elsewhere: all physical memory.
    """
    if sys.platform == "win32":
        return _windows()
    try:
        return min(_kernel(), *_groups())
    except (OSError, ValueError, KeyError):
        return _physical()


def fits(need: float) -> bool:
    """Whether so many bytes leave a tenth of the available memory."""
    return need <= SHARE * available_memory()


def require_memory(need: float, what: str, remedy: str) -> None:
    """Refuse what would need more bytes than there are.

    Raises
    ------
    InputError
        One sentence: what would need how much, how much there is, and what would do instead.
    """
    if not fits(need):
        raise InputError(
            f"{what} would need about {gigabytes(need)} of memory and "
            f"{gigabytes(available_memory())} are available; {remedy}."
        )


def gigabytes(size: float) -> str:
    """Bytes in words."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"


def _kernel() -> float:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return 1024.0 * float(found["MemAvailable"].split()[0])


def _groups() -> list[float]:
    """What is left under the limits of the control groups of this process, of either version.

    Copies of files that nobody has read lately count as free: a study that has just read its table
    and kept its results is not short of memory because of them.
    """
    own = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    paths = [line.rsplit(":", 1)[1].lstrip("/") for line in own if line.startswith("0::")]
    folders = [GROUPS, *(GROUPS / path for path in paths)]
    pairs = [(folder / "memory.max", folder / "memory.current") for folder in folders]
    old = GROUPS / "memory"
    pairs.append((old / "memory.limit_in_bytes", old / "memory.usage_in_bytes"))
    left = [float("inf")]
    for limit, used in pairs:
        if limit.exists() and (text := limit.read_text().strip()) != "max":
            left.append(float(text) - float(used.read_text()) + _idle_files(limit.parent))
    return left


def _idle_files(folder: Path) -> float:
    """Bytes of copies of files that the kernel gives up when memory is wanted."""
    stat = folder / "memory.stat"
    lines = stat.read_text(encoding="ascii").splitlines() if stat.exists() else []
    found = dict(line.split(maxsplit=1) for line in lines)
    return float(found.get("total_inactive_file", found.get("inactive_file", 0.0)))


def _physical() -> float:
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * float(os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def _windows() -> float:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    ask = ctypes.windll.kernel32.GlobalMemoryStatusEx  # type: ignore[attr-defined,unused-ignore]
    return float(status.free) if ask(ctypes.byref(status)) else float("inf")
