"""The application's role can do its work and nothing to the trail; the owner alone migrates."""

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import TransactionTestCase


@pytest.fixture
def refused():
    """Running a statement that the database must refuse for lack of rights."""

    def run(statement: str) -> None:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)

    return run


@pytest.mark.django_db
def test_the_application_connects_as_a_role_that_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == ("calcis_app", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_auditentry SET actor = 'nobody'",
        "DELETE FROM registry_auditentry",
        "INSERT INTO registry_auditentry (table_name, row_id, operation) VALUES ('x', '1', 'INSERT')",
        "TRUNCATE registry_auditentry",
        "ALTER TABLE registry_patient DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_update ON registry_patient",
        "DELETE FROM django_migrations",
        "UPDATE analytics_result SET status = 'done'",
        "DELETE FROM analytics_dataset",
        "UPDATE analytics_frozentable SET content = ''",
        "UPDATE analytics_estimate SET value = 0",
        "CREATE TABLE mine (x int)",
        "SET ROLE calcis_owner",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_may_not(refused, statement):
    refused(statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_granting_again_changes_nothing(refused):
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_auditentry")
    refused("DELETE FROM registry_auditentry")


@pytest.mark.django_db(transaction=True)
def test_after_a_transactional_test_the_dictionary_is_whole_again():
    whole = _outcomes()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_outcometype")
    assert whole > _outcomes() == 0
    TransactionTestCase()._fixture_teardown()  # what pytest-django does at the end of such a test
    assert _outcomes() == whole


def _outcomes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_outcometype")
        return cursor.fetchone()[0]
