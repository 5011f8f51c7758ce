"""Draw the gallery: every kind of map and figure, in both languages, from the demonstration panel.

    python scripts/make_gallery.py            # all of it
    python scripts/make_gallery.py flows      # one kind

Writes docs/gallery/KIND.LANG.png, 256 colours at 110 dots per inch, and docs/gallery.md. The panel
is synthetic, and every picture says so.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

import shapes
import spatial
from analysis import figures, indices, maps
from spatial import distribution, weights

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "gallery"
DPI, COLOURS = 110, 256
SOURCE = {"en": "synthetic demonstration data", "zh": "演示用合成数据"}
NAMES = {
    "en": {
        "agglomeration": "Digital agglomeration", "resilience": "Economic resilience",
        "log(fdi / gdp)": "ln(FDI / GDP)", "gdp": "GDP (100 million yuan)",
        "gdp_pc": "GDP per head (10,000 yuan)",
        "digital_finance": "Digital finance",
    },
    "zh": {
        "agglomeration": "数字产业集聚", "resilience": "经济韧性", "log(fdi / gdp)": "外商投资",
        "gdp": "地区生产总值（亿元）", "gdp_pc": "人均地区生产总值（万元）",
        "digital_finance": "数字金融",
    },
}  # fmt: skip
BRIDGES = [
    ("海口市", "湛江市"),
    ("三亚市", "海口市"),
    ("儋州市", "海口市"),
    ("克拉玛依市", "乌鲁木齐市"),
]
FORMULA = "resilience ~ agglomeration + log(fdi / gdp)"
YEARS = [2011, 2016, 2022]
Draw = Callable[..., Any]


@cache
def cities() -> Any:
    return shapes.china_cities()


@cache
def table() -> pd.DataFrame:
    frame = pd.read_csv(Path(str(files("analysis"))) / "demo" / "panel.csv")
    keys = {"unit": "city", "time": "year"}
    frame["agglomeration"] = indices.location_quotient(
        frame, ["emp_I", "emp_C39"], "emp_total", **keys
    )
    for name, output in (
        ("resilience", "gdp"),
        ("revenue", "fiscal_revenue"),
        ("firms", "new_firms"),
    ):
        frame[name] = indices.resilience(frame, output=output, form="relative", **keys)
    frame["gdp_pc"] = frame["gdp"] / frame["pop_resident_10k"]
    return frame[frame["year"] >= 2011]


@cache
def panel() -> spatial.Panel:
    return spatial.Panel(table(), unit="city", time="year")


@cache
def graph() -> Any:
    return weights.subset(weights.contiguity(cities(), bridges=BRIDGES), panel().units)


@cache
def model() -> Any:
    return spatial.SDM(FORMULA, effects="twoway", lagged=["agglomeration"])


@cache
def fit() -> Any:
    return model().fit(panel(), graph())


@cache
def local() -> pd.DataFrame:
    return spatial.lisa_by_time(panel(), "resilience", graph(), times=YEARS)


@cache
def near() -> Any:
    return weights.knn(cities().loc[panel().units], k=5)


def last(column: str) -> pd.Series:
    return panel().at(2022)[column]


def named(column: str, options: dict[str, Any]) -> pd.Series:
    return last(column).rename(NAMES[options["lang"]][column])


def regions() -> pd.Series:
    return cities()["region"].reindex(panel().units)


def curve() -> pd.DataFrame:
    graphs = {"queen": graph(), "knn": near()}
    changes = {"kinds": ["SAR", "SDEM"], "winsorise": [0.01, 0.05], "drop_times": [2020]}
    return spatial.specification_curve(model(), panel(), graphs, "agglomeration", changes)


def pilots() -> Any:
    return spatial.DID("firms ~ 1", first_treated="smart_city_year", leads=4, lags=4).fit(
        panel(), graph()
    )


def faulty() -> Any:
    broken = cities()[cities()["province"].isin(["浙江省", "江西省"])].copy()
    moved = broken.index[broken["city"] == "衢州市"][0]
    broken.loc[moved, "geometry"] = broken.loc[moved, "geometry"].buffer(0.12)
    return broken


def kinds() -> dict[str, Draw]:
    """Every picture: a function of options."""
    c = cities()
    return {
        "lisa": lambda **o: maps.lisa(c, local(), **o),
        "bilisa": lambda **o: maps.bilisa(
            c, spatial.bilisa(last("agglomeration"), last("resilience"), graph()),
            here=NAMES[o["lang"]]["agglomeration"], there=NAMES[o["lang"]]["resilience"], **o,
        ),
        "significance": lambda **o: maps.significance(c, local().loc[2022], **o),
        "lisa_change": lambda **o: maps.lisa_change(c, local(), times=[2011, 2022], **o),
        "hot_spots": lambda **o: maps.hot_spots(c, spatial.getis_ord(last("gdp_pc"), graph()), **o),
        "categories": lambda **o: maps.categories(
            c, c["region"].rename({"en": "Region", "zh": "地区"}[o["lang"]]), **o
        ),
        "choropleth": lambda **o: maps.choropleth(c, named("gdp_pc", o), **o),
        "symbols": lambda **o: maps.symbols(c, named("gdp", o), colour=named("gdp_pc", o), **o),
        "flows": lambda **o: maps.flows(
            c, fit().flows("agglomeration"), unit="武汉市", top=12, **o
        ),
        "spillover": lambda **o: maps.spillover(c, fit().effects_by_unit("agglomeration"), **o),
        "compare": lambda **o: maps.compare(
            c, {"Queen": local().loc[2022], "k = 5": spatial.lisa(last("resilience"), near())}, **o
        ),
        "links": lambda **o: maps.links(c, graph(), **o),
        "faults": lambda **o: maps.faults(faulty(), **o),
        "moran_scatter": lambda **o: figures.moran_scatter(
            last("resilience"), graph(), groups=regions(), **o
        ),
        "moran_over_time": lambda **o: figures.moran_over_time(
            {n: spatial.moran_by_time(panel(), n, graph()) for n in list(NAMES["en"])[:2]},
            **o,
        ),
        "effects": lambda **o: figures.effects(
            {"SAR": spatial.SAR(FORMULA, effects="twoway").fit(panel(), graph()), "SDM": fit()}, **o
        ),
        "decay": lambda **o: figures.decay(
            spatial.decay(
                model(), panel(), c.loc[panel().units], "agglomeration", km=range(100, 900, 100)
            ), **o,
        ),
        "specification_curve": lambda **o: figures.specification_curve(curve(), **o),
        "event_study": lambda **o: figures.event_study(pilots(), **o),
        "threshold": lambda **o: figures.threshold(
            spatial.threshold(
                FORMULA.replace("resilience", "revenue"), panel(), graph(),
                variable="digital_finance", of="agglomeration", most=1, bootstrap=0,
            ), **o,
        ),
        "densities": lambda **o: figures.densities(distribution.densities(panel(), "gdp_pc"), **o),
        "transitions": lambda **o: figures.transitions(
            spatial.transitions(panel(), "gdp_pc", k=4), **o
        ),
    }  # fmt: skip


def draw(kind: str, function: Draw, lang: str) -> Path:
    wide = 80 if kind in ("threshold", "densities", "moran_over_time") else 120
    wide = 160 if kind in ("lisa", "spillover", "compare", "event_study", "effects") else wide
    labels = NAMES[lang] if hasattr(figures, kind) else None
    figure = function(lang=lang, labels=labels, width_mm=wide, source=SOURCE[lang])
    (path,) = maps.save(figure, FOLDER / f"{kind}.{lang}", ["png"], dpi=DPI)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path


def main() -> None:
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    every = kinds()
    wanted = sys.argv[1:] or list(every)
    for kind in wanted:
        for lang in ("en", "zh"):
            path = draw(kind, every[kind], lang)
            print(f"{path.name} {path.stat().st_size / 1024:.0f} KB", flush=True)
    lines = [
        "# Gallery",
        "",
        "Every kind of map and figure, drawn by `scripts/make_gallery.py` from the synthetic",
        "demonstration panel.",
        "",
    ]
    for kind in every:
        lines += [
            f"## {kind}",
            "",
            *(f"![{kind}](gallery/{kind}.{lang}.png)" for lang in ("en", "zh")),
            "",
        ]
    (ROOT / "docs" / "gallery.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
