"""Requests made from the API's own description, and from its opposite: none makes the server fail."""

import json
from collections.abc import Callable

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from rest_framework.response import Response
from schemathesis import Case

from tests.builders import a_client, a_cohort, a_contact, a_draw, a_patient, a_reading, a_user, an_outcome

described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))


@pytest.fixture
def send(db: None) -> Callable[[Case], Response]:
    """Sends a made-up request as an administrator, where one record of each kind is to be met."""
    account, patient = a_user(), a_patient(a_cohort(slug="mhd"))
    for record in (a_draw, a_reading, an_outcome, a_contact):
        record(patient)

    client = a_client(account)
    client.raise_request_exception = False

    def request(case: Case) -> Response:
        body = "" if isinstance(case.body, schemathesis.core.NotSet) else case.body
        body = body if isinstance(body, bytes) else json.dumps(body)
        return client.generic(
            case.method,
            case.formatted_path,
            body,
            content_type="application/json",
            query_params=case.query or None,
        )

    return request


@described.parametrize()
@settings(max_examples=5, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_server_fail(case: Case, send: Callable[[Case], Response]) -> None:
    answer = send(case)

    assert answer.status_code < 500, answer.content
