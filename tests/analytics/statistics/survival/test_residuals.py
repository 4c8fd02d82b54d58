import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.statistics import NotEstimable
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.residuals import (
    deviance_residuals,
    dfbeta,
    martingale_residuals,
    schoenfeld_residuals,
    score_residuals,
    turned,
)
from tests.analytics.statistics.results import has_nan
from tests.analytics.statistics.survival.cohorts import followed_up


def naive_martingale(time: np.ndarray, event: np.ndarray, risk: np.ndarray) -> np.ndarray:
    """Observed minus expected events under Efron's rule, event time by event time."""
    expected = np.zeros(time.size)
    for t in np.unique(time[event == 1]):
        at_risk, dying = time >= t, (time == t) & (event == 1)
        for share in np.arange(dying.sum()) / dying.sum():
            left = risk * at_risk * np.where(dying, 1 - share, 1)
            expected += left / left.sum()
    return event - expected


@given(st.integers(0, 10_000))
def test_definition(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    model = cox(cohort.time, cohort.event, cohort.x)
    expected = naive_martingale(cohort.time, cohort.event, np.exp(cohort.x @ model.coefficients))
    assert martingale_residuals(model) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_residuals_sum_to_zero(ties: str) -> None:
    cohort = followed_up(1)
    model = cox(cohort.time, cohort.event, cohort.x, strata=cohort.group, ties=ties)
    assert martingale_residuals(model).sum() == pytest.approx(0, abs=1e-10)
    if ties != "exact":
        assert score_residuals(model).sum(axis=0) == pytest.approx([0, 0], abs=1e-8)
        assert schoenfeld_residuals(model).residual.sum(axis=0) == pytest.approx([0, 0], abs=1e-8)


def test_deviance_residuals_keep_the_sign_and_are_numbers() -> None:
    cohort = followed_up(2)
    model = cox(cohort.time, cohort.event, cohort.x)
    deviance = deviance_residuals(model)
    assert not has_nan(deviance)
    assert (np.sign(deviance) == np.sign(martingale_residuals(model))).all()


def test_dfbeta_foretells_leaving_a_patient_out() -> None:
    cohort = followed_up(3, n=200, tied=False)
    model = cox(cohort.time, cohort.event, cohort.x)
    kept = np.arange(200) != 17
    without = cox(cohort.time[kept], cohort.event[kept], cohort.x[kept])
    assert dfbeta(model)[17] == pytest.approx(model.coefficients - without.coefficients, abs=2e-3)


def test_exact_ties_have_no_score_residuals() -> None:
    cohort = followed_up(4, n=24)
    with pytest.raises(NotEstimable, match="exact_ties_unsupported"):
        dfbeta(cox(cohort.time, cohort.event, cohort.x, ties="exact"))


def test_a_term_is_turned_where_one_patient_decides_its_p() -> None:
    cohort = followed_up(1)
    model = cox(cohort.time, cohort.event, cohort.x)
    moved = np.abs(model.coefficients - dfbeta(model)) / model.standard_error
    [first, *_] = np.abs(model.z)
    # A level just beyond the term's own P is crossed by whoever moves the coefficient the least bit down.
    alpha = float(2 * norm.sf(first - 1e-9))
    assert (moved[:, 0] < first - 1e-9).any()
    assert turned(model, alpha=alpha)[0]
    assert not turned(model, alpha=1e-300).any()
