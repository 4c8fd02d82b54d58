from io import StringIO

import pytest
from django.core.management import call_command

from registry.models import Cohort
from tests.exchange.files import record


@pytest.mark.django_db
def test_both_demo_cohorts_are_loaded_once():
    first, second = StringIO(), StringIO()
    call_command("load_demo", stdout=first)
    assert len(first.getvalue().splitlines()) == 2
    nhanes, mhd = Cohort.objects.get(slug="nhanes-aac"), Cohort.objects.get(slug="mhd")
    assert (nhanes.patients.count(), nhanes.is_simulated) == (3140, False)
    assert (mhd.patients.count(), mhd.is_simulated) == (400, True)
    assert [mhd.patients.filter(group__code=code).count() for code in ("mhd", "control")] == [200, 200]
    before = record()
    call_command("load_demo", stdout=second)
    assert second.getvalue().count("there already") == 2
    assert record() == before
