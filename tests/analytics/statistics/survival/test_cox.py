from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from analytics.statistics import NotEstimable
from analytics.statistics.survival.baseline import baseline_hazard, predicted_survival
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.kaplan_meier import kaplan_meier
from tests.analytics.statistics.survival.cohorts import followed_up

SEEDS = st.integers(0, 10_000)


def naive_log_likelihood(
    beta: np.ndarray,
    time: np.ndarray,
    event: np.ndarray,
    x: np.ndarray,
    ties: str,
    entry: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
) -> float:
    """The partial likelihood from its definition, event time by event time."""
    entry = np.full(time.size, -1.0) if entry is None else entry
    stratum = np.zeros(time.size) if stratum is None else stratum
    total, eta = 0.0, x @ beta
    for s in np.unique(stratum):
        for t in np.unique(time[(event == 1) & (stratum == s)]):
            at_risk = np.flatnonzero((time >= t) & (entry < t) & (stratum == s))
            dying = np.flatnonzero((time == t) & (event == 1) & (stratum == s))
            risk, own = np.exp(eta[at_risk]).sum(), np.exp(eta[dying]).sum()
            total += eta[dying].sum()
            if ties == "exact":
                sets = combinations(at_risk, dying.size)
                total -= np.log(sum(np.exp(eta[list(chosen)].sum()) for chosen in sets))
            else:
                share = np.arange(dying.size) / dying.size * (ties == "efron")
                total -= np.log(risk - share * own).sum()
    return total


def naive_fit(*args: object, **options: object) -> tuple[np.ndarray, float]:
    x = args[2]
    found = minimize(
        lambda beta: -naive_log_likelihood(beta, *args, **options), np.zeros(x.shape[1]), tol=1e-10
    )
    return found.x, -found.fun


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
@pytest.mark.parametrize("seed", range(3))
def test_definition(ties: str, seed: int) -> None:
    cohort = followed_up(seed, n=24)
    beta, value = naive_fit(cohort.time, cohort.event, cohort.x, ties)
    model = cox(cohort.time, cohort.event, cohort.x, ties=ties)
    assert model.log_likelihood == pytest.approx(value, abs=1e-7)
    assert model.coefficients == pytest.approx(beta, abs=1e-4)


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_derivatives(ties: str) -> None:
    cohort = followed_up(7, n=24)
    model = cox(cohort.time, cohort.event, cohort.x, ties=ties)

    def value(shift: np.ndarray) -> float:
        return naive_log_likelihood(model.coefficients + shift, cohort.time, cohort.event, cohort.x, ties)

    step = 1e-3 * np.eye(2)
    score = [(value(h) - value(-h)) / 2e-3 for h in step]
    assert score == pytest.approx([0, 0], abs=1e-4)
    second = [[value(a + b) - value(a - b) - value(b - a) + value(-a - b) for a in step] for b in step]
    assert model.covariance == pytest.approx(np.linalg.inv(-np.array(second) / 4e-6), rel=1e-3)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_entry_times_and_strata(ties: str) -> None:
    cohort = followed_up(8, n=60)
    entry = np.floor(np.random.default_rng(8).uniform(0, 4, 60))
    kept = cohort.time > entry
    parts = [cohort.time[kept], cohort.event[kept], cohort.x[kept]]
    stratum = cohort.group[kept]
    beta, value = naive_fit(*parts, ties, entry=entry[kept], stratum=stratum)
    model = cox(*parts, entry=entry[kept], strata=stratum, ties=ties)
    assert model.log_likelihood == pytest.approx(value, abs=1e-7)
    assert model.coefficients == pytest.approx(beta, abs=1e-4)


