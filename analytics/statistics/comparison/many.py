"""A measurement compared among three groups or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.statistics.comparison.description import Description, describe
from analytics.statistics.comparison.mann_whitney import mann_whitney_test
from analytics.statistics.comparison.spread import FTest, levene, one_way
from analytics.statistics.comparison.studentised_range import studentised_range_quantile, studentised_range_sf
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.multiplicity import adjust
from analytics.statistics.samples import Floats, Moments, Scale, measured, midranks, tied_cubes


@dataclass(frozen=True)
class KruskalWallis:
    """Kruskal and Wallis's H, corrected for ties."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class PairwiseTest:
    """Mann-Whitney test (normal, with continuity correction) of two of the groups.

    Attributes
    ----------
    a, b : str
    p_value : float or NotEstimable
    p_adjusted : float or None
        Holm's, over all pairs of groups.
    """

    a: str
    b: str
    p_value: float | NotEstimable
    p_adjusted: float | None


@dataclass(frozen=True)
class TukeyDifference:
    """Mean of a minus mean of b with Tukey and Kramer's simultaneous interval and p."""

    a: str
    b: str
    difference: float
    ci_low: float
    ci_high: float
    p_value: float


@dataclass(frozen=True)
class GroupsComparison:
    """Several groups described and compared; a part that cannot be estimated is its refusal.

    Attributes
    ----------
    groups : tuple of str
    descriptions : tuple of Description
        One for each group.
    anova : FTest or NotEstimable
    eta_squared : float or NotEstimable
        Share of the squares that lies between the groups.
    welch : FTest or NotEstimable
        Without the assumption of equal variances.
    kruskal_wallis : KruskalWallis or NotEstimable
    brown_forsythe : FTest or NotEstimable
        Equality of variances.
    pairwise : tuple of PairwiseTest
        Every two groups, in the order of `groups`.
    tukey : tuple of TukeyDifference, or NotEstimable
        The later group minus the earlier.
    """

    groups: tuple[str, ...]
    descriptions: tuple[Description, ...]
    anova: FTest | NotEstimable
    eta_squared: float | NotEstimable
    welch: FTest | NotEstimable
    kruskal_wallis: KruskalWallis | NotEstimable
    brown_forsythe: FTest | NotEstimable
    pairwise: tuple[PairwiseTest, ...]
    tukey: tuple[TukeyDifference, ...] | NotEstimable


def compare_k_groups(
    values: ArrayLike, groups: ArrayLike, *, levels: Sequence[str] | None = None, level: float = 0.95
) -> GroupsComparison:
    """Compare a measurement among several groups.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        In one unit; NaN is missing.
    groups : array_like of shape (n_patients,), str or None
        Label of each patient's group.
    levels : sequence of str, optional
        The groups to compare, in order; sorted labels when not given.
    level : float
        Coverage of Tukey's intervals.

    Returns
    -------
    GroupsComparison

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``; ``too_few_groups``.

    References
    ----------
    Welch BL. Biometrika 1951;38:330-336. Kruskal WH, Wallis WA. J Am Stat Assoc 1952;47:583-621. Kramer CY.
    Biometrics 1956;12:307-310.

    Examples
    --------
    >>> found = compare_k_groups([1.0, 2, 4, 5, 7, 9], ["a", "a", "b", "b", "c", "c"])
    >>> found.anova.df1, round(found.kruskal_wallis.statistic, 4)
    (2, 4.5714)
    """
    column = measured(values)
    label = np.asarray(groups, dtype=object)
    if label.shape != column.shape:
        raise ValueError(f"there are {column.size} values and {label.size} group labels")
    names = tuple(levels) if levels is not None else tuple(sorted({str(g) for g in label if g is not None}))
    if len(names) < 2:
        raise NotEstimable("too_few_groups", n=len(names), needed=2)
    all_samples = [column[label == name] for name in names]
    samples = [sample[~np.isnan(sample)] for sample in all_samples]
    scale = Scale.of(*samples)
    scaled = [scale.apply(sample) for sample in samples]
    anova = attempt(one_way, scaled)
    pairs = list(combinations(range(len(names)), 2))
    p_values = [attempt(_mann_whitney_p, samples[i], samples[j]) for i, j in pairs]
    adjusted = adjust(p_values, "holm")
    return GroupsComparison(
        groups=names,
        descriptions=tuple(describe(sample) for sample in all_samples),
        anova=anova if isinstance(anova, NotEstimable) else anova[0],
        eta_squared=anova if isinstance(anova, NotEstimable) else anova[1],
        welch=attempt(_welch, scaled),
        kruskal_wallis=attempt(_kruskal_wallis, samples),
        brown_forsythe=attempt(levene, scaled, np.median),
        pairwise=tuple(
            PairwiseTest(names[i], names[j], p_value, p_adjusted)
            for (i, j), p_value, p_adjusted in zip(pairs, p_values, adjusted, strict=True)
        ),
        tukey=attempt(_tukey, names, scaled, scale, level),
    )


