"""Sites, cohorts and the dictionary: added, changed, refused."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from registry.actions.cohorts import change_cohort, create_cohort
from registry.actions.dictionary import add_analyte, change_analyte
from registry.actions.sites import change_site, create_site
from registry.dictionary.rules import rules
from registry.models import Analyte, AuditEntry, Cohort, Site
from tests.builders import GROUPS, a_cohort, a_coordinator, a_draw, a_patient, a_site, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db

ZINC = {
    "code": "zinc",
    "unit": "umol/L",
    "name": "Zinc",
    "short_name": "Zn",
    "category": "mineral",
    "hard_min": Decimal(1),
    "hard_max": Decimal(100),
}


def test_a_site_is_added_and_changed() -> None:
    by = a_user()
    site = create_site(
        by=by, code="ND", name="North", time_zone="Asia/Shanghai", default_units={"mg": "mg/dL"}
    )

    change_site(by=by, site=site, name="North dialysis", reason="Renamed")

    assert Site.objects.get().name == "North dialysis"
    assert AuditEntry.objects.filter(table_name="registry_site").first().reason == "Renamed"


@pytest.mark.parametrize(
    ("fields", "codes", "naming"),
    [
        ({"code": "N D"}, {"code": "invalid"}, "N D"),
        ({"code": "ND"}, {"code": "duplicate"}, "ND"),
        ({"name": ""}, {"name": "required"}, ""),
        ({"time_zone": "Peking"}, {"time_zone": "unknown"}, "Peking"),
        ({"default_units": {"magnesium": "mg/dL"}}, {"default_units": "unknown"}, "magnesium"),
        ({"default_units": {"mg": "g/L"}}, {"default_units": "unit"}, "g/L"),
    ],
)
def test_sites_that_are_refused(fields: dict[str, Any], codes: dict[str, str], naming: str) -> None:
    a_site("ND")

    with refused(codes, naming=naming):
        create_site(by=None, **({"code": "SD", "name": "South"} | fields))


def test_a_sites_code_stays() -> None:
    site = a_site()

    with refused({"code": "not_allowed"}):
        change_site(by=None, site=site, code="XX", reason="Renamed")


@pytest.mark.parametrize(
    ("fields", "codes", "naming"),
    [
        ({"slug": "two words"}, {"slug": "invalid"}, "two words"),
        ({"slug": "taken"}, {"slug": "duplicate"}, "taken"),
        ({"sites": []}, {"sites": "required"}, ""),
        ({"groups": []}, {"groups": "required"}, ""),
        ({"groups": [GROUPS[0], GROUPS[0]]}, {"groups": "duplicate"}, "mhd"),
        ({"groups": [GROUPS[0] | {"limits": "x"}]}, {"limits": "unknown"}, "x"),
        ({"time_scale": "relative"}, {"index_date": "date_order"}, "day 0"),
        ({"required_fields": ["shoe_size"]}, {"required_fields": "unknown"}, "shoe_size"),
        ({"required_fields": 7}, {"required_fields": "range"}, ""),
        ({"baseline_days_before": -1}, {"baseline_days_before": "range"}, "-1"),
        ({"plan": "nonsense"}, {"plan": "unknown"}, "mhd, nhanes-aac, paper-roc"),
        ({"colour": "red"}, {"colour": "not_allowed"}, "colour"),
    ],
)
def test_cohorts_that_are_refused(fields: dict[str, Any], codes: dict[str, str], naming: str) -> None:
    asked = {"slug": "new", "name": "New", "sites": [a_site()], "groups": GROUPS}
    a_cohort(slug="taken")

    with refused(codes, naming=naming):
        create_cohort(by=None, **(asked | fields))


def test_a_cohorts_definition_is_changed_and_its_past_kept() -> None:
    cohort = a_cohort(first := a_site(), second := a_site())
    a_patient(cohort, site=first)

    change_cohort(by=None, cohort=cohort, baseline_days_before=90, sites=[first], reason="Amendment 2")

    kept = Cohort.objects.get()
    assert (kept.baseline_days_before, list(kept.sites.all())) == (90, [first])
    with refused({"time_scale": "not_allowed"}):
        change_cohort(by=None, cohort=cohort, time_scale="relative", index_date="day_zero", reason="x")
    with refused({"sites": "not_allowed"}, naming=first.code):
        change_cohort(by=None, cohort=cohort, sites=[second], reason="x")
    with refused({"plan": "unknown"}, naming="nonsense"):
        change_cohort(by=None, cohort=cohort, plan="nonsense", reason="x")
    with refused({"reason": "required"}):
        change_cohort(by=None, cohort=cohort, name="x", reason="")


def test_an_analyte_is_added_and_taken_at_once() -> None:
    by = a_user()

    add_analyte(
        by=by,
        **ZINC,
        other_units={"ug/dL": Decimal("0.153")},
        soft_limits={"mhd": (Decimal(8), Decimal(25))},
    )

    rule = rules()["zinc"]
    assert rule.units == ("umol/L", "ug/dL")
    assert rule.soft_limits == {"mhd": (Decimal(8), Decimal(25))}
    assert not rule.is_derived


def test_an_analyte_is_changed_with_its_units_and_limits() -> None:
    analyte = Analyte.objects.get(code="mg")

    change_analyte(
        by=a_user(),
        analyte=analyte,
        reason="New method",
        decimals=3,
        other_units={"mg/dL": Decimal("0.4114")},
        soft_limits={"control": (Decimal("0.7"), Decimal("1.1"))},
    )

    rule = rules()["mg"]
    assert (rule.decimals, rule.units) == (3, ("mmol/L", "mg/dL"))
    assert rule.soft_limits == {"control": (Decimal("0.7"), Decimal("1.1"))}


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"code": "mg"}, {"code": "duplicate"}),
        ({"code": "z n"}, {"code": "invalid"}),
        ({"hard_min": Decimal(100)}, {"hard_min": "range"}),
        ({"hard_min": "low"}, {"hard_min": "invalid"}),
        ({"timing": "noon"}, {"timing": "unknown"}),
        ({"other_units": {"umol/L": Decimal(1)}}, {"other_units": "duplicate"}),
        ({"other_units": {"mg/L": Decimal(0)}}, {"other_units": "range"}),
        ({"soft_limits": {"child": (Decimal(1), Decimal(2))}}, {"soft_limits": "unknown"}),
        ({"soft_limits": {"mhd": (Decimal(2), Decimal(2))}}, {"soft_limits": "range"}),
        ({"derived_formula": "mg * 2"}, {"derived_formula": "not_allowed"}),
    ],
)
def test_analytes_that_are_refused(fields: dict[str, Any], codes: dict[str, str]) -> None:
    with refused(codes):
        add_analyte(by=None, **(ZINC | fields))


def test_an_analytes_unit_stays_because_values_are_in_it() -> None:
    a_draw(a_patient())

    with refused({"unit": "not_allowed"}):
        change_analyte(by=None, analyte=Analyte.objects.get(code="mg"), unit="mg/dL", reason="x")


def test_definitions_are_the_administrators() -> None:
    site, mg = a_site(), Analyte.objects.get(code="mg")
    cohort = a_cohort(site)

    for user in (a_coordinator(site), a_user("analyst")):
        for write in (
            lambda by: create_site(by=by, code="XX", name="X"),
            lambda by: change_site(by=by, site=site, name="X", reason="x"),
            lambda by: create_cohort(by=by, slug="x", name="X", sites=[site], groups=GROUPS),
            lambda by: change_cohort(by=by, cohort=cohort, name="X", reason="x"),
            lambda by: add_analyte(by=by, **ZINC),
            lambda by: change_analyte(by=by, analyte=mg, decimals=1, reason="x"),
        ):
            with pytest.raises(PermissionDenied):
                write(user)
