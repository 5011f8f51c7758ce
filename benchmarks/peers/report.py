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
    "effects by traces without standard errors.",
    "lisa": "esda after compilation, two threads; pygeoda by lookup table, two threads.",
    "curve": "ours: two-way SDM with delta effects on two processes; spreg: one-way lag model, one "
    "process.",
}


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
    return [*lines, ""]


def cell(known, program, n):
    row = known.get((program, n))
    if row is None:
        return ""
    if "failed" in row:
        return row["failed"].replace("|", "/")
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
    from matplotlib.figure import Figure

    tasks = [t for t in TITLES if t != "curve" and any(r["task"] == t for r in found["results"])]
    figure = Figure(figsize=(3.3 * len(tasks), 3.2), layout="constrained")
    colours = ("#1f4e79", "#c8501e", "#6a9f3c", "#8a63a8", "#3f3f3f")
    for axes, task in zip(figure.subplots(1, len(tasks), squeeze=False)[0], tasks, strict=True):
        rows = [r for r in found["results"] if r["task"] == task and "failed" not in r]
        for place, program in enumerate(dict.fromkeys(r["program"] for r in rows)):
            own = [r for r in rows if r["program"] == program]
            axes.loglog(
                [r["n"] for r in own], [r["seconds"] for r in own], "os^Dv"[place % 5] + "-",
                color=colours[place % 5], ms=4, lw=1.4 if program == "ours" else 0.9, label=program,
            )  # fmt: skip
        axes.set_title(TITLES[task].split(" (")[0].split(",")[0], fontsize=7)
        axes.set_xlabel("units", fontsize=7)
        axes.tick_params(labelsize=6)
        axes.grid(color="#dddddd", lw=0.4)
        axes.legend(fontsize=6, frameon=False)
    figure.axes[0].set_ylabel("seconds", fontsize=7)
    figure.savefig(path, dpi=150)
