"""The page in Chromium: brush, slide, read; run with -m browser (needs chromium and bokeh)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
import shapes
import spatial
from analysis.maps.colours import CLUSTERS
from spatial import weights

pytest.importorskip("bokeh")
from support.chromium import browse, find_chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium"),
]
YEARS = (2011, 2016, 2022)
PLACE = """(name, x, y) => {
  const view = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name(name));
  const box = view.canvas_view.el.getBoundingClientRect();
  return [box.left + view.frame.x_scale.compute(x), box.top + view.frame.y_scale.compute(y)];
}"""
CITIES = "Bokeh.documents[0].get_model_by_name('cities')"
TIP = """(() => {
  const open = [document], found = [];
  while (open.length) {
    for (const one of open.pop().querySelectorAll('*')) {
      if (one.classList.contains('tip')) found.push(one.innerText);
      if (one.shadowRoot) open.push(one.shadowRoot);
    }
  }
  return found.join('\\n');
})()"""


@pytest.fixture(scope="module")
def cities() -> Any:
    return shapes.china_cities()


@pytest.fixture(scope="module")
def panel(cities: Any) -> spatial.Panel:
    rng = np.random.default_rng(3)
    units = cities.index[cities["rank"].isin(["地级市", "直辖市"])]
    rows = [
        {"city": unit, "year": year, "y": cities.loc[unit, "lon"] / 10 + rng.normal()}
        for year in YEARS
        for unit in units
    ]
    return spatial.Panel(pd.DataFrame(rows), "city", "year")


@pytest.fixture(scope="module")
def local(cities: Any, panel: Any) -> pd.DataFrame:
    return spatial.lisa_by_time(panel, "y", weights.contiguity(cities))


@pytest.fixture(params=["en", "zh"])
def opened(request: Any, tmp_path: Path, cities: Any, panel: Any, local: Any) -> Any:
    lang = request.param
    path = analysis.interactive(
        tmp_path / "a.html", cities, {"y": local}, panel, lang=lang, lines=shapes.china_lines()
    )
    assert path.stat().st_size < 3_000_000
    with browse(path.as_uri()) as page:
        page.wait("document.body && document.body.dataset.ready === 'yes'")
        yield lang, page
        outside = [r for r in page.requests if not r.startswith(("file:", "data:", "blob:"))]
        assert not outside
        assert page.requests[0] == path.as_uri()
        assert not page.complaints


def column(page: Any, name: str) -> list[Any]:
    found: list[Any] = page.script(f"Array.from({CITIES}.data.{name})")
    return found


def chosen(page: Any) -> set[int]:
    return set(page.script(f"{CITIES}.selected.indices"))


def at(page: Any, plot: str, x: float, y: float) -> tuple[float, float]:
    place = page.script(f"({PLACE})('{plot}', {x}, {y})")
    return place[0], place[1]


def test_a_brush_selects_in_both(opened: Any) -> None:
    lang, page = opened
    z, lag = column(page, "z"), column(page, "lag")
    box = (0.3, 0.2, 1.6, 0.9)
    page.drag(at(page, "scatter", *box[:2]), at(page, "scatter", *box[2:]))
    within = {
        i
        for i, (a, b) in enumerate(zip(z, lag, strict=True))
        if a is not None and box[0] < a < box[2] and box[1] < b < box[3]
    }
    assert len(within) > 5
    assert chosen(page) == within
    said = page.script("document.getElementById('selected').textContent")
    assert str(len(within)) in said
    names = column(page, "name")
    assert names[min(within)] in said
    renderers = page.script(
        "['scatter', 'map'].map((name) => Bokeh.documents[0].get_model_by_name(name).renderers"
        ".some((one) => one.data_source && one.data_source.selected.indices.length > 5))"
    )
    assert renderers == [True, True]

    xs, ys = column(page, "x"), column(page, "y")
    x0, x1 = np.quantile(xs, [0.5, 0.8])
    y0, y1 = np.quantile(ys, [0.4, 0.7])
    page.drag(at(page, "map", x0, y0), at(page, "map", x1, y1))
    expected = {
        i for i, (a, b) in enumerate(zip(xs, ys, strict=True)) if x0 < a < x1 and y0 < b < y1
    }
    assert chosen(page) ^ expected <= {  # the mouse stands on whole pixels
        i
        for i, (a, b) in enumerate(zip(xs, ys, strict=True))
        if min(abs(a - x0), abs(a - x1), abs(b - y0), abs(b - y1)) < 100
    }
    page.script("document.getElementById('clear').click()")
    assert not chosen(page)
    said = page.script("document.getElementById('selected').textContent")
    assert said == ("未选中城市。" if lang == "zh" else "No city is selected.")


def test_the_slider_moves_the_year(opened: Any, cities: Any, local: Any) -> None:
    _, page = opened
    before = column(page, "z")
    for place, year in enumerate(YEARS):
        page.script(
            f"(() => {{ const time = document.getElementById('time'); time.value = {place};"
            "time.dispatchEvent(new Event('input')); })()"
        )
        assert page.script("document.getElementById('time-now').textContent") == str(year)
        rows = local.xs(year, level=0).reindex(cities.index)
        classes = rows["cluster"].astype(object).fillna("missing")
        counts = page.script(
            "[...document.querySelectorAll('#legend button')].map((one) => one.textContent)"
        )
        assert [int(text.rsplit("(")[-1].rstrip(")")) for text in counts] == [
            int((classes == key).sum()) for key in CLUSTERS
        ]
        assert column(page, "face") == [CLUSTERS[key][0] for key in classes]
        shown = np.array([np.nan if v is None else v for v in column(page, "lag")], dtype=float)
        np.testing.assert_allclose(shown, rows["lag"].to_numpy(dtype=float), rtol=1e-5)
    assert column(page, "z") == before
    page.script("document.querySelector('#legend button[data-key=HH]').click()")
    high = {i for i, key in enumerate(classes) if key == "HH"}
    assert chosen(page) == high


def test_the_tooltip_reads_the_numbers(opened: Any, cities: Any, panel: Any, local: Any) -> None:
    lang, page = opened
    place = list(cities.index).index("成都市")
    x, y = column(page, "x")[place], column(page, "y")[place]
    page.mouse("mouseMoved", *at(page, "map", x, y))
    said = page.wait(TIP)
    row = local.loc[(2022, "成都市")]
    value = panel.at(2022).loc["成都市", "y"]
    assert "成都市" in said
    assert f"{value:.5g}" in said
    assert f"{abs(row['lag']):.3g}" in said
    assert f"{row['p_value']:.3f}" in said
    assert ("类别" if lang == "zh" else "Class") in said
    loaded = page.script("document.fonts.check(\"12px 'Cityripple Sans SC'\", '数')")
    assert loaded