@given(SEEDS)
def test_cutting_the_follow_up_into_spells_changes_nothing(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    cut = 3.0
    early, late = np.minimum(cohort.time, cut), cohort.time > cut
    spells = cox(
        np.r_[early, cohort.time[late]],
        np.r_[cohort.event * ~late, cohort.event[late]],
        np.r_[cohort.x, cohort.x[late]],
        entry=np.r_[np.zeros(early.size), np.full(late.sum(), cut)],
    )
    whole = cox(cohort.time, cohort.event, cohort.x)
    assert spells.coefficients == pytest.approx(whole.coefficients, abs=1e-9)
    assert spells.covariance == pytest.approx(whole.covariance, rel=1e-8)
    assert spells.log_likelihood == pytest.approx(whole.log_likelihood)


@given(SEEDS, st.sampled_from(["efron", "breslow", "exact"]))
def test_only_the_order_of_the_times_matters(seed: int, ties: str) -> None:
    cohort = followed_up(seed, n=40)
    plain = cox(cohort.time, cohort.event, cohort.x, ties=ties)
    bent = cox(np.sqrt(cohort.time), cohort.event, cohort.x, ties=ties)
    assert bent.coefficients == pytest.approx(plain.coefficients, abs=1e-10)


@given(SEEDS, st.floats(-50, 50), st.floats(0.01, 100))
def test_unit_and_origin_of_a_covariate(seed: int, shift: float, unit: float) -> None:
    cohort = followed_up(seed, n=40)
    plain = cox(cohort.time, cohort.event, cohort.x)
    moved = cox(cohort.time, cohort.event, cohort.x * [unit, 1] + [shift, 0])
    assert moved.coefficients * [unit, 1] == pytest.approx(plain.coefficients, rel=1e-6, abs=1e-9)
    assert moved.standard_error * [unit, 1] == pytest.approx(plain.standard_error, rel=1e-6)
    assert moved.likelihood_ratio_test.statistic == pytest.approx(
        plain.likelihood_ratio_test.statistic, abs=1e-8
    )


def test_whole_weights_stand_for_copies() -> None:
    cohort = followed_up(9, n=40)
    copies = np.random.default_rng(9).integers(1, 4, 40)
    rows = np.repeat(np.arange(40), copies)
    weighted = cox(cohort.time, cohort.event, cohort.x, weight=copies, ties="breslow")
    copied = cox(cohort.time[rows], cohort.event[rows], cohort.x[rows], ties="breslow")
    assert weighted.coefficients == pytest.approx(copied.coefficients)
    assert weighted.covariance == pytest.approx(copied.covariance)
    robust = cox(cohort.time, cohort.event, cohort.x, weight=copies, cluster=range(40), ties="breslow")
    clustered = cox(cohort.time[rows], cohort.event[rows], cohort.x[rows], cluster=rows, ties="breslow")
    assert robust.robust_covariance == pytest.approx(clustered.robust_covariance)


def test_robust_covariance_is_the_infinitesimal_jackknife() -> None:
    cohort = followed_up(10, n=40)
    step = 1e-5

    def coefficients(row: int, weight: float) -> np.ndarray:
        weights = np.ones(40)
        weights[row] = weight
        return cox(cohort.time, cohort.event, cohort.x, weight=weights, ties="breslow").coefficients

    moved = [(coefficients(k, 1 + step) - coefficients(k, 1 - step)) / (2 * step) for k in range(40)]
    robust = cox(cohort.time, cohort.event, cohort.x, cluster=np.arange(40), ties="breslow")
    assert robust.robust_covariance == pytest.approx(np.transpose(moved) @ moved, rel=1e-4)


def test_likelihood_ratio_test_of_a_column() -> None:
    cohort = followed_up(11)
    whole, part = cox(cohort.time, cohort.event, cohort.x), cox(cohort.time, cohort.event, cohort.x[:, :1])
    assert whole.without([1]).statistic == pytest.approx(2 * (whole.log_likelihood - part.log_likelihood))
    assert whole.without([0, 1]).statistic == pytest.approx(whole.likelihood_ratio_test.statistic)


def test_baseline_hazard_of_a_useless_covariate_is_nelson_aalen() -> None:
    time, event = np.repeat([1.0, 2, 3, 5, 8], 2), np.repeat([1, 0, 1, 1, 0], 2)
    model = cox(time, event, np.tile([[0.0], [1.0]], (5, 1)), ties="breslow")
    assert model.coefficients == pytest.approx([0], abs=1e-9)
    nelson_aalen = kaplan_meier(time, event).at([0, 1, 4, 9]).cumulative_hazard
    assert baseline_hazard(model, [0, 1, 4, 9]) == pytest.approx(nelson_aalen)


def test_predicted_survival_averages_to_the_expected_events() -> None:
    cohort = followed_up(12)
    model = cox(cohort.time, cohort.event, cohort.x, ties="breslow")
    expected = [
        predicted_survival(model, x, [t]).cumulative_hazard[0]
        for x, t in zip(cohort.x, cohort.time, strict=True)
    ]
    assert sum(expected) == pytest.approx(cohort.event.sum())


def test_each_stratum_has_its_own_baseline() -> None:
    cohort = followed_up(13)
    model = cox(cohort.time, cohort.event, cohort.x, strata=cohort.group)
    first, second = baseline_hazard(model, [9], stratum=0), baseline_hazard(model, [9], stratum=1)
    assert first[0] != pytest.approx(second[0])
    with pytest.raises(NotEstimable, match="unknown_stratum"):
        baseline_hazard(model, [9], stratum=2)


RISING = np.arange(1.0, 9)


@pytest.mark.parametrize(
    ("x", "event", "reason"),
    [
        (RISING[:, None], np.zeros(8), "no_events"),
        (np.full((8, 1), 4.2), np.ones(8), "constant"),
        (np.c_[RISING % 3, RISING % 3 * 2 + 1], np.ones(8), "collinear"),
        (-RISING[:, None], np.ones(8), "separated"),
        (RISING[:, None], (RISING == 8).astype(int), "constant_at_risk"),
        (RISING[:, None] * 1e200, np.ones(8), "out_of_range"),
        (RISING[:, None] * 1e-200, np.ones(8), "out_of_range"),
        (np.where(RISING == 3, np.nan, RISING)[:, None], np.ones(8), "missing"),
        (np.where(RISING == 3, np.inf, RISING)[:, None], np.ones(8), "infinite"),
        (np.array([["low"]] * 8, dtype=object), np.ones(8), "not_numeric"),
        (np.zeros((8, 0)), np.ones(8), "no_covariates"),
        (RISING[:7, None], np.ones(8), "unequal_lengths"),
    ],
)
@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_refusals(x: np.ndarray, event: np.ndarray, reason: str, ties: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        cox(RISING, event, x, ties=ties)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"entry": np.arange(1, 9)}, "entry_after_time"),
        ({"weight": np.zeros(8)}, "weight_not_positive"),
        ({"weight": [1, 2]}, "unequal_lengths"),
        ({"cluster": ["one"] * 8}, "one_cluster"),
        ({"ties": "exact", "cluster": range(8)}, "exact_ties_unsupported"),
    ],
)
def test_refused_options(options: dict[str, object], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        cox(RISING, np.ones(8), (RISING % 3)[:, None], **options)
    assert refusal.value.reason == reason


def test_one_patient() -> None:
    with pytest.raises(NotEstimable, match="constant"):
        cox([3], [1], [[1.0]])


def test_a_term_of_several_columns_is_inflated_on_the_scale_of_one() -> None:
    cohort = followed_up(1)
    model = cox(cohort.time, cohort.event, cohort.x)
    k = cohort.x.shape[1]
    one, rest = model.variance_inflation([[0], list(range(1, k))])
    assert one == pytest.approx(model.variance_inflation()[0], rel=1e-12)
    assert rest ** (k - 1) == pytest.approx(one, rel=1e-12)


def test_patients_alike_are_scored_alike_to_the_last_bit() -> None:
    # A product of matrix and vector rounds its last rows otherwise, which would rank patients who are tied.
    random = np.random.default_rng(1)
    for n in range(250, 260):
        x = random.integers(0, 2, (n, 8)).astype(float)
        model = cox(random.exponential(size=n), np.ones(n), x)
        assert np.unique(model.linear_predictor).size == np.unique(x, axis=0).shape[0]
