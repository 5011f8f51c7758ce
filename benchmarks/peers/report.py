"""Results of the comparison as a table and a figure."""

import json
import math

TITLES = {
    "panel": "Two-way fixed-effects SDM with effects and standard errors, 10 years",
    "cross": "Cross-section SDM with exact effects",
    "simulate": "1,000 simulated effects of a fitted SDM",
    "lisa": "Local Moran's I (ours exact, the others 999 permutations)",
    "queen": "Queen contiguity of squares",
    "curve": "Many fits at 289 units × 10 years, seconds per fit",
}
NOTES = {
    "panel": "spreg: one-way lag model, no W x, no effects; splm: no W x, no effects; panelbox: "
    "unit effects.",
    "cross": "spreg: sparse LU, no standard errors of effects; spatialreg: sparse Cholesky, "
    "effects by traces without standard errors, random ones beyond 10,000 units.",
    "lisa": "esda after compilation, two threads; pygeoda by lookup table, two threads. Their p is "
    "one-sided, so that more cells are significant.",
    "curve": "ours: two-way SDM with delta effects on two processes; spreg: one-way lag model, one "
    "process.",
}
SHORT = {
    "panel": "Two-way SDM with effects, 10 years",
    "cross": "Cross-section SDM with effects",
    "simulate": "1,000 simulated effects",
    "lisa": "Local Moran's I",
    "queen": "Queen contiguity",
}
COLOURS = (
    "#1f4e79", "#c8501e", "#6a9f3c", "#8a63a8", "#3f3f3f", "#b8860b", "#2a9d9d", "#c2528b",
    "#888888",
)  # fmt: skip
SIGNS = "os^Dv<>Pp"


def write(found, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    (folder / "results.md").write_text(text(found), encoding="utf-8")
    draw(found, folder / "results.png")


def seconds(row):
    """Time of a measurement; of many fits the time of one."""
    return row["seconds"] / row.get("fits", 1.0)


def text(found):
    about, lines = found["about"], ["# Ours beside other programs", ""]
    versions = ", ".join(f"{name} {told}" for name, told in about["versions"].items())
    lines += [f"{about['machine']}. {versions}.", ""]
    lines += [
        "Seconds (median, data and imports outside), peak memory of the whole process, time over "
        "ours; `growth` is the exponent of time in N since the size before. Stopped after "
        f"{about['limit_s']:.0f} s or 22 GB.",
        "",
    ]
    for task in dict.fromkeys(row["task"] for row in found["results"]):
        rows = [row for row in found["results"] if row["task"] == task]
        lines += [f"## {TITLES[task]}", "", *([NOTES[task], ""] if task in NOTES else [])]
        lines += table(rows)
    return "\n".join(lines)


def table(rows):
    programs = list(dict.fromkeys(row["program"] for row in rows))
    known = {(row["program"], row["n"]): row for row in rows}
    lines = ["| N | " + " | ".join(programs) + " |", "|---:" * (len(programs) + 1) + "|"]
    for n in sorted({row["n"] for row in rows}):
        cells = [cell(known, program, n) for program in programs]
        lines.append(f"| {n:,} | " + " | ".join(cells) + " |")
    return [
        *lines,
        "",
        "Largest done: " + "; ".join(map(largest, grouped(rows).values())) + ".",
        "",
    ]


def grouped(rows):
    """Measurements of each program."""
    found = {}
    for row in rows:
        found.setdefault(row["program"], []).append(row)
    return found


def largest(rows):
    """The largest size that a program has done, and how it ended at the next."""
    done = max((row["n"] for row in rows if "failed" not in row), default=0)
    failed = [f" ({row['n']:,}: {row['failed'][:70]})" for row in rows if "failed" in row]
    return f"{rows[0]['program']} {done:,}" + "".join(failed)


def cell(known, program, n):
    row = known.get((program, n))
    if row is None:
        return ""
    if "failed" in row:
        return "not done"
    said = [f"{seconds(row):.3g} s", f"{row['peak_mb']:,.0f} MB"]
    ours = known.get(("ours", n))
    if program != "ours" and ours and "failed" not in ours:
        said.append(f"**{seconds(row) / seconds(ours):.3g}×**")
    before = [r for (p, m), r in known.items() if p == program and m < n and "failed" not in r]
    if before:
        last = max(before, key=lambda r: r["n"])
        growth = math.log(seconds(row) / seconds(last)) / math.log(n / last["n"])
        said.append(f"growth {growth:.2f}")
    return ", ".join(said)


def draw(found, path):
    """Time against size for each task, and the memory of the panel model, on logarithmic axes."""
    from matplotlib.figure import Figure

    rows = [row for row in found["results"] if "failed" not in row]
    programs = list(dict.fromkeys(row["program"] for row in rows))
    figure = Figure(figsize=(9.0, 5.6), layout="constrained")
    axes = figure.subplots(2, 3).ravel()
    for place, (task, title) in enumerate(SHORT.items()):
        own = [row for row in rows if row["task"] == task]
        _lines(axes[place], own, programs, "seconds")
        axes[place].set_title(title, fontsize=8, loc="left")
    _lines(axes[-1], [row for row in rows if row["task"] == "panel"], programs, "peak_mb")
    axes[-1].set_title("Two-way SDM with effects: peak memory", fontsize=8, loc="left")
    for place, one in enumerate(axes):
        one.set_xlabel("units" if place > 2 else "", fontsize=7)
        one.set_ylabel("MB" if place == len(axes) - 1 else "seconds", fontsize=7)
        one.tick_params(which="both", labelsize=6.5)
        one.grid(color="#dddddd", lw=0.4)
    figure.savefig(path, dpi=200)


def _lines(axes, rows, programs, column):
    """A line for each program, in its own colour and with its own sign in every panel."""
    for program in dict.fromkeys(row["program"] for row in rows):
        place = programs.index(program)
        own = [row for row in rows if row["program"] == program]
        axes.loglog(
            [row["n"] for row in own], [row[column] for row in own], SIGNS[place] + "-",
            color=COLOURS[place], ms=4, lw=1.8 if program == "ours" else 0.9, label=program,
        )  # fmt: skip
    axes.legend(fontsize=6.5, frameon=False)
