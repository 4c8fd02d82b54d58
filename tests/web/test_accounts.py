"""Accounts: what signing out, a new account and a new password leave behind."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from registry.actions.access import issue_token, set_password
from registry.models import AuditEntry, User
from tests.builders import a_site, a_user

pytestmark = pytest.mark.django_db

OLD, NEW = "correct-horse-battery", "staple-horse-correct"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_signing_out_everywhere_says_so() -> None:
    page = signed_in(a_user()).post(reverse("sign-out-everywhere"), follow=True)
    assert "You are signed out everywhere" in page.content.decode()


def test_the_password_of_a_new_account_is_shown_once_and_travels_in_no_cookie() -> None:
    administrator = signed_in(a_user("administrator"))
    made = administrator.post(reverse("person-add"), {"username": "new-analyst", "role": "analyst"})
    shown = administrator.get(made["Location"]).content.decode()
    password = shown.partition("shown this once: ")[2].partition("</li>")[0]
    assert User.objects.get(username="new-analyst").check_password(html.unescape(password))
    assert "messages" not in made.cookies
    assert password not in administrator.get(made["Location"]).content.decode()


@pytest.fixture
def holder() -> User:
    user = a_user("analyst", username="holder")
    return set_password(by=user, user=user, password=OLD)


def left_after_a_new_password(holder: User) -> tuple[bool, str, str]:
    """Whether it holds, and who changed it, through which door."""
    entry = AuditEntry.objects.filter(table_name="registry_user", row_id=str(holder.pk)).first()
    assert entry is not None
    assert not AuthToken.objects.exists()
    holder.refresh_from_db()
    return holder.check_password(NEW), entry.actor, entry.door


def test_a_changed_password_revokes_the_tokens_and_keeps_this_session(holder: User) -> None:
    here, elsewhere = signed_in(holder), signed_in(holder)
    issue_token(by=None, user=holder)
    typed = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert here.post(reverse("password_change"), typed).status_code == 302
    assert left_after_a_new_password(holder) == (True, "holder", "form")
    assert here.get(reverse("home")).status_code == 200
    assert elsewhere.get(reverse("home")).status_code == 302


def test_a_reset_password_revokes_the_tokens(holder: User, client: Client, mailoutbox: list[Any]) -> None:
    User.objects.filter(pk=holder.pk).update(email="holder@example.org")
    issue_token(by=None, user=holder)
    client.post(reverse("password_reset"), {"email": "holder@example.org"})
    link = re.search(r"https?://[^/]+(/\S+)", mailoutbox[0].body)
    assert link is not None
    page = client.get(link[1], follow=True)
    typed = {"new_password1": NEW, "new_password2": NEW}
    assert client.post(page.redirect_chain[-1][0], typed).status_code == 302
    assert left_after_a_new_password(holder) == (True, "holder", "form")


def roles_of(user: User) -> list[tuple[str, str | None]]:
    return list(user.memberships.order_by("pk").values_list("role", "site__code"))


def test_an_administrator_gives_and_takes_roles() -> None:
    administrator, user, site = signed_in(a_user()), a_user("analyst"), a_site("ND")
    grant = reverse("role-grant", args=[user.pk])
    assert administrator.get(grant).status_code == 200
    assert administrator.post(grant, {"role": "coordinator", "site": site.pk}).status_code == 302
    assert roles_of(user) == [("analyst", None), ("coordinator", "ND")]
    revoke = reverse("role-revoke", args=[user.memberships.get(role="analyst").pk])
    assert revoke in administrator.get(reverse("people")).content.decode()
    assert administrator.post(revoke).status_code == 302
    assert roles_of(user) == [("coordinator", "ND")]


def test_a_role_that_is_refused_says_why() -> None:
    administrator = a_user()
    page = signed_in(administrator).post(
        reverse("role-grant", args=[administrator.pk]), {"role": "coordinator"}
    )
    assert page.status_code == 422
    assert "Choose the site" in page.content.decode()
    revoke = reverse("role-revoke", args=[administrator.memberships.get().pk])
    assert "last administrator" in signed_in(administrator).post(revoke, follow=True).content.decode()
    assert roles_of(administrator) == [("administrator", None)]


def test_nobody_else_gives_or_takes_roles() -> None:
    analyst, client = a_user("analyst"), signed_in(a_user("analyst"))
    assert client.post(reverse("role-grant", args=[analyst.pk]), {"role": "administrator"}).status_code == 403
    assert client.post(reverse("role-revoke", args=[analyst.memberships.get().pk])).status_code == 403
    assert roles_of(analyst) == [("analyst", None)]
