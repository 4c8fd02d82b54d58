import numpy as np
import pytest
from hypothesis import assume, given

from analytics.statistics import NotEstimable
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.logrank import logrank_test
from tests.analytics.statistics.results import has_nan
from tests.analytics.statistics.survival.cohorts import TIMES, followed_up


def naive(time: np.ndarray, event: np.ndarray, group: np.ndarray, rho: float) -> float:
    """Two groups, event time by event time."""
    difference, variance, survival = 0.0, 0.0, 1.0
    for t in sorted(set(time[event == 1])):
        n, n_1 = (time >= t).sum(), ((time >= t) & (group == 1)).sum()
        d = ((time == t) & (event == 1)).sum()
        d_1 = ((time == t) & (event == 1) & (group == 1)).sum()
        weight = survival**rho
        difference += weight * (d_1 - d * n_1 / n)
        if n > 1:
            variance += weight**2 * d * (n_1 / n) * (1 - n_1 / n) * (n - d) / (n - 1)
        survival *= 1 - d / n
    return difference**2 / variance if variance > 1e-12 else -1.0


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
@given(observed=TIMES)
def test_definition(rho: float, observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, event = observed
    group = np.arange(time.size) % 2
    expected = naive(time, event, group, rho)
    assume(expected >= 0)
    found = logrank_test(time, event, group, rho=rho)
    assert found.statistic == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert not has_nan(found)


def test_without_ties_it_is_the_score_test_of_a_cox_model() -> None:
    cohort = followed_up(3, tied=False)
    score = cox(cohort.time, cohort.event, cohort.group[:, None], ties="breslow").score_test
    assert logrank_test(cohort.time, cohort.event, cohort.group).statistic == pytest.approx(score.statistic)


def test_names_and_order_of_the_groups_do_not_matter() -> None:
    cohort = followed_up(4, n=90)
    three = np.array(["b", "a", "c"])[np.arange(90) % 3]
    one = logrank_test(cohort.time, cohort.event, three)
    other = logrank_test(cohort.time, cohort.event, three, groups=["c", "a", "b"])
    assert one.statistic == pytest.approx(other.statistic)
    assert one.observed[0] == other.observed[1]
    assert one.df == 2


def test_strata_add_up() -> None:
    cohort = followed_up(5, n=90)
    stratum = np.arange(90) % 3
    whole = logrank_test(cohort.time, cohort.event, cohort.group, strata=stratum)
    parts = [
        logrank_test(cohort.time[stratum == k], cohort.event[stratum == k], cohort.group[stratum == k])
        for k in range(3)
    ]
    assert whole.expected == pytest.approx(sum(part.expected for part in parts))
    assert whole.variance == pytest.approx(sum(part.variance for part in parts))


def test_a_stratum_of_its_own_for_each_group_compares_nothing() -> None:
    cohort = followed_up(6)
    with pytest.raises(NotEstimable, match="no_comparison"):
        logrank_test(cohort.time, cohort.event, cohort.group, strata=cohort.group)


@pytest.mark.parametrize(
    ("event", "group", "reason"),
    [
        ([0, 0, 0], "aab", "no_events"),
        ([1, 1, 0], "aaa", "one_group"),
        ([1, 1, 0], ["a", None, "b"], "missing"),
        ([1, 1, 0], [0.0, np.nan, 1.0], "missing"),
        ([1, 1, 0], "ab", "unequal_lengths"),
    ],
)
def test_refusals(event: list[int], group: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        logrank_test([1, 2, 3], event, list(group))
    assert refusal.value.reason == reason


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(NotEstimable, match="unknown_level"):
        logrank_test([1, 2, 3], [1, 1, 0], list("abc"), groups=["a", "b"])
