"""One figure of every map of classes, with the counts that its table says it must show."""

from collections import Counter

import numpy as np
import pandas as pd

from analysis import maps
from support.drawing import CLASSES, STATED

SPOTS = ["hot spot", "cold spot", "not significant", "isolate", "missing"]
YEARS = (2011, 2016, 2022)


def local_result(labels, classes=None, names=CLASSES, seed=0):
    """Result of a local statistic with given or drawn classes, and p-values that suit them."""
    rng = np.random.default_rng(seed)
    if classes is None:
        classes = rng.choice(names, len(labels))
    p = rng.choice([0.0004, 0.004, 0.04], len(labels))
    p = np.where(np.isin(classes, ["not significant"]), 0.3, p)
    p = np.where(np.isin(classes, ["isolate", "missing"]), np.nan, p)
    frame = pd.DataFrame(
        {
            "p_value": p,
            "p_adjusted": p,
            "cluster": pd.Categorical(classes, categories=names, ordered=True),
        },
        index=labels,
    )
    frame.attrs = dict(STATED)
    return frame


def over_years(labels, years=YEARS, names=CLASSES):
    """The same over several years."""
    parts = {year: local_result(labels, names=names, seed=year) for year in years}
    result = pd.concat(parts, names=["year", "key"])
    result.attrs = dict(STATED)
    return result


def clusters(cities, **options):
    result = local_result(cities.index)
    return maps.lisa(cities, result, **options), Counter(result["cluster"])


def pairs(cities, **options):
    result = local_result(cities.index, seed=1)
    figure = maps.bilisa(cities, result, here="集聚", there="韧性", **options)
    return figure, Counter(result["cluster"])


def spots(cities, **options):
    result = local_result(cities.index, names=SPOTS)
    result.attrs["star"] = True
    return maps.hot_spots(cities, result, **options), Counter(result["cluster"])


def levels(cities, **options):
    result = local_result(cities.index)
    p, kind = result["p_adjusted"], result["cluster"].astype(str)
    classes = np.select(
        [p <= 0.001, p <= 0.01, p <= 0.05, p > 0.05],
        ["p 0.001", "p 0.01", "p 0.05", "not significant"],
        kind,
    )
    return maps.significance(cities, result, **options), Counter(classes)


def change(cities, **options):
    result = over_years(cities.index)
    before, after = (result.loc[year, "cluster"].astype(str) for year in (2011, 2022))
    classes = []
    for a, b in zip(before, after, strict=True):
        if "missing" in (a, b) or "isolate" in (a, b):
            classes.append("missing" if "missing" in (a, b) else "isolate")
        elif b in ("HH", "LL"):
            classes.append(f"stayed {b}" if a == b else f"became {b}")
        elif a in ("HH", "LL"):
            classes.append(f"left {a}")
        else:
            classes.append("not significant" if a == b == "not significant" else "outlier")
    return maps.lisa_change(cities, result, **options), Counter(classes)


def groups(cities, **options):
    names = np.random.default_rng(4).choice(["甲类", "乙类", "丙类"], len(cities)).astype(object)
    names[:2] = None
    values = pd.Series(names, cities.index, name="类型")
    counts = Counter("missing" if x is None else x for x in names)
    order = ["甲类", "乙类", "丙类", "丁类"]
    return maps.categories(cities, values, order=order, **options), counts


KINDS = {
    "lisa": clusters,
    "bilisa": pairs,
    "hot_spots": spots,
    "significance": levels,
    "lisa_change": change,
    "categories": groups,
}
