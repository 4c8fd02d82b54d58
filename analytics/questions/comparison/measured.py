"""A measurement in each group: described, its shape shown, tested, and how far the groups lie apart."""

from typing import Any

import numpy as np

from analytics.questions.answer import why_not
from analytics.questions.columns import Floats
from analytics.questions.comparison.parts import (
    Members,
    compared_in_pairs,
    difference,
    mean_difference,
    one_test,
    pairs_of,
    standardised,
)
from analytics.statistics import NotEstimable
from analytics.statistics.comparison import (
    ContinuousComparison,
    GroupsComparison,
    MannWhitney,
    compare_continuous,
    compare_k_groups,
    describe,
)
from analytics.statistics.comparison.mann_whitney import hodges_lehmann_interval
from analytics.statistics.comparison.skewness import skewness
from analytics.statistics.comparison.spread import shapiro_wilk
from analytics.statistics.errors import attempt

EXACT_BELOW = 50
"""R's rule: the exact rank test while both groups are smaller than this and nothing is tied."""


def measured(values: Floats, members: Members, *, is_skewed: bool, has_overall: bool) -> dict[str, Any]:
    """The row of a measurement, without its name and counts."""
    samples = {group: values[member] for group, member in members.items()}
    described: dict[str, Any] = {"groups": {group: _described(sample) for group, sample in samples.items()}}
    if has_overall:
        described["overall"] = _described(np.concatenate(list(samples.values())))
    if len(samples) > 2:
        return described | _of_many(samples, is_skewed)
    first, second = samples.values()
    return described | _of_two(first, second, is_skewed)


def _described(sample: Floats) -> dict[str, Any]:
    found = describe(sample)
    names = ("n", "n_missing", "mean", "sd", "median", "q1", "q3")
    seen = sample[~np.isnan(sample)]
    leaning, normal = attempt(skewness, seen), attempt(shapiro_wilk, seen)
    return {
        **{name: getattr(found, name) for name in names},
        "skewness": None if isinstance(leaning, NotEstimable) else leaning,
        "shapiro_wilk": None if isinstance(normal, NotEstimable) else normal.statistic,
        "shapiro_wilk_p_value": None if isinstance(normal, NotEstimable) else normal.p_value,
    }


def _of_two(a: Floats, b: Floats, is_skewed: bool) -> dict[str, Any]:
    found = compare_continuous(a, b)
    tests = _tests_of_two(found, is_skewed)
    reason = None if tests else why_not(found.welch) if isinstance(found.welch, NotEstimable) else None
    return {
        "tests": tests,
        "differences": _differences(found, a, b, is_skewed),
        **standardised(found.smd),
        "reason": reason,
    }


def _tests_of_two(found: ContinuousComparison, is_skewed: bool) -> list[dict[str, Any]]:
    """Welch's is primary, or the rank test where the plan says that the variable is skewed."""
    tests = []
    for name, t_test in (("welch", found.welch), ("student", found.student)):
        if not isinstance(t_test, NotEstimable):
            is_primary = name == "welch" and not is_skewed
            tests.append(one_test(name, is_primary, t_test.statistic, t_test.df, t_test.p_value))
    ranks = found.mann_whitney
    if isinstance(ranks, MannWhitney):
        p_value = ranks.p_exact if _is_exact(found) else ranks.p_normal_corrected
        if not isinstance(p_value, NotEstimable):
            tests.append(one_test("mann_whitney", is_skewed, ranks.statistic, None, p_value))
    return tests


def _is_exact(found: ContinuousComparison) -> bool:
    """Whether the rank test is computed from the distribution without ties."""
    ranks = found.mann_whitney
    is_known = isinstance(ranks, MannWhitney) and not isinstance(ranks.p_exact, NotEstimable)
    return is_known and max(found.a.n, found.b.n) < EXACT_BELOW


def _differences(found: ContinuousComparison, a: Floats, b: Floats, is_skewed: bool) -> list[dict[str, Any]]:
    """The difference of the means; of what is skewed also the shift and the ratio of the geometric means."""
    differences = mean_difference("mean_difference", found.welch)
    if is_skewed and isinstance(found.mann_whitney, MannWhitney):
        differences.append(_shift(found.mann_whitney, a, b, is_exact=_is_exact(found)))
    if is_skewed and not (np.concatenate([a, b]) <= 0).any():
        logs = compare_continuous(np.log(a), np.log(b)).welch
        differences += [
            difference(
                "ratio_of_geometric_means",
                *(float(np.exp(entry[name])) for name in ("value", "ci_low", "ci_high")),
            )
            for entry in mean_difference("", logs)
        ]
    return differences


def _shift(found: MannWhitney, a: Floats, b: Floats, *, is_exact: bool) -> dict[str, Any]:
    limits = attempt(hodges_lehmann_interval, a[~np.isnan(a)], b[~np.isnan(b)], is_exact=is_exact)
    return difference(
        "hodges_lehmann", found.hodges_lehmann, *(() if isinstance(limits, NotEstimable) else limits)
    )


def _of_many(samples: dict[str, Floats], is_skewed: bool) -> dict[str, Any]:
    labels = np.repeat(np.array(list(samples), dtype=object), [sample.size for sample in samples.values()])
    found = compare_k_groups(np.concatenate(list(samples.values())), labels, levels=list(samples))
    tests = _tests_of_many(found, is_skewed)
    reason = None if tests else why_not(found.welch) if isinstance(found.welch, NotEstimable) else None
    tukey = () if isinstance(found.tukey, NotEstimable) else found.tukey
    return {
        "tests": tests,
        **compared_in_pairs(_pairs(found, samples, is_skewed)),
        "tukey": [
            {name: getattr(pair, name) for name in ("a", "b", "difference", "ci_low", "ci_high", "p_value")}
            for pair in tukey
        ],
        "reason": reason,
    }


def _tests_of_many(found: GroupsComparison, is_skewed: bool) -> list[dict[str, Any]]:
    """Welch's analysis of variance is primary, or the rank test where the variable is declared skewed."""
    tests = []
    for name, f_test in (("welch_anova", found.welch), ("anova", found.anova)):
        if not isinstance(f_test, NotEstimable):
            df = [f_test.df1, f_test.df2]
            is_primary = name == "welch_anova" and not is_skewed
            tests.append(one_test(name, is_primary, f_test.statistic, df, f_test.p_value))
    ranks = found.kruskal_wallis
    if not isinstance(ranks, NotEstimable):
        tests.append(one_test("kruskal_wallis", is_skewed, ranks.statistic, ranks.df, ranks.p_value))
    return tests


def _pairs(found: GroupsComparison, samples: dict[str, Floats], is_skewed: bool) -> list[dict[str, Any]]:
    """Every two groups: Welch's test, or the rank test where the variable is declared skewed."""
    by_ranks = {(pair.a, pair.b): pair.p_value for pair in found.pairwise}
    pairs = []
    for a, b in pairs_of(samples):
        beside = compare_continuous(samples[a], samples[b])
        p_value = by_ranks[a, b] if is_skewed else beside.welch
        tests = []
        if isinstance(p_value, float):
            tests = [one_test("mann_whitney", True, None, None, p_value)]
        elif not isinstance(p_value, NotEstimable):
            tests = [one_test("welch", True, p_value.statistic, p_value.df, p_value.p_value)]
        pairs.append(
            {
                "a": a,
                "b": b,
                "tests": tests,
                "differences": _differences(beside, samples[a], samples[b], is_skewed),
                **standardised(beside.smd),
            }
        )
    return pairs
