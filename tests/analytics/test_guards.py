"""Each guard fires on a case made for it, is silent when its demand is met, and has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analytics import guards
from analytics.plan import load_plan
from analytics.questions import answer
from registry.presentation.guards import (
    WORDING,
    curves,
    growth,
    models,
    record,
    remark,
    sensitivity,
    serial,
    study,
    terms,
)
from tests.analytics.guarded import (
    VARIABLES,
    benefit,
    by_sex,
    coefficient,
    curve,
    followed,
    hazard,
    model,
    pair,
    term,
)
from tests.analytics.tables import mhd

GROUPS = {"mhd": 200, "control": 200}
FIRED = {
    "G1": guards.time_ignored("died", {"died": {"from": "terminal_status"}}),
    "G2": guards.competing_events([followed(7)]),
    "G3": guards.pooled_groups([pair(is_changed=True, r={"mhd": -0.2, "control": 0.1})], GROUPS),
    "G4": guards.derived_beside_parents(model(covariates=["ca", "p", "ca_x_p"]), VARIABLES),
    "G5": guards.collinear(model(vif={"ca": 17.0, "p": 123.0})),
    "G6": guards.events_per_variable([model(events_per_variable=6.0)]),
    "G7": guards.separated(model(separated=True, infinite=["mg"])),
    "G8": guards.chosen_by_p([model(selected_by="p_value")]),
    "G9": guards.not_linear([model(linearity=[{"variable": "ca", "p_value": 0.01}])]),
    "G10": guards.below_operating_point([curve(auc=0.8)]),
    "G11": guards.direction(curve(direction_suggested="<")),
    "G12": guards.in_sample(["combined"]),
    "G13": guards.data_driven_cut_off([curve(tied_thresholds=[0.8])]),
    "G14": guards.all_or_none([curve(specificity=1.0, specificity_ci=[0.976, 1.0])]),
    "G15": guards.added_value([curve(), curve(marker="combined", markers=["mg", "ca"], auc=0.93)]),
    "G16": guards.too_extreme([{"name": "primary", "slope_corrected": 0.7}]),
    "G17": guards.case_control(GROUPS),
    "G18": guards.no_net_benefit([{"name": "primary", "net_benefit": [benefit(-0.01)]}]),
    "G19": guards.many_tests(28, "bh"),
    "G20": guards.repeated_looks(7),
    "G21": guards.not_frozen({"dataset_sha256": "ab12", "code_version": "source 34cd"}),
    "G22": guards.missing([{"variable": "bmp7", "n": 90, "n_missing": 10}], "variable"),
    "G23": guards.hazards_not_proportional([hazard(0.01)]),
    "G24": guards.outliers_or_bends([coefficient("pearson", 0.5), coefficient("spearman", 0.3)]),
    "G25": guards.sparse_table([{"variable": "diabetes", "smallest_expected": 2.5}]),
    "G26": guards.several_sites(3),
    "G27": guards.may_be_measured_late(["mg"], 30),
    "G28": guards.hangs_on_one([model(hanging=["ca"])]),
    "G29": guards.duplicates(2, ["mg", "ca", "p", "ipth"]),
    "G30": guards.not_estimable([{"variable": "mg", "reason": {"code": "constant"}}], "variable"),
    "G31": guards.unequal_areas([curve(subgroups=[by_sex(0.01)])]),
    "G32": guards.finding(model(terms=[term("ca", 0.8), term("p", -0.4)]), "cvd_death", VARIABLES),
}
SILENT = {
    "G1": guards.time_ignored("calcified", VARIABLES),
    "G2": guards.competing_events([followed(0)]),
    "G3": guards.pooled_groups([pair(is_changed=True)], {"mhd": 200}),
    "G4": guards.derived_beside_parents(model(covariates=["ca", "ca_x_p"][:1]), VARIABLES),
    "G5": guards.collinear(model()),
    "G6": guards.events_per_variable([model(events_per_variable=10.0)]),
    "G7": guards.separated(model()),
    "G8": guards.chosen_by_p([model()]),
    "G9": guards.not_linear([model()]),
    "G10": guards.below_operating_point([curve(auc=0.85)]),
    "G11": guards.direction(curve()),
    "G12": guards.in_sample([]),
    "G13": guards.data_driven_cut_off([]),
    "G14": guards.all_or_none([curve()]),
    "G15": guards.added_value([curve()]),
    "G16": guards.too_extreme([{"name": "primary", "slope_corrected": 0.95}]),
    "G17": guards.case_control({"mhd": 200}),
    "G18": guards.no_net_benefit([{"name": "primary", "net_benefit": [benefit(0.05)]}]),
    "G19": guards.many_tests(1, "bh"),
    "G20": guards.repeated_looks(1),
    "G21": guards.not_frozen({"dataset_sha256": "ab12", "code_version": "commit 34cd"}),
    "G22": guards.missing([{"variable": "bmp7", "n": 95, "n_missing": 5}], "variable"),
    "G23": guards.hazards_not_proportional([hazard(0.2)]),
    "G24": guards.outliers_or_bends([coefficient("pearson", 0.35), coefficient("spearman", 0.3)]),
    "G25": guards.sparse_table([{"variable": "diabetes", "smallest_expected": 5.0}]),
    "G26": guards.several_sites(1),
    "G27": guards.may_be_measured_late(["mg"], 0),
    "G28": guards.hangs_on_one([model()]),
    "G29": guards.duplicates(0, ["mg", "ca", "p", "ipth"]),
    "G30": guards.not_estimable([{"variable": "mg", "reason": None}], "variable"),
    "G31": guards.unequal_areas([curve(subgroups=[by_sex(0.4), by_sex(None)])]),
    "G32": guards.finding(model(terms=[term("ca", 0.8, p_value=0.2)]), "cvd_death", VARIABLES),
}


def test_an_area_is_named_by_its_level_and_what_is_withheld_is_left_out() -> None:
    told = by_sex(0.01)
    told["within"][1]["auc"] = None
    unequal = guards.unequal_areas([curve(subgroups=[told])])
    assert unequal is not None
    assert "by sex: sex=female 0.900 (P" in remark(unequal, str).text


@pytest.mark.parametrize("code", FIRED)
def test_fires_on_its_case(code: str) -> None:
    fired = FIRED[code]
    assert fired is not None
    assert fired["code"] == code
    assert fired["severity"] in ("note", "warn", "block")


@pytest.mark.parametrize("code", SILENT)
def test_is_silent_when_its_demand_is_met(code: str) -> None:
    assert SILENT[code] is None


@pytest.mark.parametrize("code", FIRED)
def test_has_words_what_to_do_and_a_source(code: str) -> None:
    said = remark(FIRED[code] or {}, lambda name: name.upper())
    assert said.advice.endswith(".")
    assert said.source
    assert said.label
    assert said.text.endswith(".")
    assert "%(" not in said.text + said.advice


def written() -> Iterator[ast.Call]:
    """Every guard that is written down."""
    for path in Path(guards.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "guard":
                yield node


def places_given() -> set[tuple[str, str | None]]:
    """The code and the place of every guard."""
    given = set()
    for node in written():
        places = [ast.literal_eval(each.value) for each in node.keywords if each.arg == "place"]
        given.add((ast.literal_eval(node.args[0]), places[0] if places else None))
    return given


def test_four_rules_alone_may_block() -> None:
    # A severity that is no constant is decided by what is found.
    blocks = {
        ast.literal_eval(node.args[0])
        for node in written()
        if "block" in ast.unparse(node.args[1]) or isinstance(node.args[1], ast.Name)
    }
    assert blocks == {"G2", "G4", "G5", "G7"}


def test_every_guard_that_fires_can_be_said() -> None:
    assert FIRED.keys() == SILENT.keys() == {code for code, _place in WORDING}


def test_no_module_words_what_another_does() -> None:
    modules = (study, models, curves, sensitivity, growth, serial, record, terms)
    assert sum(len(module.WORDING) for module in modules) == len(WORDING)


def test_every_place_that_a_guard_gives_has_words() -> None:
    assert places_given() == set(WORDING)


class TestWhatWasFound:
    def test_a_combination_is_sent_to_its_calibration(self) -> None:
        outcome = {"calibrated_in": "cvd-death-calibration"}
        fired = guards.uncalibrated([curve(markers=["mg", "ca"]), curve()], outcome)
        assert (fired["code"], fired["found"]["markers"]) == ("G16", ["mg"])
        assert "cvd-death-calibration" in remark(fired, str).advice
        assert guards.uncalibrated([curve()], outcome) is None

    def test_a_combination_outdone_by_what_it_holds(self) -> None:
        combined = curve(marker="combined", markers=["mg", "ca"], auc=0.95, sensitivity=0.85)
        fired = guards.below_operating_point([curve(), combined])
        assert fired["found"]["outdone"] == [
            {"marker": "combined", "variable": "mg", "youden": pytest.approx(0.65)}
        ]
        assert "combined does worse than mg alone" in remark(fired, str).text

    def test_a_cut_off_that_was_tried_on_patients_left_out(self) -> None:
        tried = curve(
            threshold_ci_low=0.8,
            threshold_ci_high=1.1,
            sensitivity_left_out=0.82,
            specificity_left_out=0.71,
        )
        assert guards.data_driven_cut_off([tried]) is None
        fired = guards.resampled_cut_off([tried])
        assert (fired["code"], fired["severity"]) == ("G13", "note")
        assert "mg 82 % and 71 % (here 90 % and 80 %)" in remark(fired, str).text
        assert guards.resampled_cut_off([curve()]) is None

    def test_reclassification_points_to_the_likelihood(self) -> None:
        added = {"name": "minerals", "p_value": 0.11, "reason": None, "improvements": [{"value": 0.2}]}
        fired = guards.reclassified([added])
        assert (fired["code"], fired["severity"]) == ("G15", "warn")
        assert "minerals (P\u00a0=\u00a00.11)" in remark(fired, str).advice
        assert guards.reclassified([{**added, "improvements": [{"value": None}]}]) is None
        assert guards.added_value([curve(), curve(marker="combined", markers=["mg"])], [added]) is None

    def test_predictive_values_of_all_or_none(self) -> None:
        point = {"ppv": 1.0, "ppv_ci": [0.9, 1.0], "npv": 0.9, "npv_ci": [0.8, 0.95]}
        [share] = guards.all_or_none([curve(operating=[point])])["found"]["shares"]
        assert (share["share"], share["limits"]) == ("ppv", [0.9, 1.0])

    def test_the_comparisons_that_were_made_are_counted(self) -> None:
        unequal = guards.unequal_areas([curve(subgroups=[by_sex(0.01), by_sex(0.4), by_sex(None)])])
        assert "Of the 2 comparisons made" in remark(unequal, str).text
        assert "comparisons" not in remark(guards.unequal_areas([curve(subgroups=[by_sex(0.01)])]), str).text

    def test_two_hazard_ratios_are_told_by_model_where_there_are_several(self) -> None:
        term = {"variable": "age", "level": None, "cause_specific": 2.3, "subdistribution": 1.8}
        for names, told in (
            (["own"], "differ: age (2.30 and 1.80)."),
            (["own", "more"], "differ: age (2.30 and 1.80) in “own”; age (2.30 and 1.80) in “more”."),
        ):
            found = {**FIRED["G2"]["found"], "differing": [{**term, "model": model} for model in names]}
            assert told in remark({**FIRED["G2"], "found": found}, str).text

    def test_sites_that_differ_are_told_without_their_areas(self) -> None:
        across = {"variable": "site", "tested": 4, "p_value": 0.01}
        fired = guards.unequal_areas([curve(across_sites=across)])
        assert "mg from site to site (P\u00a0=\u00a00.01)" in remark(fired, str).text

    def test_pairs_that_pooling_changes(self) -> None:
        found = FIRED["G3"]["found"]
        assert found["changed"] == found["sign_changes"] == [{"x": "mg", "y": "p"}]

    def test_a_product_correlated_with_its_factor(self) -> None:
        fired = guards.structural_pairs([{"x": "p", "y": "ca_x_p"}, {"x": "p", "y": "ca"}], VARIABLES)
        assert fired["found"]["pairs"] == [{"x": "ca_x_p", "y": "p"}]

    @pytest.mark.parametrize(("vif", "severity"), [(5.5, "warn"), (10.5, "block")])
    def test_collinearity_is_graded(self, vif: float, severity: str) -> None:
        assert guards.collinear(model(vif={"ca": vif, "p": 1.0}))["severity"] == severity

    def test_the_thinnest_model_is_named(self) -> None:
        fired = guards.events_per_variable(
            [model(name="a", events_per_variable=8.0), model(name="b", events_per_variable=4.0)]
        )
        assert (fired["found"]["model"], fired["found"]["is_grave"]) == ("b", True)

    @pytest.mark.parametrize(("looks", "false_alarm"), [(2, 0.083), (9, 0.142), (10, 0.193), (5000, 0.374)])
    def test_each_look_at_growing_data_adds_to_the_chance_of_a_false_alarm(
        self, looks: int, false_alarm: float
    ) -> None:
        assert guards.repeated_looks(looks)["found"] == {"looks": looks, "false_alarm": false_alarm}

    def test_patients_entered_twice(self) -> None:
        loaded, frame = load_plan("mhd"), mhd(60)
        asked = loaded.question("cvd-death-groups")
        again = frame[frame["group"] == "mhd"].head(3)
        again = again.assign(study_id="again-" + again["study_id"])
        twice = pd.concat([frame, again], ignore_index=True)
        # Under another study id each: rows that repeat a patient are refused before.
        twice["study_id"] = [f"S{number}" for number in range(len(twice))]
        said = [
            [guard["found"]["n"] for guard in given.guards if guard["code"] == "G29"]
            for given in (answer(asked, loaded.variables, table) for table in (frame, twice))
        ]
        complete = twice.tail(3)[["vit_d25", "bmp7", "hs_crp"]].notna().all(axis=1).sum()
        assert said == [[], [complete]]
