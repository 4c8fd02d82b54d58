import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.competing.gray import gray_test
from analytics.statistics.survival.logrank import logrank_test
from tests.analytics.statistics.survival.cohorts import followed_up


def naive(time: np.ndarray, status: np.ndarray, group: np.ndarray) -> float:
    """Gray's score and variance for groups 0 to g - 1, time by time and group by group."""
    g = int(group.max()) + 1
    before, incidence = np.ones(g), np.zeros(g)
    pooled, score, c = 0.0, np.zeros(g), np.zeros((g, g))
    v3, v2, v = np.zeros(g), np.zeros((g, g)), np.zeros((g, g))
    for t in np.unique(time[status > 0]):
        n = np.array([((time >= t) & (group == k)).sum() for k in range(g)])
        d1, d2 = (
            np.array([((time == t) & (status == s) & (group == k)).sum() for k in range(g)]) for s in (1, 2)
        )
        live = n > 0
        after, total = before.copy(), d1.sum()
        after[live] = before[live] * (n - d1 - d2)[live] / n[live]
        h = np.where(live, n / np.where(live, before, 1), 0)
        r = h * (1 - incidence)
        a = np.diag(h) - np.outer(h, h) / h.sum()
        c += a * total / (h.sum() * (1 - pooled))
        score += np.where(live, d1 - total * r / r.sum(), 0)
        pooled += total / h.sum()
        for k in np.flatnonzero(live):
            ahead = (1 - pooled) / after[k] if after[k] > 0 else 0
            if total:
                ties = 1 - (total - 1) / (h.sum() * before[k] - 1) if total > 1 else 1
                t3 = ties * before[k] * total / (h.sum() * n[k])
                t4 = 1 - ahead
                v3[k] += t4**2 * t3
                v2[:, k] += (a[:, k] - t4 * c[:, k]) * t4 * t3
                v += np.outer(a[:, k] - t4 * c[:, k], a[:, k] - t4 * c[:, k]) * t3
            if d2[k] and after[k] > 0:
                ties = 1 - (d2[k] - 1) / (n[k] - 1) if d2[k] > 1 else 1
                t3 = ties * before[k] ** 2 * d2[k] / n[k] ** 2
                v3[k] += ahead**2 * t3
                v2[:, k] -= ahead * c[:, k] * ahead * t3
                v += np.outer(c[:, k], c[:, k]) * ahead**2 * t3
        incidence += np.where(live, before * d1 / np.maximum(n, 1), 0)
        before = after
    v += c @ np.diag(v3) @ c.T + c @ v2.T + v2 @ c.T
    return float(score[:-1] @ np.linalg.solve(v[:-1, :-1], score[:-1]))


@pytest.mark.parametrize("n_groups", [2, 3])
@given(seed=st.integers(0, 10_000))
def test_definition(n_groups: int, seed: int) -> None:
    cohort = followed_up(seed)
    group = np.arange(60) % n_groups
    found = gray_test(cohort.time, cohort.status, group)
    assert found.statistic == pytest.approx(naive(cohort.time, cohort.status, group), rel=1e-7)
    assert found.df == n_groups - 1


@given(st.integers(0, 10_000))
def test_names_of_the_groups_do_not_matter(seed: int) -> None:
    cohort = followed_up(seed)
    three = np.array(["b", "a", "c"])[np.arange(60) % 3]
    one = gray_test(cohort.time, cohort.status, three)
    other = gray_test(cohort.time, cohort.status, three, groups=["c", "b", "a"])
    assert one.statistic == pytest.approx(other.statistic, rel=1e-7)


def test_without_competing_events_or_ties_it_is_close_to_the_logrank_test() -> None:
    cohort = followed_up(1, n=400, tied=False)
    group = (cohort.x[:, 0] > 0).astype(int)
    gray = gray_test(cohort.time, cohort.event, group).statistic
    assert gray == pytest.approx(logrank_test(cohort.time, cohort.event, group).statistic, rel=0.05)


def test_strata_are_compared_within() -> None:
    cohort = followed_up(2)
    with pytest.raises(NotEstimable, match="no_comparison"):
        gray_test(cohort.time, cohort.status, cohort.group, strata=cohort.group)
    one = gray_test(cohort.time, cohort.status, cohort.group, strata=np.zeros(60))
    assert one == gray_test(cohort.time, cohort.status, cohort.group)


@pytest.mark.parametrize(
    ("status", "group", "reason"),
    [
        ([2, 2, 0], "aab", "no_events"),
        ([1, 1, 0], "aaa", "one_group"),
        ([1, 1, 0], ["a", None, "b"], "missing"),
        ([1, 1, 0], "ab", "unequal_lengths"),
    ],
)
def test_refusals(status: list[int], group: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        gray_test([1, 2, 3], status, list(group))
    assert refusal.value.reason == reason
