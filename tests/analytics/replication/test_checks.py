"""What the checks find in the model study, and that they find nothing wrong in figures that fit."""

from typing import Any

import pytest

from analytics.plan import load_plan, plan_names
from analytics.replication import PublishedSet, check, implied, published_beside, published_sets, read_set
from registry.presentation.replication import CLAIMS, FLAGS, OUTCOMES, QUANTITIES, WORDING, say

[WEI] = [published for published in published_sets() if published.name == "wei-2025"]
FOUND = {finding.code: finding for finding in check(WEI)}


def figure(quantity: str, term: str, value: float | None, **fields: Any) -> dict[str, Any]:
    question = {"r": "correlations", "smd": "groups"}.get(quantity, "roc")
    decimals = {"sensitivity": 1, "specificity": 1}.get(quantity, 3)
    plain = {"question": question, "quantity": quantity, "term": term, "value": value, "flags": []}
    return plain | {"decimals": decimals} | fields


def a_set(*figures: dict[str, Any], **fields: Any) -> PublishedSet:
    plain = {"name": "x", "title": "", "reference": "", "doi": "", "population": "", "note": "", "flags": []}
    design = {"design": {"patients": 200, "controls": 200}, "plans": ["mhd"], "products": []}
    return read_set(plain | design | fields | {"figures": figures})


CONSISTENT = a_set(
    figure("smd", "mg", None, claim="lower"),
    figure("smd", "p", None, claim="higher"),
    figure("r", "mg~p", -0.2, claim="not_zero", flags=["pooled_groups"]),
    figure("r", "ca~p", 0.318, claim="not_zero"),
    figure("r", "p~ca_x_p", 0.962, claim="not_zero"),
    figure("r", "ca~ca_x_p", 0.565, claim="not_zero"),
    figure("auc", "ca", 0.802),
    figure("sensitivity", "ca", 66.7),
    figure("specificity", "ca", 90.8),
    figure("auc", "all", 0.921),
    figure("sensitivity", "all", 81.3),
    figure("specificity", "all", 93.4),
    products=[{"variable": "ca_x_p", "of": ["ca", "p"]}],
)


class TestModelStudy:
    def test_verdicts(self) -> None:
        assert {code: finding.verdict for code, finding in FOUND.items()} == {
            "product": "impossible",
            "directions": "doubtful",
            "areas": "doubtful",
            "dominated": "doubtful",
            "attainable_counts": "implies",
            "correlations_need": "implies",
        }

    def test_every_difference_that_the_abstract_claims_is_held(self) -> None:
        claimed: dict[str, set[str]] = {}
        for each in WEI.figures:
            if each.value is None:
                claimed.setdefault(each.question, set()).add(each.term.removeprefix("paper."))
        minerals = {"age", "mg", "ca", "p", "ca_x_p", "vit_d25"}
        assert claimed == {
            "groups": {"p", "ca_x_p", "ipth", "aac24", "vit_d25", "mg", "bmp7"},
            "cvd-death-groups": minerals | {"diabetes", "hs_crp"},
            "cvd-death-multivariable": minerals,
        }

    def test_counts(self) -> None:
        assert FOUND["attainable_counts"].found["splits"] == [[48, 152]]
        assert FOUND["attainable_counts"].found["counts"] == {
            "sensitivity": {"mg": 42, "ca": 32, "p": 35, "combined": 39},
            "specificity": {"mg": 150, "ca": 138, "p": 152, "combined": 142},
        }

    def test_the_correlations_need_the_controls(self) -> None:
        below = [size["below"] for size in FOUND["correlations_need"].found["sizes"]]
        assert below == [["mg~vit_d25", "ca~ipth"], []]
        assert (implied(WEI).n_events, implied(WEI).n_others, implied(WEI).n_of_correlations) == (
            48,
            152,
            400,
        )

    def test_the_product_cannot_correlate_so_little(self) -> None:
        found = FOUND["product"].found
        assert found["least"] == pytest.approx(0.812, abs=5e-4)
        assert found["printed"] == {"ca": 0.311, "p": 0.362}

    def test_magnesium_runs_against_the_groups(self) -> None:
        against = [entry["pair"] for entry in FOUND["directions"].found["against"]]
        assert against == ["mg~p", "mg~ca_x_p", "mg~vit_d25"]

    def test_areas_below_their_own_cut_off(self) -> None:
        areas = FOUND["areas"].found["areas"]
        assert [area["marker"] for area in areas if area["is_below"]] == ["mg", "p"]
        assert all(area["is_possible"] for area in areas)

    def test_the_combination_is_dominated_by_magnesium(self) -> None:
        assert FOUND["dominated"].found["pairs"] == [{"marker": "combined", "by": "mg"}]


