"""What can be said of a publication from its own figures: each check is a pure function of the set."""

from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

from analytics.replication.attainable import (
    area_limits,
    attainable_splits,
    critical_correlation,
    least_larger_correlation,
    patients_needed,
    whole_patients,
)
from analytics.replication.sets import PublishedSet

Verdict = Literal["holds", "implies", "doubtful", "impossible"]

FIRST_ORDER = 0.05
"""How far below its first-order bound a product's correlation may lie before it is called impossible."""


@dataclass(frozen=True)
class Finding:
    """What one check found: `holds` where the figures fit, `implies` what they leave unsaid."""

    code: str
    verdict: Verdict
    found: dict[str, Any]


@dataclass(frozen=True)
class Implied:
    """What a publication leaves unsaid but its figures give away; None where they do not."""

    n_events: int | None = None
    n_others: int | None = None
    n_of_correlations: int | None = None


def check(published: PublishedSet) -> list[Finding]:
    """Everything its figures say of themselves, the gravest first."""
    found = [
        *_counts(published),
        *_correlations_need(published),
        *_products(published),
        *_directions(published),
        *_areas(published),
        *_dominated(published),
    ]
    gravity = ("impossible", "doubtful", "implies", "holds")
    return sorted(found, key=lambda finding: gravity.index(finding.verdict))


def implied(published: PublishedSet) -> Implied:
    """The class sizes behind the percentages and the patients behind the correlations."""
    splits = _splits(published)
    events, others = splits[0] if len(splits) == 1 else (None, None)
    sizes = [size for size in _sample_sizes(published) if not _below(published, size)]
    return Implied(events, others, min(sizes) if sizes else None)


def _splits(published: PublishedSet) -> list[tuple[int, int]]:
    sensitivities, specificities = published.of("sensitivity"), published.of("specificity")
    n = published.design.get("patients")
    if not sensitivities or not specificities or n is None:
        return []
    return attainable_splits(
        [figure.value for figure in sensitivities.values() if figure.value is not None],
        [figure.value for figure in specificities.values() if figure.value is not None],
        n,
        decimals=next(iter(sensitivities.values())).decimals,
    )


def _counts(published: PublishedSet) -> list[Finding]:
    """Which whole numbers of patients the percentages allow."""
    if not published.of("sensitivity") or "patients" not in published.design:
        return []
    splits = _splits(published)
    found: dict[str, Any] = {"n": published.design["patients"], "splits": [list(split) for split in splits]}
    if len(splits) != 1:
        return [Finding("attainable_counts", "holds" if splits else "impossible", found)]
    [(n_events, n_others)] = splits
    sizes = {"sensitivity": n_events, "specificity": n_others}
    found["counts"] = {
        quantity: {
            marker: whole_patients(figure.value or 0.0, size, decimals=figure.decimals)
            for marker, figure in published.of(quantity).items()
        }
        for quantity, size in sizes.items()
    }
    return [Finding("attainable_counts", "implies", found)]


def _sample_sizes(published: PublishedSet) -> list[int]:
    """How many patients a correlation may stand for: those with the disease, or the controls with them."""
    patients, controls = published.design.get("patients"), published.design.get("controls")
    if patients is None:
        return []
    return [patients] if controls is None else [patients, patients + controls]


def _below(published: PublishedSet, n: int) -> list[str]:
    """The pairs called significant that are not, with so many patients, however they were rounded."""
    critical = critical_correlation(n)
    return [
        term
        for term, figure in published.of("r").items()
        if figure.claim == "not_zero" and abs(figure.value or 0) + figure.half_a_digit < critical
    ]


def _correlations_need(published: PublishedSet) -> list[Finding]:
    """Which number of patients lets every correlation be what it is called."""
    sizes = _sample_sizes(published)
    claimed = [figure for figure in published.of("r").values() if figure.claim == "not_zero"]
    if not sizes or not claimed:
        return []
    weakest = min(claimed, key=lambda figure: abs(figure.value or 0))
    found = {
        "sizes": [
            {"n": n, "critical": critical_correlation(n), "below": _below(published, n)} for n in sizes
        ],
        "weakest": {"pair": weakest.term, "r": weakest.value, "needed": patients_needed(weakest.value or 1)},
    }
    if not _below(published, sizes[0]):
        return [Finding("correlations_need", "holds", found)]
    return [Finding("correlations_need", "impossible" if _below(published, sizes[-1]) else "implies", found)]


