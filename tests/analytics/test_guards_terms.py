"""What is said of the terms of fitted models, and of covariates that are computed from one another."""

from analytics import guards
from registry.presentation.guards import remark
from tests.analytics.guarded import VARIABLES, hazard, model, term

FOUND = guards.finding(model(terms=[term("ca", 0.8), term("p", -0.4)]), "cvd_death", VARIABLES)


def test_a_finding_has_its_direction_and_its_unit() -> None:
    said = remark(FOUND, str)
    # exp(0.08) and exp(0.04), each the way round that is above 1.
    assert said.text == (
        "Higher odds of cvd_death go with ca 0.1 mmol/L higher (odds ratio 1.08); "
        "p 0.1 lower (odds ratio 1.04)."
    )
    assert "not a cause; external validation: none" in said.advice
    other = guards.finding(model(is_primary=False, terms=[term("ca", 0.8)]), "cvd_death", VARIABLES)
    assert other is None


def test_a_level_is_found_rather_than_its_reference_and_the_other_way_round() -> None:
    level = {"per": None, "level": "c", "reference": "a"}
    terms = [term("ca", 0.8) | level, term("p", -0.4) | level, term("aac24", 1.0) | {"per": 1}]
    found = guards.finding(model(covariates=["ca", "p", "aac24"], terms=terms), "dead", VARIABLES)
    assert "ca: ca=c rather than ca=a" in remark(found, str).text
    assert "p: p=a rather than p=c" in remark(found, str).text
    assert "aac24 1 point higher" in remark(found, str).text


def test_a_yes_is_found_by_its_name_and_a_no_as_its_absence() -> None:
    plain = {"per": None}
    terms = [term("ca", 800.0) | plain, term("p", -0.4) | plain, term("p:ca", 0.8) | plain]
    terms[0]["scaled"] = {"odds_ratio": None}
    found = guards.finding(model(terms=terms), "dead", VARIABLES)
    assert remark(found, str).text.endswith("ca (odds ratio –); no p (odds ratio 1.04).")


def test_models_are_told_together_with_the_covariates_of_each() -> None:
    bent = {"linearity": [{"variable": "ca", "p_value": 0.01}]}
    fired = guards.not_linear([model(name="ca", **bent), model(), model(name="other", **bent)])
    assert "bends: ca (P\u00a0=\u00a00.01); ca (P\u00a0=\u00a00.01) in “other”." in remark(fired, str).text
    hanging = [model(name=name, hanging=[name]) for name in ("ca", "p")]
    assert remark(guards.hangs_on_one(hanging), str).text.endswith("a single patient: ca, p.")


def test_hazards_that_change_together_only() -> None:
    together = hazard(0.2) | {"name": "m"}
    together["proportional_hazards"]["overall"]["p_value"] = 0.03
    said = remark(guards.hazards_not_proportional([hazard(0.01), together]), str).text
    assert "over time: mg (P\u00a0=\u00a00.01) in “primary”." in said
    assert said.endswith(
        "Taken together, the hazard ratios do not stay the same over time: “m” (P\u00a0=\u00a00.03)."
    )


def test_all_that_is_computed_from_others_is_named_with_those_it_stands_beside() -> None:
    held = ["aac24", "calcified", "twice", "p", "x"]
    found = [{"variable": "x", "of": ["p"]}, {"variable": "aac24", "of": ["calcified"]}]
    fired = guards.derived_beside_parents(model(covariates=held, determined=found), VARIABLES)
    assert fired["found"]["blocked"] == ["calcified", "aac24", "twice", "p", "x"]
    said = remark(fired, str).text
    assert "calcified beside aac24, from which it is computed" in said
    assert "x beside p, from which it follows exactly" in said
    assert said.count("The model") == 3


def test_a_caution_beside_a_block_is_headed_as_a_caution() -> None:
    fired = guards.collinear(model(vif={"ca": 6.2}, block={"code": "derived_beside_parents"}))
    assert remark(fired, str).label == "Caution"


def test_the_number_of_a_separated_model_is_never_the_one_shown() -> None:
    for method in ("firth", None):
        fired = guards.separated(model(separated=True, infinite=["ca"], method=method))
        assert remark(fired, str).label == "Not shown"
