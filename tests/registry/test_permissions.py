"""Who may do what, and where."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from registry.models import Role, User
from registry.permissions import (
    PERMISSIONS,
    Permission,
    may,
    may_see_records,
    require,
    roles_of,
    sees_all_cells,
    visible_cohorts,
    visible_patients,
    visible_sites,
)
from tests.builders import a_cohort, a_coordinator, a_patient, a_site, a_user

pytestmark = pytest.mark.django_db


def test_every_role_has_its_permissions() -> None:
    assert set(PERMISSIONS) == set(Role.values)
    assert PERMISSIONS[Role.ADMINISTRATOR] == set(Permission)
    assert Permission.RECORD_READ not in PERMISSIONS[Role.ANALYST]


def test_a_coordinator_may_at_the_own_site_alone() -> None:
    own, foreign = a_site(), a_site()
    coordinator = a_coordinator(own)

    assert may(coordinator, "record.write", site=own)
    assert may(coordinator, "record.write")
    assert not may(coordinator, "record.write", site=foreign)
    assert not may(coordinator, "cohort.write")
    with pytest.raises(PermissionDenied):
        require(coordinator, Permission.RECORD_WRITE, site=foreign)


def test_roles_at_two_sites_add_up() -> None:
    first, second, third = a_site(), a_site(), a_site()
    coordinator = a_coordinator(first)
    coordinator.memberships.create(role="coordinator", site=second)

    assert set(visible_sites(coordinator)) == {first, second}
    assert third not in visible_sites(coordinator)


def test_what_each_role_sees() -> None:
    own, foreign = a_site(), a_site()
    shared, elsewhere = a_cohort(own, foreign), a_cohort(foreign)
    mine, theirs = a_patient(shared, site=own), a_patient(shared, site=foreign)

    seen = {
        user: (set(visible_patients(user)), set(visible_cohorts(user)))
        for user in (a_coordinator(own), a_user("analyst"), a_user("administrator"))
    }

    assert list(seen.values()) == [
        ({mine}, {shared}),
        (set(), {shared, elsewhere}),
        ({mine, theirs}, {shared, elsewhere}),
    ]


def test_small_counts_are_shown_to_those_who_see_every_patient() -> None:
    own, foreign = a_site(), a_site()
    shared, own_alone, open_to_all = (
        a_cohort(own, foreign),
        a_cohort(own),
        a_cohort(own, small_cell_minimum=0),
    )
    coordinator, analyst, administrator = a_coordinator(own), a_user("analyst"), a_user()

    assert [sees_all_cells(coordinator, c) for c in (shared, own_alone, open_to_all)] == [False, True, True]
    assert [sees_all_cells(analyst, c) for c in (shared, own_alone, open_to_all)] == [False, False, True]
    assert all(sees_all_cells(administrator, c) for c in (shared, own_alone, open_to_all))
    assert [may_see_records(user, shared) for user in (coordinator, analyst, administrator)] == [
        True,
        False,
        True,
    ]


def test_nobody_and_a_closed_account_may_nothing() -> None:
    a_patient()
    closed = a_user()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    closed.refresh_from_db()

    for user in (closed, AnonymousUser()):
        assert roles_of(user) == ()
        assert not any(may(user, permission) for permission in Permission)
        assert not visible_patients(user).exists()
        assert not visible_cohorts(user).exists()
        assert not visible_sites(user).exists()
