"""Accounts, roles, tokens and the set-up link."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.models import AuthToken

from registry.actions.access import (
    close_account,
    create_setup_link,
    create_user,
    end_sessions,
    grant_role,
    is_setup_link_open,
    issue_token,
    redeem_setup_link,
    revoke_role,
    revoke_tokens,
    set_password,
)
from registry.models import AuditEntry, Cohort, Membership, SetupLink, Site, User
from tests.builders import a_coordinator, a_site, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_an_account_opens_with_its_role_and_a_password_made_for_it() -> None:
    site = a_site()

    user, password = create_user(by=a_user(), username="ann", role="coordinator", site=site)

    assert User.objects.get(username="ann").check_password(password)
    assert [(m.role, m.site) for m in user.memberships.all()] == [("coordinator", site)]


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"username": ""}, {"username": "required"}),
        ({"username": "a b"}, {"username": "invalid"}),
        ({"username": "taken"}, {"username": "duplicate"}),
        ({"role": "owner"}, {"role": "unknown"}),
        ({"role": "coordinator"}, {"site": "required"}),
        ({"password": "short"}, {"password": "password_too_short"}),
        ({"email": "nowhere"}, {"email": "invalid"}),
    ],
)
def test_accounts_that_are_refused(fields: dict[str, Any], codes: dict[str, str]) -> None:
    a_user("analyst", username="taken")

    with refused(codes):
        create_user(by=None, door="command", **({"username": "ann", "role": "analyst"} | fields))
    assert not User.objects.filter(username="ann").exists()


def test_only_an_administrator_manages_accounts() -> None:
    site, analyst = a_site(), a_user("analyst")
    membership = analyst.memberships.get()

    for user in (a_coordinator(site), analyst):
        with pytest.raises(PermissionDenied):
            create_user(by=user, username="ann", role="analyst")
        with pytest.raises(PermissionDenied):
            grant_role(by=user, user=user, role="administrator")
        with pytest.raises(PermissionDenied):
            revoke_role(by=user, membership=membership)


def test_roles_are_granted_once_and_the_last_administrator_stays() -> None:
    administrator, analyst = a_user(), a_user("analyst")

    with refused({"role": "duplicate"}):
        grant_role(by=administrator, user=analyst, role="analyst")
    with refused({"role": "not_allowed"}):
        revoke_role(by=administrator, membership=administrator.memberships.get())
    second = grant_role(by=administrator, user=analyst, role="administrator")
    revoke_role(by=analyst, membership=administrator.memberships.get())
    assert list(Membership.objects.filter(role="administrator")) == [second]


def test_a_token_is_printed_and_nothing_else() -> None:
    user, out = a_user("analyst", username="ann"), StringIO()

    call_command("issue_token", "ann", stdout=out)

    token = out.getvalue().strip()
    assert out.getvalue() == f"{token}\n"
    assert AuthToken.objects.get(user=user).token_key == token[: len(AuthToken.objects.get().token_key)]


def test_no_token_for_nobody_or_a_closed_account() -> None:
    User.objects.filter(pk=a_user("analyst", username="ann").pk).update(is_active=False)

    with pytest.raises(CommandError, match="“bob”"):
        call_command("issue_token", "bob")
    with pytest.raises(CommandError, match="closed"):
        call_command("issue_token", "ann")


def test_tokens_end_together() -> None:
    user, other = a_user("analyst"), a_user("analyst")
    for holder in (user, user, other):
        issue_token(by=None, user=holder)

    assert revoke_tokens(by=None, user=user) == 2
    assert AuthToken.objects.get().user == other


def test_a_change_of_an_account_undoes_no_other() -> None:
    administrator, user = a_user(), a_user("analyst")
    stale = User.objects.get(pk=user.pk)
    set_password(by=user, user=user, password="another long password")

    close_account(by=administrator, user=stale)
    end_sessions(by=stale, user=stale)
    end_sessions(by=administrator, user=user)

    kept = User.objects.get(pk=user.pk)
    assert (kept.is_active, kept.n_sign_outs) == (False, 2)
    assert kept.check_password("another long password")


def test_a_new_password_ends_the_tokens_and_says_who_set_it() -> None:
    user = a_user("analyst")
    issue_token(by=None, user=user)

    set_password(by=user, user=user, password="another long password")

    assert not AuthToken.objects.exists()
    entry = AuditEntry.objects.filter(table_name="registry_user", row_id=str(user.pk)).first()
    assert entry is not None
    assert (entry.actor, entry.door, entry.reason) == (user.username, "form", "New password")
    with pytest.raises(PermissionDenied):
        set_password(by=a_user("analyst"), user=user, password="another long password")
    with refused({"password": "password_too_short"}):
        set_password(by=user, user=user, password="short")


FIRST = {
    "username": "first",
    "password": "a long enough password",
    "site_code": "ND",
    "site_name": "North dialysis",
    "time_zone": "Asia/Shanghai",
    "cohort_slug": "mhd",
    "cohort_name": "MHD cohort",
}


def test_the_setup_link_makes_the_first_administrator_once() -> None:
    token = create_setup_link()
    assert is_setup_link_open(token=token)

    user, cohort = redeem_setup_link(token=token, **FIRST)

    assert [m.role for m in user.memberships.all()] == ["administrator"]
    assert user.check_password(FIRST["password"])
    assert [group.code for group in cohort.groups.all()] == ["mhd", "control"]
    assert not is_setup_link_open(token=token)
    with refused({"token": "unknown"}):
        redeem_setup_link(token=token, **FIRST)
    with refused({"token": "not_allowed"}):
        create_setup_link()
    assert SetupLink.objects.get().token_sha256 != token


def expire() -> None:
    SetupLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("spoil", [expire, create_setup_link, lambda: SetupLink.objects.all().delete()])
def test_an_expired_or_replaced_link_is_closed(spoil: Callable[[], Any]) -> None:
    token = create_setup_link()
    spoil()

    with refused({"token": "unknown"}):
        redeem_setup_link(token=token, **FIRST)


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"password": "password"}, {"password": "password_too_short"}),
        ({"time_zone": "Beijing"}, {"time_zone": "unknown"}),
        ({"cohort_slug": "two words"}, {"slug": "invalid"}),
        ({"site_code": ""}, {"code": "required"}),
    ],
)
def test_a_refused_setup_leaves_the_link_open_and_nothing_made(
    fields: dict[str, str], codes: dict[str, str]
) -> None:
    token = create_setup_link()

    with refused(codes):
        redeem_setup_link(token=token, **(FIRST | fields))
    assert is_setup_link_open(token=token)
    assert [model.objects.count() for model in (User, Site, Cohort)] == [0, 0, 0]
