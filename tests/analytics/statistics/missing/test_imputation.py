"""Multiple imputation by chained equations: what is drawn, from what, and that it gives back the truth."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics import NotEstimable, logistic
from analytics.statistics.design import design_matrix
from analytics.statistics.missing import Passive, Variable, impute, pool
from analytics.statistics.missing.draws import draw_level, draw_matched, draw_normal
from analytics.statistics.missing.equations import Method

TRUTH = np.array([-0.5, 0.8, 0.5])
Draw = Callable[[np.ndarray, np.ndarray, np.ndarray, np.random.Generator], np.ndarray]


def patients(seed: int, n: int = 200) -> dict[str, np.ndarray]:
    """A marker missing more often with the outcome, the outcome, and a covariate that tells of both."""
    rng = np.random.default_rng(seed)
    age = rng.normal(size=n)
    marker = 0.5 * age + rng.normal(size=n)
    died = (rng.random(n) < _risk(TRUTH[0] + TRUTH[1] * marker + TRUTH[2] * age)).astype(float)
    marker[rng.random(n) < _risk(-1 + died + 0.5 * age)] = np.nan
    return {"marker": marker, "age": age, "died": died}


def _risk(log_odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def variables(table: dict[str, np.ndarray], method: Method = "pmm") -> dict[str, Variable]:
    methods: dict[str, Method] = {"marker": method, "died": "levels"}
    return {name: Variable(values, methods.get(name, "pmm")) for name, values in table.items()}


def completed(table: dict[str, np.ndarray], **options: int) -> tuple[dict[str, np.ndarray], ...]:
    return impute(variables(table), **({"imputations": 3, "iterations": 3, "seed": 5} | options)).tables


class TestTables:
    def test_observed_values_stay_and_gaps_are_filled(self) -> None:
        table = patients(1)
        has = ~np.isnan(table["marker"])
        for filled in completed(table):
            assert (filled["marker"][has] == table["marker"][has]).all()
            assert np.isfinite(filled["marker"]).all()
            assert filled["age"].tolist() == table["age"].tolist()

    def test_the_same_seed_gives_the_same_bits(self) -> None:
        table = patients(1)
        one, same, other = (completed(table, seed=seed) for seed in (5, 5, 6))
        assert [each["marker"].tobytes() for each in one] == [each["marker"].tobytes() for each in same]
        assert one[0]["marker"].tobytes() != other[0]["marker"].tobytes()
        assert one[0]["marker"].tobytes() != one[1]["marker"].tobytes()

    def test_more_imputations_leave_the_first_as_they_were(self) -> None:
        table = patients(1)
        few, more = completed(table), completed(table, imputations=5)
        assert [each["marker"].tobytes() for each in few] == [each["marker"].tobytes() for each in more[:3]]

    def test_the_order_of_the_patients_does_not_matter(self) -> None:
        table, order = patients(1), np.random.default_rng(0).permutation(200)
        one = completed(table)
        other = completed({name: values[order] for name, values in table.items()})
        assert one[0]["marker"][order].tobytes() == other[0]["marker"].tobytes()

    def test_matched_values_are_those_of_other_patients(self) -> None:
        table = patients(1)
        observed = set(table["marker"][~np.isnan(table["marker"])])
        assert set(completed(table)[0]["marker"]) <= observed

    def test_levels_stay_levels(self) -> None:
        table = patients(2)
        table["class"] = np.digitize(table["age"], [-0.5, 0.5]).astype(float)
        table["class"][::7] = np.nan
        given_ = variables(table) | {"class": Variable(table["class"], "levels")}
        for filled in impute(given_, imputations=2, iterations=3, seed=1).tables:
            assert set(filled["class"]) == {0.0, 1.0, 2.0}
            # Age tells the class exactly.
            gap = np.isnan(table["class"])
            assert np.corrcoef(filled["class"][gap], table["age"][gap])[0, 1] > 0.7


class TestPassive:
    RULES = {"product": Passive(("marker", "age"), lambda marker, age: marker * age)}

    def test_a_derived_variable_follows_from_its_imputed_parents(self) -> None:
        table = patients(3)
        table["product"] = table["marker"] * table["age"]
        table["product"][0] = 99.0
        found = impute(variables(table), passive=self.RULES, imputations=3, iterations=3, seed=5)
        for filled in found.tables:
            assert filled["product"][1:].tolist() == (filled["marker"] * filled["age"])[1:].tolist()
            assert filled["product"][0] == 99.0

    def test_one_that_its_parents_do_not_give_is_refused(self) -> None:
        table = patients(3) | {"product": np.full(200, np.nan)}
        rules = {"product": Passive(("marker",), lambda marker: np.where(marker > 0, marker, np.nan))}
        with pytest.raises(NotEstimable, match="missing"):
            impute(variables(table), passive=rules, imputations=2, iterations=1, seed=1)


class TestTruth:
    @pytest.mark.parametrize("method", ["norm", "pmm"])
    def test_intervals_cover_what_complete_patients_miss(self, method: Method) -> None:
        """60 tables of 200 patients, a third of them without the marker: seeded, so that it never varies."""
        inside, estimates = [], []
        for seed in range(60):
            table = patients(seed)
            tables = impute(variables(table, method), imputations=5, iterations=2, seed=seed).tables
            models = [
                logistic.fit(design_matrix({name: each[name] for name in ("marker", "age")}), each["died"])
                for each in tables
            ]
            found = pool(
                [model.coefficients for model in models],
                [model.standard_errors for model in models],
                df_complete=197,
            )
            inside.append((found.ci_low <= TRUTH) & (found.ci_high >= TRUTH))
            estimates.append(found.estimate)
        assert np.abs(np.mean(estimates, axis=0) - TRUTH).max() < 0.1
        assert np.mean(inside, axis=0).min() >= 0.88


class TestDraws:
    """Each draw alone, on many patients: its mean and spread are those of the model."""

    RNG = np.random.default_rng(11)
    X = np.column_stack([np.ones(4000), RNG.normal(size=4000)])

    @pytest.mark.parametrize("draw", [draw_normal, draw_matched])
    def test_a_measurement(self, draw: Draw) -> None:
        expected = 2 + 3 * self.X[:, 1]
        y = expected + self.RNG.normal(size=4000)
        left_over = draw(y, self.X, self.X, np.random.default_rng(1)) - expected
        assert (left_over.mean(), left_over.std()) == pytest.approx((0, 1), abs=0.08)

    def test_three_levels(self) -> None:
        u = self.RNG.random(4000)
        y = np.where(u < 0.2, 0.0, np.where(u < 0.5, 1.0, 2.0))
        drawn = draw_level(y, self.X, np.tile([1.0, 0.0], (4000, 1)), np.random.default_rng(1))
        assert np.bincount(drawn.astype(int)) / 4000 == pytest.approx([0.2, 0.3, 0.5], abs=0.04)

    def test_a_level_predicted_perfectly_is_still_drawn(self) -> None:
        y = (self.X[:, 1] > 0).astype(float)
        drawn = draw_level(y, self.X, np.tile([1.0, 2.0], (500, 1)), np.random.default_rng(1))
        assert drawn.mean() > 0.95


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "no_variables"),
        ({"mg": np.ones(20)}, "nothing_missing"),
        ({"mg": np.full(20, np.nan)}, "too_few_observed"),
        ({"mg": np.array([1.0, np.nan, 2.0])}, "too_few_observed"),
        ({"mg": np.array([np.nan, *np.ones(19)]), "p": np.full(20, np.inf)}, "out_of_range"),
    ],
)
def test_what_cannot_be_imputed_says_why(table: dict[str, np.ndarray], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        completed(table)
    assert refusal.value.reason == reason


@settings(max_examples=40)
@given(
    st.lists(
        st.one_of(st.floats(-1e90, 1e90), st.integers(0, 2).map(float), st.just(np.nan)),
        min_size=25,
        max_size=40,
    ),
    st.sampled_from(["pmm", "norm", "levels"]),
)
def test_any_column_is_filled_or_refused(column: list[float], method: Method) -> None:
    values = np.array(column)
    others = {"half": Variable(values / 2, "norm"), "constant": Variable(np.ones(values.size))}
    try:
        tables = impute(
            {"own": Variable(values, method), **others},
            imputations=2,
            iterations=2,
            seed=1,
        ).tables
    except NotEstimable:
        return
    assert all(np.isfinite(values).all() for table in tables for values in table.values())
