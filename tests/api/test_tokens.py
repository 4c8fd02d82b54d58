"""Tokens and sessions: how a program and a browser sign in, and how that ends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from registry.actions.access import revoke_tokens
from registry.models import AuditEntry, User
from tests.builders import a_client, a_user

pytestmark = pytest.mark.django_db
COHORTS = "/api/v1/cohorts/"


def test_logging_out_ends_this_token_and_no_other() -> None:
    user = a_user()
    first, second = a_client(user), a_client(user)

    assert first.post("/api/v1/log-out/").status_code == 204
    assert first.get(COHORTS).status_code == 401
    assert second.get(COHORTS).status_code == 200


def test_logging_out_everywhere_ends_them_all() -> None:
    user, other = a_user(), a_user()
    clients = [a_client(user), a_client(user), a_client(other)]

    assert clients[0].post("/api/v1/log-out-all/").status_code == 204
    assert [client.get(COHORTS).status_code for client in clients] == [401, 401, 200]


def test_logging_out_leaves_a_trail() -> None:
    user = a_user()
    first, second, _third = a_client(user), a_client(user), a_client(user)

    first.post("/api/v1/log-out/")
    second.post("/api/v1/log-out-all/")

    gone = AuditEntry.objects.filter(table_name="knox_authtoken", operation="DELETE")
    assert list(gone.values_list("actor", "door")) == [(user.username, "api")] * 3


def test_a_token_ends_with_its_time_its_account_or_its_revocation() -> None:
    expired, closed, revoked = a_user(), a_user(), a_user()
    clients = [a_client(user) for user in (expired, closed, revoked)]
    AuthToken.objects.filter(user=expired).update(expiry=timezone.now() - timedelta(seconds=1))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    revoke_tokens(by=None, user=revoked)

    assert [client.get(COHORTS).status_code for client in clients] == [401, 401, 401]


def test_only_a_hash_of_a_token_is_kept() -> None:
    client = a_client(a_user())
    token = client._credentials["HTTP_AUTHORIZATION"].removeprefix("Token ")

    assert token not in str(AuthToken.objects.values().get())


def test_a_session_reads_and_writes_only_with_its_csrf_token() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(a_user())

    assert browser.get(COHORTS).status_code == 200
    assert browser.post(COHORTS, {}, content_type="application/json").status_code == 403


def test_the_description_and_its_pages_are_for_those_who_signed_in(client: Client) -> None:
    for path in ("/api/schema/", "/api/docs/"):
        assert client.get(path).status_code in (302, 401, 403)
    client.force_login(a_user("analyst"))
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
