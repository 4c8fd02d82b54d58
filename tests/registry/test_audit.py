"""The trail: written by the database for every door, kept from the application."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from knox.models import AuthToken

from registry.actions.access import close_account, create_user, issue_token
from registry.actions.change import change
from registry.actions.labs import remove_lab_draw
from registry.actions.patients import correct_patient
from registry.models import AuditEntry, LabDraw, Patient, Site, User
from registry.models.audit_triggers import AUDITED_TABLES
from tests.builders import a_coordinator, a_draw, a_patient, a_site, a_user

pytestmark = pytest.mark.django_db


def trail(table: str, row: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(table_name=table, row_id=str(row)).order_by("pk"))


def test_every_table_of_the_record_is_followed() -> None:
    untracked = {"registry_auditentry", "registry_user_groups", "registry_user_user_permissions"}
    tables = {model._meta.db_table for model in apps.get_app_config("registry").get_models()}
    tables |= {"registry_cohort_sites", "knox_authtoken"}

    assert {table.name for table in AUDITED_TABLES} == tables - untracked
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_insert'")
        assert {row[0] for row in cursor.fetchall()} == tables - untracked


def test_an_action_leaves_who_when_old_new_why_and_through_which_door() -> None:
    patient = a_patient()
    coordinator = a_coordinator(patient.site)

    correct_patient(by=coordinator, patient=patient, smoking="former", reason="Chart review", door="api")

    inserted, updated = trail("registry_patient", patient.pk)
    assert (inserted.operation, inserted.old, inserted.door) == ("INSERT", None, "command")
    assert (updated.operation, updated.actor, updated.door) == ("UPDATE", coordinator.username, "api")
    assert updated.reason == "Chart review"
    assert (updated.cohort_id, updated.patient_id) == (patient.cohort_id, patient.pk)
    assert [(c.field, c.old, c.new) for c in updated.changes] == [("smoking", "", "former")]


def test_a_removed_draw_and_its_results_stay_in_the_trail() -> None:
    patient = a_patient()
    draw = a_draw(patient, results={"mg": "1.05", "ca": "2.2"})
    draw_id, result_id = draw.pk, draw.results.get(analyte="ca").pk

    remove_lab_draw(by=a_coordinator(patient.site), draw=draw, reason="Another patient's")

    *_, gone = trail("registry_labdraw", draw_id)
    assert (gone.operation, gone.new, gone.patient_id) == ("DELETE", None, patient.pk)
    *_, lost = trail("registry_labresult", result_id)
    assert lost.operation == "DELETE"
    assert lost.old is not None
    assert lost.old["reported_value"] == "2.2"
    assert (lost.cohort_id, lost.patient_id) == (patient.cohort_id, patient.pk)


def test_sql_past_the_code_is_caught() -> None:
    site = a_site()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_site SET name = 'Elsewhere' WHERE id = %s", [site.pk])

    entry = trail("registry_site", site.pk)[-1]
    assert (entry.actor, entry.door, entry.reason) == ("calcis_app", "sql", "")
    assert [c.new for c in entry.changes] == ["Elsewhere"]


def test_a_copy_is_followed_with_its_context() -> None:
    patient = a_patient()
    by = a_user("administrator")
    into = "patient_id, occurred_on, dialysis, interdialytic_gap, is_haemolysed, laboratory"
    with (
        change(by=by, door="import", reason="File of March"),
        connection.cursor() as cursor,
        cursor.copy(f"COPY registry_labdraw ({into}) FROM STDIN") as rows,
    ):
        for day in range(1, 29):
            rows.write_row((patient.pk, f"2024-02-{day:02d}", "pre", "short", False, ""))

    entries = AuditEntry.objects.filter(table_name="registry_labdraw")
    assert entries.count() == LabDraw.objects.count() == 28
    assert set(entries.values_list("actor", "door", "reason", "cohort_id", "patient_id")) == {
        (by.username, "import", "File of March", patient.cohort_id, patient.pk)
    }


def test_a_row_updated_to_what_it_was_leaves_nothing() -> None:
    site = a_site()

    Site.objects.filter(pk=site.pk).update(name=site.name)

    assert [entry.operation for entry in trail("registry_site", site.pk)] == ["INSERT"]


def test_what_is_rolled_back_leaves_nothing() -> None:
    with transaction.atomic():
        site = a_site("GONE")
        transaction.set_rollback(True)

    assert trail("registry_site", site.pk) == []


def test_a_password_is_never_shown_but_its_change_is() -> None:
    user, _password = create_user(by=None, door="command", username="ann", role="analyst")

    user.set_password("another long password")
    user.save()
    User.objects.filter(pk=user.pk).update(last_login="2024-01-01T00:00Z")

    inserted, changed = trail("registry_user", user.pk)
    assert inserted.new is not None
    assert "password" not in inserted.new
    assert changed.changes == []


def test_a_token_leaves_who_made_and_who_ended_it_but_not_its_hash() -> None:
    administrator, holder = a_user(), a_user("analyst")

    issue_token(by=administrator, user=holder)
    token = AuthToken.objects.get(user=holder)
    close_account(by=administrator, user=holder, reason="Left")

    made, ended = trail("knox_authtoken", token.token_key)
    assert (made.actor, made.door, made.operation) == (administrator.username, "command", "INSERT")
    assert (ended.actor, ended.door, ended.operation) == (administrator.username, "form", "DELETE")
    assert (made.new or {})["user_id"] == holder.pk
    assert ended.reason == "Left"
    assert token.digest not in f"{made.new} {ended.old}"


def test_an_action_hands_the_context_back() -> None:
    patient = a_patient()
    with change(by=a_user("administrator"), door="import", reason="Outer"):
        correct_patient(
            by=a_coordinator(patient.site), patient=patient, smoking="never", reason="Inner", door="form"
        )
        Patient.objects.filter(pk=patient.pk).update(smoking="former")

    assert [entry.reason for entry in trail("registry_patient", patient.pk)] == ["", "Inner", "Outer"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO registry_auditentry (table_name, row_id, operation) VALUES ('x', '1', 'INSERT')",
        "UPDATE registry_auditentry SET actor = 'somebody'",
        "DELETE FROM registry_auditentry",
        "TRUNCATE registry_auditentry",
        "TRUNCATE registry_contact",
        "ALTER TABLE registry_site DISABLE TRIGGER audit_update",
        "DROP TRIGGER audit_update ON registry_site",
        "SET LOCAL session_replication_role = replica",
        """
        CREATE TEMP TABLE forged (id int);
        CREATE TRIGGER forged AFTER INSERT ON forged REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION audit_registry_site()
        """,
        "UPDATE registry_site SET id = id + 1000000",
    ],
)
def test_the_application_cannot_rewrite_or_evade_the_trail(statement: str) -> None:
    a_site()
    refusal = r"permission denied|must be owner|audit trail would lose it"
    with (
        pytest.raises(DatabaseError, match=refusal),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_even_the_owner_cannot_rewrite_the_trail(postgres: Any) -> None:
    with postgres.connect("calcis") as owner:
        for statement in ("DELETE FROM registry_auditentry", "TRUNCATE registry_site CASCADE"):
            with pytest.raises(Exception, match="audit trail would lose it"):
                owner.execute(statement)
            owner.rollback()