class TestConsistentFigures:
    def test_nothing_is_wrong(self) -> None:
        verdicts = {finding.code: finding.verdict for finding in check(CONSISTENT)}
        assert verdicts == {
            "correlations_need": "holds",
            "product": "holds",
            "directions": "holds",
            "areas": "holds",
            "attainable_counts": "implies",
        }

    def test_nothing_is_said_where_there_is_nothing_to_check(self) -> None:
        assert check(a_set(figure("auc", "mg", 0.8), design={})) == []
        assert implied(a_set(design={})).n_events is None


class TestWrongFigures:
    def test_percentages_of_no_whole_patients(self) -> None:
        wrong = a_set(
            figure("sensitivity", "mg", 87.5),
            figure("sensitivity", "ca", 66.6),
            figure("specificity", "mg", 90),
        )
        assert [finding.verdict for finding in check(wrong) if finding.code == "attainable_counts"] == [
            "impossible"
        ]

    def test_an_area_that_its_cut_off_excludes(self) -> None:
        wrong = a_set(
            figure("auc", "mg", 0.80), figure("sensitivity", "mg", 90.0), figure("specificity", "mg", 95.0)
        )
        assert [finding.verdict for finding in check(wrong) if finding.code == "areas"] == ["impossible"]

    def test_a_correlation_that_no_number_of_patients_makes_significant(self) -> None:
        wrong = a_set(figure("r", "mg~p", 0.05, claim="not_zero"))
        assert [finding.verdict for finding in check(wrong)] == ["impossible"]


@pytest.mark.parametrize("published", [WEI, CONSISTENT, *published_sets()], ids=lambda each: each.name)
class TestWords:
    def test_every_finding_can_be_said(self, published: PublishedSet) -> None:
        for finding in check(published):
            said = say(finding.code, finding.verdict, finding.found, str.upper)
            assert said.label
            assert said.text.endswith(".")
            assert "%(" not in said.text

    def test_every_code_has_words(self, published: PublishedSet) -> None:
        for each in published.figures:
            assert each.quantity in QUANTITIES
            assert each.claim in {"", *CLAIMS}
            assert each.outcome in {"", *OUTCOMES}
            assert set(each.flags) <= FLAGS.keys()
        assert set(published.flags) <= FLAGS.keys()
        assert {finding.code for finding in check(published)} <= WORDING.keys()


class TestDataFiles:
    def test_each_belongs_to_plans_that_exist(self) -> None:
        for published in published_sets():
            assert set(published.plans) <= set(plan_names())

    def test_two_publications_stand_beside_nhanes(self) -> None:
        assert [each.name for each in published_beside("nhanes-aac")] == ["orces-2024", "rahman-2021"]
        assert published_beside("no-such") == ()

    @pytest.mark.parametrize("published", published_sets(), ids=lambda each: each.name)
    def test_each_stands_beside_a_question_of_its_first_plan(self, published: PublishedSet) -> None:
        asked = {question["slug"] for question in load_plan(published.plans[0]).questions}
        assert {each.question for each in published.figures} <= asked
