from itertools import count
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.samplesize import (
    correlation_half_width,
    correlation_sample_size,
    expected_shrinkage,
    precision_forecast,
    riley_sample_size,
)


def test_riley_as_published() -> None:
    """Riley 2020, figure 3: 24 parameters, prevalence 0.174, R2 0.288 need 662 patients."""
    size = riley_sample_size(parameters=24, prevalence=0.174, r2_cox_snell=0.288)
    assert (size.n, ceil(size.n_shrinkage), ceil(size.n_optimism)) == (662, 623, 662)


@given(st.integers(1, 40), st.floats(0.1, 0.9), st.floats(0.02, 0.3))
def test_more_parameters_need_more_patients(parameters: int, prevalence: float, r2: float) -> None:
    fewer, more = (
        riley_sample_size(parameters=k, prevalence=prevalence, r2_cox_snell=r2)
        for k in (parameters, parameters + 1)
    )
    assert more.n_shrinkage > fewer.n_shrinkage
    assert more.n >= fewer.n
    turned = riley_sample_size(parameters=parameters, prevalence=1 - prevalence, r2_cox_snell=r2)
    assert turned.n_optimism == pytest.approx(fewer.n_optimism)


@given(st.integers(1, 40), st.floats(0.1, 0.9), st.floats(0.02, 0.3), st.floats(0.4, 0.99))
def test_the_shrinkage_expected_is_that_asked_for(
    parameters: int, prevalence: float, r2: float, wanted: float
) -> None:
    size = riley_sample_size(parameters=parameters, prevalence=prevalence, r2_cox_snell=r2, shrinkage=wanted)
    enough, short = ceil(size.n_shrinkage), ceil(size.n_shrinkage) - 1
    assert expected_shrinkage(parameters=parameters, r2_cox_snell=r2, n=enough) >= wanted * (1 - 1e-9)
    if short:
        assert expected_shrinkage(parameters=parameters, r2_cox_snell=r2, n=short) < wanted * (1 + 1e-9)


def test_a_model_far_too_large_keeps_nothing_but_what_it_explains() -> None:
    assert expected_shrinkage(parameters=40, r2_cox_snell=0.1, n=1) == 0.1


@given(st.floats(0.001, 10), st.integers(1, 10_000), st.floats(0.001, 10))
def test_forecast_is_just_enough(standard_error: float, n: int, wanted: float) -> None:
    forecast = precision_forecast(standard_error, n, half_width=wanted)
    per_root = forecast.half_width * n**0.5
    assert per_root / forecast.n_needed**0.5 <= wanted * (1 + 1e-9)
    if forecast.n_needed > 1:
        assert per_root / (forecast.n_needed - 1) ** 0.5 > wanted * (1 - 1e-9)
    assert forecast.n_more == max(0, forecast.n_needed - n)


@pytest.mark.parametrize("r", [-0.8, -0.2, 0.0, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("half_width", [0.05, 0.1, 0.2])
def test_correlation_by_trying_every_n(r: float, half_width: float) -> None:
    def half(n: int) -> float:
        ends = np.tanh(np.arctanh(r) + np.array([-1, 1]) * 1.959963984540054 / np.sqrt(n - 3))
        return float(ends[1] - ends[0]) / 2

    expected = next(n for n in count(4) if half(n) <= half_width)
    assert correlation_sample_size(r, half_width=half_width) == expected
    assert correlation_half_width(r, expected) == pytest.approx(half(expected))


def test_refusals() -> None:
    for options, reason in (
        ({"parameters": 0, "prevalence": 0.2, "r2_cox_snell": 0.1}, "no_covariates"),
        ({"parameters": 3, "prevalence": 0.0, "r2_cox_snell": 0.1}, "prevalence_out_of_range"),
        ({"parameters": 3, "prevalence": 0.2, "r2_cox_snell": 0.99}, "r2_out_of_range"),
        ({"parameters": 3, "prevalence": 0.2, "r2_cox_snell": float("nan")}, "r2_out_of_range"),
    ):
        with pytest.raises(NotEstimable) as refusal:
            riley_sample_size(**options)
        assert refusal.value.reason == reason
    for arguments, width, reason in (
        ((0.0, 10), 0.1, "standard_error_not_positive"),
        ((float("inf"), 10), 0.1, "standard_error_not_positive"),
        ((0.1, 0), 0.1, "no_patients"),
        ((0.1, 10), 0.0, "half_width_not_positive"),
    ):
        with pytest.raises(NotEstimable) as refusal:
            precision_forecast(*arguments, half_width=width)
        assert refusal.value.reason == reason
    with pytest.raises(NotEstimable, match="correlation_out_of_range"):
        correlation_sample_size(1.0, half_width=0.1)
    for r, n, reason in ((1.0, 10, "correlation_out_of_range"), (0.5, 3, "too_few")):
        with pytest.raises(NotEstimable, match=reason):
            correlation_half_width(r, n)
    for options, reason in (
        ({"parameters": 0, "r2_cox_snell": 0.1, "n": 10}, "no_covariates"),
        ({"parameters": 3, "r2_cox_snell": 0.1, "n": 0}, "no_patients"),
        ({"parameters": 3, "r2_cox_snell": 0.0, "n": 10}, "r2_out_of_range"),
    ):
        with pytest.raises(NotEstimable, match=reason):
            expected_shrinkage(**options)
