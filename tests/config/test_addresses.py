"""The addresses that belong to neither app: health, schema, docs; and what answers tell a browser."""

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from playwright.sync_api import expect


def test_health_needs_no_log_in(client, db):
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_says_when_the_database_is_gone(client, db, monkeypatch):
    def cursor(*args: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", cursor)
        assert client.get("/health/").status_code == 503


@pytest.mark.parametrize("address", ["/", "/api/v1/cohorts/", "/api/schema/", "/api/docs/"])
def test_nothing_else_opens_without_a_log_in(client, db, address):
    assert client.get(address).status_code in {302, 401, 403}


def test_no_page_may_run_a_script_that_is_not_a_file_of_ours(client, db):
    policy = client.get("/login/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db(transaction=True)
def test_the_api_docs_open_in_a_browser_without_any_other_server(page, live_server, client):
    client.force_login(get_user_model().objects.create_user("reader"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.get_by_role("heading", name="Calcis")).to_be_visible()
    assert {url for url in asked if not url.startswith((live_server.url, "data:"))} == set()
