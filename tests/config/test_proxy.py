"""Whose log-in attempts are counted together when a proxy stands in between."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.urls import reverse

from registry.config.proxy import client_address

PROXY, CLIENT = "10.0.0.2", "203.0.113.7"


@pytest.mark.parametrize(
    ("is_behind", "forwarded", "found"),
    [
        (True, CLIENT, CLIENT),
        (True, f"198.51.100.1, {CLIENT}", CLIENT),
        (True, "2001:db8::7", "2001:db8::7"),
        (True, "unknown", PROXY),
        (True, "", PROXY),
        (False, CLIENT, PROXY),
    ],
)
def test_the_last_address_the_proxy_wrote_is_believed(
    settings: Any, is_behind: bool, forwarded: str, found: str
) -> None:
    settings.BEHIND_PROXY = is_behind
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})

    assert client_address(request) == found


@pytest.mark.django_db
def test_the_lock_counts_by_that_address(client: Client, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    typed = {"username": "target", "password": "wrong"}

    client.post(reverse("login"), typed, REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": CLIENT})

    assert AccessAttempt.objects.get().ip_address == CLIENT
