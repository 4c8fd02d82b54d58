"""The shipped dictionary: whole, consistent, loaded once however often."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import DjangoAssertNumQueries

from registry.actions.dictionary import add_analyte, change_analyte
from registry.dictionary.derived import DERIVED
from registry.dictionary.loader import load_dictionary
from registry.dictionary.rules import rules
from registry.models import Analyte, AuditEntry, OutcomeType
from tests.builders import a_user

pytestmark = pytest.mark.django_db


def test_loading_again_changes_nothing() -> None:
    before = AuditEntry.objects.count()

    counts = load_dictionary()

    assert counts == {"analytes": 47, "units": 58, "soft_limits": 91, "outcomes": 27}
    assert AuditEntry.objects.count() == before


def test_loading_keeps_what_was_added_and_restores_what_is_shipped() -> None:
    by = a_user("administrator")
    limits = {"hard_min": Decimal(1), "hard_max": Decimal(100)}
    added = add_analyte(
        by=by, code="zinc", unit="umol/L", name="Zinc", short_name="Zn", category="mineral", **limits
    )
    change_analyte(by=by, analyte=Analyte.objects.get(code="mg"), name="Magnesia", reason="Test")

    load_dictionary()

    assert Analyte.objects.filter(pk=added.pk).exists()
    assert Analyte.objects.get(code="mg").name == "Magnesium, serum total"


def test_limits_enclose_each_other() -> None:
    for rule in rules().values():
        for low, high in rule.soft_limits.values():
            assert rule.hard_min <= low < high <= rule.hard_max, rule.code


def test_derived_entries_have_a_formula_and_the_others_none() -> None:
    derived = {code: rule for code, rule in rules().items() if rule.is_derived}

    assert set(derived) == set(DERIVED)
    for code, formula in DERIVED.items():
        assert set(formula.inputs) <= set(rules()), code
        assert all(name in Analyte.objects.get(code=code).derived_formula for name in formula.inputs)


def test_outcomes_end_follow_up_or_let_it_go_on() -> None:
    for outcome in OutcomeType.objects.all():
        goes_on = outcome.part_in_cvd_death == outcome.part_in_death == "continue"
        assert outcome.is_terminal != goes_on, outcome.code
        assert outcome.is_terminal or not outcome.is_fatal
        if outcome.is_fatal:
            assert outcome.part_in_death == "event"


def test_rules_take_three_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):
        rules()


def test_without_a_dictionary_commands_say_how_to_load_one() -> None:
    Analyte.objects.all().delete()
    with pytest.raises(CommandError, match=r"manage\.py load_dictionary"):
        call_command("simulate", "--cohort", "trial", "--patients", "10", "--seed", "1")
