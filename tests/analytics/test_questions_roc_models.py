"""ROC questions: combinations, markers against one another, and what they add to a model."""

import numpy as np
import pytest

from analytics.statistics.design import design_matrix
from analytics.statistics.logistic import fit
from analytics.statistics.multiplicity import adjust
from analytics.statistics.roc import delong_paired
from tests.analytics.roc import HOW, MHD, TABLES, ask, curves, observed, printed
from tests.analytics.tables import mhd


class TestCombination:
    def test_the_optimism_is_taken_off(self) -> None:
        combined = curves(MHD)["combined"]
        assert combined["auc_corrected"] == pytest.approx(combined["auc"] - combined["optimism"])
        assert combined["optimism"] > 0
        assert combined["auc_crossvalidated"] < combined["auc"]

    def test_the_corrected_area_is_the_headline(self) -> None:
        combined = curves(MHD)["combined"]
        rows = printed(MHD)["Areas under the curve"].rows
        headline = next(row for row in rows if row.heading == "Mg, Ca and P combined")
        apparent = rows[rows.index(headline) + 1]
        assert headline.numbers[-1] == f"{combined['auc_corrected']:.3f}"
        assert apparent.heading.startswith("apparent")
        assert apparent.numbers[-1].startswith(f"{combined['auc']:.3f} (")

    def test_a_combination_that_predicts_perfectly_is_refused(self) -> None:
        died = TABLES["mhd"]["terminal_status"] == "death_cv"
        given = ask("mhd", frame=TABLES["mhd"].assign(mg=np.where(died, 0.8, 1.2)), asked=HOW)
        combined = curves(given)["combined"]
        assert (combined["auc"], combined["operating"], combined["reason"]["code"]) == (None, [], "separated")
        assert given.payload["added"][0]["reason"]["code"] == "separated"


class TestPairs:
    def test_delong_on_the_patients_with_all_markers(self) -> None:
        frame = mhd()
        frame.loc[:4, "p"] = np.nan
        given = ask("mhd", frame=frame)
        first = given.payload["compared"][0]
        rows = frame.query("group == 'mhd' and terminal_status != 'lost'").dropna(subset=["p"])
        found = curves(given)
        test = delong_paired(
            (rows["terminal_status"] == "death_cv").to_numpy(),
            rows["mg"].to_numpy(),
            rows["ca"].to_numpy(),
            directions=(found["mg"]["direction"], found["ca"]["direction"]),
        )
        assert (first["x"], first["y"], first["n"]) == ("mg", "ca", len(rows))
        for name in ("difference", "standard_error", "ci_low", "ci_high", "z", "p_value"):
            assert first[name] == pytest.approx(getattr(test, name), rel=1e-9)

    def test_one_family(self) -> None:
        pairs = MHD.payload["compared"]
        assert [(pair["x"], pair["y"]) for pair in pairs] == [("mg", "ca"), ("mg", "p"), ("ca", "p")]
        assert MHD.payload["family"] == {"n_tests": 3, "adjustment": "holm"}
        expected = adjust([pair["p_value"] for pair in pairs], "holm")
        assert tuple(pair["p_adjusted"] for pair in pairs) == expected
        [tests] = [guard["found"] for guard in MHD.guards if guard["code"] == "G19"]
        assert tests["tests"] == 3

    def test_a_marker_that_nobody_has(self) -> None:
        given = ask("mhd", frame=TABLES["mhd"].assign(p=np.nan), asked=HOW)
        assert {pair["reason"]["code"] for pair in given.payload["compared"]} == {"too_few_events"}
        assert curves(given)["mg"]["auc"] is not None


class TestAdded:
    def test_the_test_is_that_of_the_likelihoods(self) -> None:
        given = ask(
            "mhd", asked={"added": [{"name": "mg", "title": "Mg", "base": ["age"], "markers": ["mg"]}]}
        )
        [added] = given.payload["added"]
        occurred, age, mg = observed("age", "mg")
        larger, smaller = (
            fit(design_matrix(columns), occurred) for columns in ({"age": age, "mg": mg}, {"age": age})
        )
        assert added["statistic"] == pytest.approx(2 * (larger.log_likelihood - smaller.log_likelihood))
        assert (added["df"], added["n_events"]) == (1, occurred.sum())
        assert [index["name"] for index in added["improvements"]] == ["nri_continuous", "idi"]
        gain = larger.probabilities - smaller.probabilities
        idi = gain[occurred].mean() - gain[~occurred].mean()
        assert added["improvements"][1]["value"] == pytest.approx(idi)

    def test_categories_are_counted(self) -> None:
        [added] = MHD.payload["added"]
        index = added["improvements"][0]
        others = index["n"] - index["n_events"]
        assert index["cases"] == pytest.approx((index["cases_up"] - index["cases_down"]) / index["n_events"])
        assert index["controls"] == pytest.approx((index["controls_down"] - index["controls_up"]) / others)

    def test_it_is_shown_under_a_warning(self) -> None:
        [warned] = [guard for guard in MHD.guards if guard["code"] == "G15"]
        assert (warned["severity"], warned["found"]["place"]) == ("warn", "reclassification")
        shown = printed(MHD)["Added value: Magnesium, calcium and phosphorus beside age and diabetes"]
        assert [row.numbers[-1] for row in shown.rows][1:] == ["", "", ""]
