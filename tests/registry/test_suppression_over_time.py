"""What follow-up would tell: small steps along a curve, groups worked out from others, few left out."""

from typing import Any

from registry.presentation.suppression import withhold


def point(time: float, n_risk: int, n_events: int) -> dict[str, Any]:
    return {"time": time, "n_risk": n_risk, "n_events": n_events, "auc": 0.7, "reason": None}


def group(name: str, n: int, n_events: int, *points: dict[str, Any]) -> dict[str, Any]:
    compared = {"rate_ratio": 1.5, "rate_ratio_ci_low": 1.1, "difference": -0.4, "rate_ratio_reason": None}
    described = {"group": name, "n": n, "n_events": n_events, "rate": 4.2, **compared}
    return {**described, "at": list(points), "at_horizon": points[-1] if points else None, "reason": None}


def told_times(entry: dict[str, Any]) -> list[float]:
    return [point["time"] for point in entry["at"] if point["n_events"] is not None]


class TestStepsAlongACurve:
    def test_between_two_points_no_small_number_has_the_event(self) -> None:
        points = [point(0, 100, 0), point(6, 85, 6), point(12, 70, 9), point(18, 60, 20)]
        assert told_times(withhold(group("all", 100, 20, *points), 5)) == [0, 6, 18]

    def test_nor_leaves(self) -> None:
        points = [point(0, 100, 0), point(6, 97, 0), point(12, 85, 0)]
        assert told_times(withhold(group("all", 100, 0, *points), 5)) == [0, 12]

    def test_nor_has_it_after_the_last_point(self) -> None:
        points = [point(0, 100, 0), point(12, 60, 18)]
        assert told_times(withhold(group("all", 100, 20, *points), 5)) == [0]

    def test_what_is_withheld_at_a_time_is_withheld_at_the_horizon(self) -> None:
        told = withhold(group("all", 100, 20, point(0, 100, 0), point(12, 60, 18)), 5)
        assert told["at_horizon"]["auc"] is None
        assert told["at_horizon"]["time"] == 12


class TestGroups:
    def outcome(self, *groups: dict[str, Any]) -> dict[str, Any]:
        test = {"name": "gray", "statistic": 3.2, "df": 2, "p_value": 0.04, "reason": None}
        sizes = {"n": sum(each["n"] for each in groups), "n_events": sum(each["n_events"] for each in groups)}
        return withhold({"outcome": "death", **sizes, "by_group": list(groups), "test": test}, 5)

    def test_a_withheld_group_takes_the_test_along(self) -> None:
        told = self.outcome(group("a", 80, 20), group("b", 70, 3), group("c", 50, 15))
        assert told["test"]["p_value"] is None
        assert [each["n"] for each in told["by_group"]] == [80, None, None]
        assert told["by_group"][0]["rate"] == 4.2

    def test_nothing_is_compared_with_a_first_group_that_is_withheld(self) -> None:
        told = self.outcome(group("a", 70, 3), group("b", 60, 10), group("c", 90, 30))
        last = told["by_group"][2]
        assert (last["rate"], last["rate_ratio"], last["difference"]) == (4.2, None, None)

    def test_without_a_small_group_all_is_told(self) -> None:
        told = self.outcome(group("a", 80, 20), group("b", 70, 13))
        assert (told["test"]["p_value"], told["by_group"][1]["rate_ratio"]) == (0.04, 1.5)


class TestPartsOfTheOutcome:
    def payload(self, n: int, n_events: int) -> dict[str, Any]:
        outcome = {"outcome": "death", "n": 200, "n_events": 40, "n_missing": 0, "by_group": []}
        part = {"outcome": "death", "n": n, "n_events": n_events, "n_missing": 200 - n, "reason": None}
        model = {**part, "terms": [{"term": "mg", "hazard_ratio": 1.2}], "events_per_variable": n_events / 2}
        area = {**part, "at": [point(0, n, 0), point(12, n - 50, n_events)]}
        told: dict[str, Any] = withhold({"outcomes": [outcome], "models": [model], "areas": [area]}, 5)
        return told

    def test_a_model_without_few_patients_does_not_say_how_many_it_has(self) -> None:
        told = self.payload(197, 40)
        assert told["models"][0]["n"] is None
        assert told["models"][0]["terms"]
        assert told["areas"][0]["at"][1]["n_events"] is None
        assert told["areas"][0]["at"][1]["auc"] == 0.7

    def test_nor_one_without_few_events(self) -> None:
        told = self.payload(180, 38)
        assert (told["models"][0]["n_events"], told["models"][0]["events_per_variable"]) == (None, None)

    def test_one_without_many_does(self) -> None:
        told = self.payload(180, 30)
        assert (told["models"][0]["n"], told["areas"][0]["n_events"]) == (180, 30)

    def test_nor_one_without_few_who_stayed_well(self) -> None:
        told = self.payload(180, 23)
        assert (told["models"][0]["n"], told["models"][0]["n_events"]) == (None, None)