def _products(published: PublishedSet) -> list[Finding]:
    """Whether a product can correlate so little with both of its factors."""
    printed = _symmetric(published)
    findings = []
    for product in published.products:
        variable, (first, second) = product["variable"], product["of"]
        needed = [(first, second), (variable, first), (variable, second)]
        if not all(pair in printed for pair in needed):
            continue
        between, with_first, with_second = (printed[pair] for pair in needed)
        least = least_larger_correlation(between)
        is_possible = max(with_first, with_second) >= least - FIRST_ORDER
        found = {
            "variable": variable,
            "of": [first, second],
            "r": between,
            "printed": {first: with_first, second: with_second},
            "least": least,
        }
        findings.append(Finding("product", "holds" if is_possible else "impossible", found))
    return findings


def _symmetric(published: PublishedSet) -> dict[tuple[str, ...], float]:
    return {
        pair: figure.value
        for term, figure in published.of("r").items()
        for pair in permutations(term.split("~"))
        if figure.value is not None
    }


def _directions(published: PublishedSet) -> list[Finding]:
    """Pairs whose pooled correlation runs against the difference of the groups that are pooled."""
    sign = {
        figure.term: 1 if figure.claim == "higher" else -1
        for figure in published.figures
        if figure.question == "groups" and figure.claim in ("higher", "lower")
    }
    pooled = {
        term: figure.value
        for term, figure in published.of("r").items()
        if "pooled_groups" in figure.flags and all(marker in sign for marker in term.split("~"))
    }
    if not pooled:
        return []
    against = [
        {"pair": term, "r": r, "signs": [sign[marker] for marker in term.split("~")]}
        for term, r in pooled.items()
        if r is not None and r * sign[term.split("~")[0]] * sign[term.split("~")[1]] < 0
    ]
    return [
        Finding("directions", "doubtful" if against else "holds", {"against": against, "of": len(pooled)})
    ]


def _areas(published: PublishedSet) -> list[Finding]:
    """Whether each area can belong to its cut-off, and whether the curve bends as one with a rising risk."""
    sensitivity, specificity = published.of("sensitivity"), published.of("specificity")
    areas = []
    for marker, figure in published.of("auc").items():
        if marker not in sensitivity or marker not in specificity or figure.value is None:
            continue
        se, sp = ((share[marker].value or 0.0) / 100 for share in (sensitivity, specificity))
        slack = figure.half_a_digit + sensitivity[marker].half_a_digit / 100
        least, most = area_limits(se, sp)
        areas.append(
            {
                "marker": marker,
                "auc": figure.value,
                "least": least,
                "most": most,
                "attained": (se + sp) / 2,
                "is_possible": least - slack <= figure.value <= most + slack,
                "is_below": figure.value < (se + sp) / 2 - slack,
            }
        )
    if not areas:
        return []
    is_possible = all(area["is_possible"] for area in areas)
    is_concave = not any(area["is_below"] for area in areas)
    verdict: Verdict = "impossible" if not is_possible else "holds" if is_concave else "doubtful"
    return [Finding("areas", verdict, {"areas": areas})]


def _dominated(published: PublishedSet) -> list[Finding]:
    """A curve with the larger area whose cut-off is worse, in both respects, than another's."""
    shares = {
        marker: (figure.value or 0.0, (published.of("specificity")[marker].value or 0.0))
        for marker, figure in published.of("sensitivity").items()
        if marker in published.of("specificity")
    }
    areas = {marker: figure.value or 0.0 for marker, figure in published.of("auc").items()}
    pairs = [
        {"marker": worse, "by": better}
        for worse, better in permutations(shares.keys() & areas.keys(), 2)
        if areas[worse] > areas[better]
        and shares[worse] != shares[better]
        and all(low <= high for low, high in zip(shares[worse], shares[better], strict=True))
    ]
    if not pairs:
        return []
    return [Finding("dominated", "doubtful", {"pairs": sorted(pairs, key=str)})]
