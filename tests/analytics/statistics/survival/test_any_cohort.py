"""Whatever a few patients bring, the answer is numbers or a reason: no warning, no NaN, no failure."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.competing.cumulative_incidence import cumulative_incidence
from analytics.statistics.competing.fine_gray import fine_gray
from analytics.statistics.competing.gray import gray_test
from analytics.statistics.survival.baseline import predicted_survival
from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.logrank import logrank_test
from analytics.statistics.survival.model import CoxModel
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test
from analytics.statistics.survival.residuals import deviance_residuals, schoenfeld_residuals
from analytics.statistics.survival.time_dependent_roc import time_dependent_roc
from tests.analytics.statistics.results import has_nan
from tests.analytics.statistics.survival.cohorts import FollowedUp


@st.composite
def few_patients(draw: st.DrawFn) -> FollowedUp:
    """One to eight patients with tied times and one or two covariates of any unit."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, latest = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    status = rng.integers(0, 3, n)
    unit = 10.0 ** draw(st.integers(-9, 9))
    x = unit * (rng.integers(0, 3, (n, draw(st.integers(1, 2)))) + draw(st.sampled_from([0, 1000])))
    time = rng.integers(0, latest + 1, n).astype(float)
    return FollowedUp(time, (status == 1).astype(int), status, x, rng.integers(0, 3, n))


def everything(model: CoxModel) -> list[object]:
    """All that a fitted model can be asked."""
    return [
        model.coefficients,
        model.p_value,
        model.hazard_ratio_interval(),
        model.likelihood_ratio_test,
        model.wald_test,
        model.score_test,
        deviance_residuals(model),
        schoenfeld_residuals(model),
        predicted_survival(model, model.means, [0, 1, 9]),
    ]


ANALYSES: dict[str, Callable[[FollowedUp], object]] = {
    "efron": lambda c: everything(cox(c.time, c.event, c.x)),
    "breslow, clustered": lambda c: everything(cox(c.time, c.event, c.x, ties="breslow", cluster=c.group)),
    "exact": lambda c: everything(cox(c.time, c.event, c.x, ties="exact")),
    "stratified": lambda c: everything(cox(c.time, c.event, c.x, strata=c.group)),
    "proportional hazards": lambda c: proportional_hazards_test(cox(c.time, c.event, c.x)),
    "log-rank": lambda c: logrank_test(c.time, c.event, c.group),
    "concordance": lambda c: concordance(c.time, c.event, c.x[:, 0], method="uno"),
    "time-dependent ROC": lambda c: time_dependent_roc(c.time, c.status, c.x[:, 0], 1.5),
    "incidence": lambda c: cumulative_incidence(c.time, c.status),
    "Gray": lambda c: gray_test(c.time, c.status, c.group),
    "Gray, stratified": lambda c: gray_test(c.time, c.status, c.group, strata=c.group % 2),
    "Fine-Gray": lambda c: [(m := fine_gray(c.time, c.status, c.x)).p_value, m.hazard_ratio_interval()],
}


@pytest.mark.parametrize("analysis", ANALYSES)
@given(cohort=few_patients())
def test_numbers_or_a_reason(analysis: str, cohort: FollowedUp) -> None:
    with suppress(NotEstimable):
        assert not has_nan(ANALYSES[analysis](cohort))


def test_a_unit_too_small_gives_an_infinite_ratio_not_a_warning() -> None:
    model = cox([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], np.array([[1.0], [0], [2], [0], [1]]) * 1e-9)
    assert np.isfinite(model.coefficients).all()
    assert np.isinf(model.hazard_ratio_interval()[1]).all()


def test_fewer_clusters_than_coefficients_have_no_joint_test() -> None:
    x = np.random.default_rng(1).normal(size=(12, 3))
    model = cox(np.arange(1, 13), np.ones(12), x, cluster=np.arange(12) % 2)
    with pytest.raises(NotEstimable, match="too_few_clusters"):
        _ = model.wald_test


def test_a_correction_for_ties_larger_than_the_variance_is_refused() -> None:
    with pytest.raises(NotEstimable, match="too_few_events"):
        gray_test(
            [4, 2, 1, 1, 0, 3, 4, 4], [1, 1, 0, 1, 0, 1, 1, 1], list("cbbaabcb"), strata=list("babaabbb")
        )
