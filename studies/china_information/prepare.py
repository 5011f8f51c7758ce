"""Join the two public tables of this study into one row per city.

    python prepare.py china_cities_panel.csv china_cities_2016.csv information.csv

The first table is data/processed/china_city_panel_real.csv of the public project
andyhsi2023-cq/urban-investment-aggregation-trap, the second Data/CN_Public.csv of
xiaofanliang/intercity_connectivity (MIT), both with the columns named below. Neither is part of
this repository.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pandas as pd

import analysis
import shapes
from analysis import indices

PHASES = {"2018_2022": [2018, 2022]}, {"resistance": [2019, 2020], "recovery": [2020, 2022]}


def prepare(panel: str | Path, shares: str | Path, out: str | Path) -> pd.DataFrame:
    """Share of information, finance and research in employment in 2016; resilience afterwards."""
    cities = shapes.china_cities()
    years = analysis.read_table(panel, unit="city", time="year", layout="long")
    years, left = shapes.join(years, cities, on="city", drop="report")
    print(
        *left.loc[left["how"] == "none", "given"], "have no polygon of their own and are left out"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indices.IndexWarning)
        for phases in PHASES:
            value = indices.resilience_phases(
                years, phases, form="difference", growth="gdp_growth_pct",
                weight="gdp_100m_yuan", unit="key", time="year",
            )  # fmt: skip
            for name, (_, last) in phases.items():
                years[f"resilience_{name}"] = value.where(years["year"] == last) * 100
    wide = years.groupby("key")[[c for c in years if c.startswith("resilience_")]].first()
    before = years[years["year"] == 2016].set_index("key")
    total = before[[f"va_{s}_100m_yuan" for s in ("primary", "secondary", "tertiary")]].sum(axis=1)
    wide["gdp_per_capita_2016"] = before["gdp_per_capita_yuan"]
    wide["fiscal_2016"] = before["fiscal_expenditure_100m_yuan"] / before["gdp_100m_yuan"]
    wide["credit_2016"] = before["loans_100m_yuan"] / before["gdp_100m_yuan"]
    wide["secondary_2016"] = before["va_secondary_100m_yuan"] / total
    wide["population_2016"] = before["hukou_pop_10k"]
    jobs, lost = shapes.join(pd.read_csv(shares), cities, on="city", drop="report")
    print(*lost.loc[lost["how"] == "none", "given"], "of the second table have no polygon")
    wide["information_2016"] = jobs.set_index("key")["info_finance_research_emp_pct_2016"]
    whole = wide.dropna()
    print(f"{len(whole)} cities; incomplete: {' '.join(wide.index.difference(whole.index))}")
    whole.rename_axis("city").to_csv(out, encoding="utf-8")
    return whole


if __name__ == "__main__":
    prepare(*sys.argv[1:4])
