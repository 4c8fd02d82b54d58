"""Published beside live: intervals from the counts, overlap, direction, flags."""

from typing import Any

import pytest

from analytics.replication import Beside, published_sets, stand_beside

SETS = {published.name: published for published in published_sets()}


def a_number(
    value: float, low: float | None = None, high: float | None = None, **fields: Any
) -> dict[str, Any]:
    return {"value": value, "ci_low": low, "ci_high": high, "n": 200, "n_events": 40} | fields


def the(name: str, key: tuple[str, str, str], live: dict[str, Any] | None = None, *flags: str) -> Beside:
    question, term, quantity = key
    kept = {"odds_ratio": "log_odds_ratio", "hazard_ratio": "log_hazard_ratio"}
    estimates = {} if live is None else {(question, term, kept.get(quantity, quantity)): live}
    found = [
        each
        for each in stand_beside(SETS[name], estimates, flags)
        if (each.figure.question, each.figure.term, each.figure.quantity) == key
    ]
    return found[0]


AREA = ("cvd-death-roc", "mg", "auc")
PAIR = ("correlations", "mg~ca", "r")
ODDS = ("cvd-death-multivariable", "paper.mg", "odds_ratio")
SHARE = ("calcification-roc", "calcified", "event_share")
GROUPS = ("groups", "mg", "smd")


class TestPublished:
    """Intervals that follow from the figures, as an earlier, separate computation had them."""

    def test_area(self) -> None:
        found = the("wei-2025", AREA).published
        assert (found.ci_low, found.ci_high) == pytest.approx((0.833, 0.957), abs=6e-4)
        assert (found.n, found.n_events, found.is_computed) == (200, 48, True)

    def test_correlation_of_patients_and_controls(self) -> None:
        found = the("wei-2025", PAIR).published
        assert (found.ci_low, found.ci_high) == pytest.approx((0.298, 0.465), abs=6e-4)
        assert (found.n, found.n_supposed) == (None, 400)
        assert "interval_supposes_n" in the("wei-2025", PAIR).flags

    def test_sensitivity(self) -> None:
        found = the("wei-2025", ("cvd-death-roc", "mg", "sensitivity")).published
        assert (found.value, found.ci_low, found.ci_high) == pytest.approx((0.875, 0.7475, 0.9527), abs=1e-4)

    def test_all_of_a_class_is_never_without_an_interval(self) -> None:
        found = the("wei-2025", ("cvd-death-roc", "p", "specificity")).published
        assert (found.ci_low, found.ci_high) == pytest.approx((0.976, 1.0), abs=1e-4)

    def test_a_printed_interval_is_kept(self) -> None:
        [found] = [each.published for each in stand_beside(SETS["orces-2024"], {}) if each.figure.value]
        assert (found.value, found.ci_low, found.ci_high, found.is_computed) == (1.75, 1.13, 2.71, False)


class TestBeside:
    def test_without_a_live_figure_nothing_is_compared(self) -> None:
        found = the("wei-2025", AREA)
        assert (found.live, found.is_overlapping, found.is_same_direction) == (None, None, None)

    @pytest.mark.parametrize(
        ("live", "overlap", "same"),
        [((0.9, 0.85, 0.95), True, True), ((0.7, 0.6, 0.8), False, True), ((0.4, 0.3, 0.5), False, False)],
    )
    def test_areas(self, live: tuple[float, ...], overlap: bool, same: bool) -> None:
        found = the("wei-2025", AREA, a_number(*live))
        assert (found.is_overlapping, found.is_same_direction) == (overlap, same)

    def test_odds_ratios_are_shown_as_ratios(self) -> None:
        found = the("wei-2025", ODDS, a_number(0.0, -0.5, 0.5))
        assert found.live.value == 1.0

    def test_odds_ratios_are_for_the_step_that_is_shown(self) -> None:
        found = the("wei-2025", ODDS, a_number(-4.0, -6.0, -2.0) | {"per": 0.1})
        assert (found.live.value, found.live.per) == (pytest.approx(0.6703, abs=1e-4), 0.1)
        assert (found.live.ci_low, found.live.ci_high) == pytest.approx((0.5488, 0.8187), abs=1e-4)

    def test_a_ratio_too_large_for_a_number_has_none(self) -> None:
        assert the("wei-2025", ODDS, a_number(1.0, 0.5, 900.0)).live.ci_high is None

    def test_what_is_blocked_agrees_with_nothing(self) -> None:
        found = the("wei-2025", ODDS, a_number(1.0, 0.2, 1.8) | {"block": "derived_beside_parents"})
        assert (found.live.block, found.is_association_agreed) == ("derived_beside_parents", None)

    @pytest.mark.parametrize(("smd", "same"), [(-0.4, True), (0.4, False)])
    def test_a_bare_direction(self, smd: float, same: bool) -> None:
        assert the("wei-2025", GROUPS, a_number(smd)).is_same_direction is same

    @pytest.mark.parametrize(("limits", "agreed"), [((0.2, 1.8), True), ((-0.2, 2.2), False)])
    def test_a_bare_claim_of_p_has_no_direction(self, limits: tuple[float, float], agreed: bool) -> None:
        found = the("wei-2025", ODDS, a_number(1.0, *limits))
        assert (found.is_same_direction, found.is_association_agreed) == (None, agreed)

    def test_no_association_shown_is_met_by_an_interval_that_holds_none(self) -> None:
        key = ("mortality-survival", "cvd_death.aac24_class6-24", "hazard_ratio")
        found = the("orces-2024", key, a_number(0.3, -0.2, 0.8))
        assert (found.is_same_direction, found.is_association_agreed) == (None, True)

    def test_a_direction_says_nothing_of_a_claim_of_p(self) -> None:
        assert the("wei-2025", GROUPS, a_number(-0.4, -0.6, -0.2)).is_association_agreed is None

    def test_withheld_numbers_are_not_compared(self) -> None:
        withheld = dict.fromkeys(("value", "ci_low", "ci_high", "n", "n_events"))
        found = the("wei-2025", AREA, withheld)
        assert (found.live.value, found.is_overlapping, found.is_same_direction) == (None, None, None)

    def test_the_intervals_of_two_sensitivities_are_compared(self) -> None:
        key = ("cvd-death-roc", "mg", "sensitivity")
        assert the("wei-2025", key, a_number(0.88, 0.753, 0.944)).is_overlapping is True
        assert the("wei-2025", key, a_number(0.6, 0.5, 0.7)).is_overlapping is False

    def test_the_share_with_the_outcome(self) -> None:
        found = the("rahman-2021", SHARE, {"n": 3140, "n_events": 947})
        assert found.live.value == pytest.approx(947 / 3140)
        assert found.published.value == pytest.approx(0.288)
        assert found.is_overlapping is None

    def test_flags_of_the_cohort_the_publication_and_the_figure(self) -> None:
        assert the("wei-2025", AREA, None, "simulated").flags == (
            "simulated",
            "time_ignored",
            "direction_not_stated",
            "interval_computed",
        )
        assert "survey_weighted" in the("rahman-2021", SHARE).flags
