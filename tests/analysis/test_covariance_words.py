"""Covariances in words, and in the study file."""

import pytest

from analysis.report.chinese import in_chinese
from analysis.study.reading import read_study
from analysis.tables.covariances import covariance_words
from spatial.errors import InputError

STUDY = {
    "study": {"title": "t"},
    "boundaries": {"file": "china"},
    "table": {"file": "t.csv", "unit": "u", "time": "t"},
    "weights": {"queen": {"kind": "contiguity"}},
    "model": {"formula": "y ~ x", "focus": "x", "weights": "queen"},
}


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        ("expected", "expected information", "期望信息矩阵"),
        ("robust", "robust (sandwich)", "稳健（三明治）"),
        ("cluster by province", "clustered by Province", "按Province聚类"),
        ("cluster by province and year", "clustered by Province and year", "按Province与year聚类"),
        ("driscoll-kraay (2 lags)", "Driscoll–Kraay, lags: 2", "Driscoll–Kraay，滞后 2 期"),
        ("hac (300 km)", "spatial HAC within 300 km (Conley)", "300 千米内空间 HAC（Conley）"),
        (
            "hac (300 km, 1 lag, uniform)",
            "spatial HAC within 300 km (Conley), lags: 1",
            "300 千米内空间 HAC（Conley），滞后 1 期",
        ),
        ("something new", "something new", "something new"),
    ],
)
def test_words(kind, english, chinese):
    labels = {"province": "Province"}
    for lang, text in (("en", english), ("zh", chinese)):
        assert covariance_words(kind, lang, lambda name: labels.get(name, name)) == text


@pytest.mark.parametrize(
    "note",
    [
        "Standard errors rest on 4 clusters by 省份, which is few: they tend to be too small.",
        "Driscoll–Kraay standard errors rest on 12 periods, which is few: they tend to be too "
        "small.",
        "The spatial HAC covariance was not positive semi-definite; its negative eigenvalues were "
        "set to zero.",
        "The two-way clustered covariance was not positive semi-definite; its negative eigenvalues "
        "were set to zero (Cameron, Gelbach and Miller, 2011).",
        "No two units lie within 1 km, so that every row stands alone.",
    ],
)
def test_notes_have_chinese(note):
    said = in_chinese(note)
    assert said != note and said.endswith("。")


def study(**keys):
    return {**STUDY, "model": {**STUDY["model"], **keys}}


def test_study_keys():
    model = read_study(study(covariance="cluster", covariance_by="省份")).plan.model
    assert model.covariance_options == {"by": ["省份"], "km": None, "lags": None}
    model = read_study(study(covariance="hac", covariance_km=300, covariance_lags=1)).plan.model
    assert model.covariance_options == {"by": None, "km": 300.0, "lags": 1}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"covariance": "hac"}, "needs covariance_km"),
        ({"covariance": "robust", "covariance_by": "p"}, 'belongs to covariance = "cluster"'),
        ({"covariance": "cluster", "covariance_by": ["a", "b", "c"]}, "covariance_by"),
    ],
)
def test_study_refuses(keys, words):
    with pytest.raises(InputError, match=words):
        read_study(study(**keys))