def _mann_whitney_p(a: Floats, b: Floats) -> float:
    p_value = mann_whitney_test(a, b).p_normal_corrected
    if isinstance(p_value, NotEstimable):
        raise p_value
    return p_value


def _welch(samples: Sequence[Floats]) -> FTest:
    smallest = min(sample.size for sample in samples)
    if smallest < 2:
        raise NotEstimable("too_few", n=smallest, needed=2)
    moments = [Moments.of(sample) for sample in samples]
    if min(group.squares for group in moments) == 0:
        raise NotEstimable("constant")
    k = len(moments)
    weights = np.array([group.n / group.variance for group in moments])
    means = np.array([group.mean for group in moments])
    degrees = np.array([group.n - 1 for group in moments])
    centre = float(weights @ means) / weights.sum()
    lack = float(((1 - weights / weights.sum()) ** 2 / degrees).sum()) / (k**2 - 1)
    statistic = float(weights @ (means - centre) ** 2) / ((k - 1) * (1 + 2 * (k - 2) * lack))
    df2 = 1 / (3 * lack)
    return FTest(statistic, k - 1, df2, float(special.fdtrc(k - 1, df2, statistic)))


def _kruskal_wallis(samples: Sequence[Floats]) -> KruskalWallis:
    smallest = min(sample.size for sample in samples)
    if smallest < 1:
        raise NotEstimable("too_few", n=smallest, needed=1)
    ranks, ties = midranks(np.concatenate(samples))
    if len(ties) == 1:
        raise NotEstimable("constant")
    n = ranks.size
    ends = np.cumsum([sample.size for sample in samples])[:-1]
    between = sum(float(part.sum()) ** 2 / part.size for part in np.split(ranks, ends))
    correction = 1 - tied_cubes(ties) / (float(n) ** 3 - n)
    statistic = (12 * between / (n * (n + 1)) - 3 * (n + 1)) / correction
    df = len(samples) - 1
    return KruskalWallis(statistic, df, float(special.chdtrc(df, statistic)))


def _tukey(
    names: Sequence[str], samples: Sequence[Floats], scale: Scale, level: float
) -> tuple[TukeyDifference, ...]:
    one_way(samples)
    moments = [Moments.of(sample) for sample in samples]
    k, df = len(moments), sum(group.n for group in moments) - len(moments)
    error = sum(group.squares for group in moments) / df
    reach = studentised_range_quantile(level, k, df)
    found = []
    for i, j in combinations(range(k), 2):
        first, second = moments[j], moments[i]
        standard_error = sqrt(error / 2 * (1 / first.n + 1 / second.n))
        difference = first.mean - second.mean
        found.append(
            TukeyDifference(
                a=names[j],
                b=names[i],
                difference=scale.spread(difference),
                ci_low=scale.spread(difference - reach * standard_error),
                ci_high=scale.spread(difference + reach * standard_error),
                p_value=studentised_range_sf(abs(difference) / standard_error, k, df),
            )
        )
    return tuple(found)
