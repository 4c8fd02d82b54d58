import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.multiplicity import adjust

FAMILIES = st.lists(st.floats(0, 1), min_size=1, max_size=12)
METHODS = ("holm", "bonferroni", "bh", "by")


def _naive(p_values: list[float], method: str) -> list[float]:
    """From the definitions, test by test."""
    m = len(p_values)
    weight = sum(1 / k for k in range(1, m + 1)) if method == "by" else 1.0
    rank = {index: place for place, index in enumerate(sorted(range(m), key=p_values.__getitem__), start=1)}
    adjusted = []
    for i in range(m):
        if method == "bonferroni":
            adjusted.append(min(1.0, m * p_values[i]))
        elif method == "holm":
            at_or_before = [j for j in range(m) if rank[j] <= rank[i]]
            adjusted.append(min(1.0, max((m - rank[j] + 1) * p_values[j] for j in at_or_before)))
        else:
            at_or_after = [j for j in range(m) if rank[j] >= rank[i]]
            adjusted.append(min(1.0, min(weight * m * p_values[j] / rank[j] for j in at_or_after)))
    return adjusted


@pytest.mark.parametrize("method", METHODS)
@given(family=FAMILIES)
def test_definition(method: str, family: list[float]) -> None:
    assert adjust(family, method) == pytest.approx(_naive(family, method), rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(family=FAMILIES)
def test_order_of_the_tests_does_not_matter(method: str, family: list[float]) -> None:
    assert adjust(family[::-1], method) == pytest.approx(adjust(family, method)[::-1], rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_tests_without_a_p_value_stay_out_of_the_family(method: str) -> None:
    alone = adjust([0.01, 0.04], method)
    among = adjust([None, 0.01, float("nan"), 0.04, NotEstimable("constant")], method)
    assert among == (None, alone[0], None, alone[1], None)


def test_an_empty_family_has_no_adjusted_p_values() -> None:
    assert adjust([None], "bh") == (None,)
    assert adjust([], "holm") == ()


def test_an_impossible_p_value_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="outside"):
        adjust([1.5], "holm")
