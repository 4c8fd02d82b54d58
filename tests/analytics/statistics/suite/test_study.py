"""The suite against the functions that read patients one by one, and its state under coming and going."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics import NotEstimable, logistic
from analytics.statistics.comparison import compare_categorical, compare_continuous
from analytics.statistics.correlation import correlation_matrix
from analytics.statistics.design import design_matrix
from analytics.statistics.roc import roc_curve
from analytics.statistics.suite import Study, StudyResults, Suite, models, results_of, rows, study

SUITE = Suite(
    group="mhd",
    outcome="died",
    compared=("mg", "p"),
    binary=("diabetes",),
    correlated=("mg", "p", "diabetes"),
    univariable=("mg", "diabetes"),
    multivariable=("mg", "p", "diabetes"),
    markers=("mg", "p"),
)
Columns = dict[str, np.ndarray]


def patients(n: int, seed: int = 1, *, share_missing: float = 0.0) -> Columns:
    rng = np.random.default_rng(seed)
    mhd = (np.arange(n) % 3 > 0).astype(float)
    mg = np.round(rng.normal(0.9 - 0.1 * mhd, 0.1), 2)
    p = np.round(rng.normal(1.2 + 0.6 * mhd, 0.3), 2)
    diabetes = (rng.random(n) < 0.3).astype(float)
    died = np.where(mhd == 1, rng.random(n) < 1 / (1 + np.exp(8 * (mg - 0.8) - p + 2)), np.nan)
    columns = {"mhd": mhd, "died": died, "mg": mg, "p": p, "diabetes": diabetes}
    for name in ("mg", "p"):
        columns[name][rng.random(n) < share_missing] = np.nan
    return columns


def chosen(columns: Columns, which: object) -> Columns:
    return {name: column[which] for name, column in columns.items()}


def figures(found: StudyResults) -> list[float]:
    models = [*found.univariable.values(), found.multivariable, found.combined]
    curves = [*found.curves.values(), found.combined_curve]
    return [
        *(one.welch.p_value for one in found.compared.values()),
        *(one.mann_whitney.statistic for one in found.compared.values()),
        *(one.fisher_p for one in found.binary.values()),
        *(pair.correlation.r for pair in found.correlations.pairs),
        *(
            value
            for model in models
            for value in (*model.coefficients, *model.standard_errors, model.deviance)
        ),
        *(
            value
            for curve in curves
            for value in (curve.auc, curve.delong().ci_low, curve.youden()[0].threshold)
        ),
    ]


@pytest.mark.parametrize("share_missing", [0.0, 0.1])
def test_the_suite_says_what_the_patients_say(share_missing: float) -> None:
    columns = patients(300, share_missing=share_missing)
    found = results_of(Study.of(SUITE, columns))
    mhd = columns["mhd"] == 1

    for name in SUITE.compared:
        direct = compare_continuous(columns[name][mhd], columns[name][~mhd])
        assert found.compared[name].welch.p_value == pytest.approx(direct.welch.p_value, rel=1e-9)
        assert found.compared[name].student.statistic == pytest.approx(direct.student.statistic, rel=1e-9)
        assert found.compared[name].mann_whitney.p_value == pytest.approx(
            direct.mann_whitney.p_normal_corrected, rel=1e-9
        )
        assert found.compared[name].exposed.q1 == direct.a.q1
        assert found.compared[name].smd.estimate == pytest.approx(direct.smd.estimate, rel=1e-9)

    table = [
        [int(((columns["diabetes"] == level) & (mhd == group)).sum()) for group in (0, 1)] for level in (0, 1)
    ]
    categorical, counted = compare_categorical(table), found.binary["diabetes"]
    assert counted.chi_square == pytest.approx(categorical.chi_square.statistic, rel=1e-12)
    assert counted.fisher_p == pytest.approx(categorical.fisher.p_value, rel=1e-12)

    matrix = correlation_matrix({name: columns[name] for name in SUITE.correlated})
    for one, other in zip(found.correlations.pairs, matrix.pairs, strict=True):
        assert one.correlation.r == pytest.approx(other.correlation.r, abs=1e-15)

    def direct_fit(names: tuple[str, ...]) -> logistic.LogisticFit:
        known = mhd & ~np.isnan([columns[name] for name in names]).any(axis=0)
        design = design_matrix({name: columns[name][known] for name in names})
        return logistic.fit(design, columns["died"][known])

    models = {**found.univariable, "together": found.multivariable, "combined": found.combined}
    names = {name: (name,) for name in SUITE.univariable}
    for key, model in models.items():
        fit = direct_fit({**names, "together": SUITE.multivariable, "combined": SUITE.markers}[key])
        assert model.coefficients == pytest.approx(fit.coefficients, rel=1e-8)
        assert model.standard_errors == pytest.approx(fit.standard_errors, rel=1e-8)
        assert model.deviance == pytest.approx(fit.deviance, rel=1e-12)

    combined = direct_fit(SUITE.markers)
    curve = roc_curve(combined.outcome, np.round(combined.linear_predictor, 9), direction="<")
    assert found.combined_curve.auc == pytest.approx(curve.auc, rel=1e-12)
    assert found.combined_curve.youden()[0].tp == curve.youden()[0].tp


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 59), st.randoms(use_true_random=False))
def test_any_split_in_any_order_merges_to_the_same_study(cut: int, random: object) -> None:
    columns = patients(150)
    order = list(range(150))
    random.shuffle(order)
    whole = Study.of(SUITE, columns)
    one, other = (Study.of(SUITE, chosen(columns, part), like=whole) for part in (order[:cut], order[cut:]))
    assert figures(results_of(one.merge(other))) == pytest.approx(
        figures(results_of(whole)), rel=1e-9, abs=1e-12
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 149), min_size=1, max_size=12, unique=True))
def test_patients_who_came_and_went_leave_no_trace(visitors: list[int]) -> None:
    columns = patients(150)
    home = Study.of(SUITE, columns)
    guests = Study.of(SUITE, chosen(patients(150, seed=2), visitors), like=home)
    before = results_of(home)
    together = results_of(home.merge(guests), last=before)
    after = home.merge(guests).subtract(guests)
    assert figures(results_of(after, last=together)) == pytest.approx(figures(before), rel=1e-9, abs=1e-12)
    assert all(
        after.counts[name].counts.tolist() == table.counts.tolist() for name, table in home.counts.items()
    )
    assert after.moments.products.tolist() == home.moments.products.tolist()


def test_a_model_begun_at_the_last_one_ends_where_a_new_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_PART", 32)
    columns = patients(900)
    kept = Study.of(SUITE, chosen(columns, slice(899)))
    grown = kept.merge(Study.of(SUITE, chosen(columns, slice(899, 900)), like=kept))
    warm = results_of(grown, last=results_of(kept))
    assert figures(warm) == pytest.approx(figures(results_of(Study.of(SUITE, columns))), rel=1e-9, abs=1e-12)


def test_a_model_begun_in_a_sample_ends_where_another_does(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = patients(4_000)
    directly = figures(results_of(Study.of(SUITE, columns)))
    monkeypatch.setattr(models, "_LARGE", 1_000)
    assert figures(results_of(Study.of(SUITE, columns))) == pytest.approx(directly, rel=1e-9, abs=1e-12)


def test_another_frame_changes_nothing() -> None:
    columns = patients(200)
    parts = [Study.of(SUITE, chosen(columns, part)) for part in (slice(70), slice(70, 200))]
    assert parts[0].multivariable.frame != parts[1].multivariable.frame
    merged, whole = parts[0].merge(parts[1]), Study.of(SUITE, columns)
    assert figures(results_of(merged)) == pytest.approx(figures(results_of(whole)), rel=1e-9, abs=1e-12)


def test_two_threads_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    from analytics.statistics.suite import threads

    monkeypatch.setattr(threads, "_FEW", 0)
    monkeypatch.setattr(study, "_PIECE", 64)
    columns = patients(300)
    alone, shared = (results_of(Study.of(SUITE, columns, workers=w), workers=w) for w in (1, 2))
    assert figures(alone) == figures(shared)


def test_what_cannot_be_estimated_says_why() -> None:
    columns = patients(90)
    columns["diabetes"][:] = 0
    columns["p"] = np.where(columns["died"] == 1, 3.0, 1.0)
    found = results_of(Study.of(SUITE, columns))
    assert found.binary["diabetes"].reason == "constant"
    assert found.univariable["diabetes"].reason == "constant"
    assert found.multivariable.reason == "constant"
    assert found.combined.reason == found.combined_curve.reason == "separated"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("mhd", 2.0, "not_binary"),
        ("died", 0.5, "not_binary"),
        ("mg", math.inf, "infinite"),
        ("p", 2.0**62, "overflow"),
    ],
)
def test_columns_that_no_study_can_hold_are_refused(name: str, value: float, reason: str) -> None:
    columns = patients(30)
    columns[name][1] = value
    with pytest.raises(NotEstimable) as refusal:
        Study.of(SUITE, columns)
    assert (refusal.value.reason, refusal.value.details["variable"]) == (reason, name)


def _unrounded(n: int, seed: int = 1) -> Columns:
    """Patients whose magnesium no number of decimals holds."""
    columns = patients(n, seed)
    return columns | {"mg": columns["mg"] * math.pi / 3}


def test_a_column_off_every_grid_says_what_the_patients_say() -> None:
    columns = _unrounded(300)
    found = results_of(Study.of(SUITE, columns))
    mhd = columns["mhd"] == 1
    direct = compare_continuous(columns["mg"][mhd], columns["mg"][~mhd])
    contrast = found.compared["mg"]
    assert contrast.mann_whitney.p_value == pytest.approx(direct.mann_whitney.p_normal_corrected, rel=1e-9)
    assert contrast.welch.p_value == pytest.approx(direct.welch.p_value, rel=1e-9)
    assert (contrast.exposed.minimum, contrast.exposed.median) == (direct.a.minimum, direct.a.median)
    matrix = correlation_matrix({name: columns[name] for name in SUITE.correlated})
    for one, other in zip(found.correlations.pairs, matrix.pairs, strict=True):
        assert one.correlation.r == pytest.approx(other.correlation.r, abs=1e-15)
    assert found.curves["mg"].auc == roc_curve(columns["died"][mhd], columns["mg"][mhd]).auc
    fit = logistic.fit(design_matrix({"mg": columns["mg"][mhd]}), columns["died"][mhd])
    assert found.univariable["mg"].coefficients == pytest.approx(fit.coefficients, rel=1e-9)


def test_a_visitor_off_the_grid_leaves_no_trace() -> None:
    home = Study.of(SUITE, patients(150))
    guest = Study.of(SUITE, chosen(_unrounded(150, seed=2), slice(40, 43)), like=home)
    before = results_of(home)
    after = home.merge(guest).subtract(guest)
    assert figures(results_of(after)) == pytest.approx(figures(before), rel=1e-9, abs=1e-12)


def test_a_newcomer_with_more_decimals_refines_the_grid() -> None:
    columns = patients(150)
    columns["mg"][149] = 0.87654
    kept = Study.of(SUITE, chosen(columns, slice(149)))
    newcomer = Study.of(SUITE, chosen(columns, slice(149, 150)), like=kept)
    grown, whole = kept.merge(newcomer), Study.of(SUITE, columns)
    assert kept.counts["mg"].unit == 100
    assert grown.counts["mg"].unit == whole.counts["mg"].unit == 100_000
    assert grown.counts["mg"].codes.tolist() == whole.counts["mg"].codes.tolist()
    assert grown.moments.products.tolist() == whole.moments.products.tolist()
    warm = results_of(grown, last=results_of(kept))
    assert figures(warm) == pytest.approx(figures(results_of(whole)), rel=1e-9, abs=1e-12)


def test_a_newcomer_too_large_for_the_grid_is_refused() -> None:
    columns = patients(30)
    home = Study.of(SUITE, columns)
    with pytest.raises(NotEstimable) as refusal:
        Study.of(SUITE, chosen(columns, slice(1)) | {"p": np.array([1e17])}, like=home)
    assert (refusal.value.reason, refusal.value.details["variable"]) == ("overflow", "p")


@pytest.mark.parametrize("workers", [1, 2])
def test_pieces_read_by_threads_give_the_whole_study(workers: int) -> None:
    columns = patients(300, share_missing=0.1)
    pieces = [partial(chosen, columns, slice(*cut)) for cut in ((0, 20), (20, 20), (20, 170), (170, 300))]
    whole, pieced = Study.of(SUITE, columns), Study.of_pieces(SUITE, pieces, workers=workers)
    assert all(
        pieced.counts[name].counts.tolist() == table.counts.tolist() for name, table in whole.counts.items()
    )
    assert pieced.moments.products.tolist() == whole.moments.products.tolist()
    assert figures(results_of(pieced)) == pytest.approx(figures(results_of(whole)), rel=1e-9, abs=1e-12)


def test_patients_who_never_came_cannot_leave() -> None:
    home = Study.of(SUITE, patients(30))
    stranger = Study.of(SUITE, chosen(patients(30, seed=3), slice(1, 2)), like=home)
    with pytest.raises(ValueError, match="never added"):
        home.multivariable.subtract(stranger.multivariable)
    with pytest.raises(ValueError, match="subtracted"):
        home.subtract(stranger)
