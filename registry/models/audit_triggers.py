"""How the database writes the trail: one trigger function a table, all made from one template."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AuditedTable:
    """A table whose changes are kept, and how a row `r` of it leads to its cohort and patient."""

    name: str
    key: str = "id"
    joins: str = ""
    cohort: str = "NULL::bigint"
    patient: str = "NULL::bigint"
    secret: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def sql(self) -> str:
        """The table's trigger function and triggers; they replace those that stand."""
        return _TRIGGERS.format(
            table=self.name,
            key=self.key,
            joins=self.joins,
            cohort=self.cohort,
            patient=self.patient,
            hidden=_text_array(self.secret + self.ignored),
            ignored=_text_array(self.ignored),
        )


def _text_array(columns: tuple[str, ...]) -> str:
    return "'{" + ",".join(columns) + "}'::text[]"


def _of_patient(name: str) -> AuditedTable:
    patient = "LEFT JOIN public.registry_patient p ON p.id = r.patient_id"
    return AuditedTable(name, joins=patient, cohort="p.cohort_id", patient="r.patient_id")


def _of_draw(name: str) -> AuditedTable:
    draw = "LEFT JOIN public.registry_labdraw d ON d.id = r.draw_id"
    patient = "LEFT JOIN public.registry_patient p ON p.id = d.patient_id"
    return AuditedTable(name, joins=f"{draw} {patient}", cohort="p.cohort_id", patient="d.patient_id")


AUDITED_TABLES = (
    AuditedTable("registry_user", secret=("password",), ignored=("last_login",)),
    AuditedTable("registry_membership"),
    AuditedTable("registry_setuplink", secret=("token_sha256",)),
    # Its own key is the hash that opens the API; this one names a token without opening anything.
    AuditedTable("knox_authtoken", key="token_key", secret=("digest",)),
    AuditedTable("registry_site"),
    AuditedTable("registry_analyte", key="code"),
    AuditedTable("registry_analyteunit"),
    AuditedTable("registry_analytesoftlimits"),
    AuditedTable("registry_outcometype", key="code"),
    AuditedTable("registry_cohort", cohort="r.id"),
    AuditedTable("registry_cohort_sites", cohort="r.cohort_id"),
    AuditedTable("registry_cohortgroup", cohort="r.cohort_id"),
    AuditedTable("registry_patient", cohort="r.cohort_id", patient="r.id"),
    _of_patient("registry_consent"),
    _of_patient("registry_contact"),
    _of_patient("registry_labdraw"),
    _of_draw("registry_labresult"),
    _of_patient("registry_calcificationreading"),
    _of_patient("registry_outcomeevent"),
)

# A statement fires one trigger whatever its number of rows: a COPY of millions is one INSERT ... SELECT here.
# SECURITY DEFINER: the trail is written as the owner of the tables; the application's role may only read it.
# A row updated to what it was leaves no entry; a changed secret leaves one that does not show it.
_TRIGGERS = """
CREATE OR REPLACE FUNCTION public.audit_{table}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.registry_auditentry
            (table_name, row_id, operation, old, new, actor, door, reason, cohort_id, patient_id)
        SELECT '{table}', r.{key}, TG_OP, NULL, to_jsonb(r) - {hidden},
            c.actor, c.door, c.reason, {cohort}, {patient}
        FROM public.audit_context() c, new_rows r {joins};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.registry_auditentry
            (table_name, row_id, operation, old, new, actor, door, reason, cohort_id, patient_id)
        SELECT '{table}', r.{key}, TG_OP, to_jsonb(r) - {hidden}, NULL,
            c.actor, c.door, c.reason, {cohort}, {patient}
        FROM public.audit_context() c, old_rows r {joins};
    ELSE
        INSERT INTO public.registry_auditentry
            (table_name, row_id, operation, old, new, actor, door, reason, cohort_id, patient_id)
        SELECT '{table}', r.{key}, TG_OP, to_jsonb(o) - {hidden}, to_jsonb(r) - {hidden},
            c.actor, c.door, c.reason, {cohort}, {patient}
        FROM public.audit_context() c, new_rows r JOIN old_rows o ON o.{key} = r.{key} {joins}
        WHERE to_jsonb(o) - {ignored} IS DISTINCT FROM to_jsonb(r) - {ignored};
    END IF;
    RETURN NULL;
END $body$;
REVOKE ALL ON FUNCTION public.audit_{table}() FROM PUBLIC;
CREATE OR REPLACE TRIGGER audit_insert AFTER INSERT ON public.{table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.audit_{table}();
CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON public.{table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_{table}();
CREATE OR REPLACE TRIGGER audit_delete AFTER DELETE ON public.{table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.audit_{table}();
CREATE OR REPLACE TRIGGER audit_truncate BEFORE TRUNCATE ON public.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
CREATE OR REPLACE TRIGGER audit_key BEFORE UPDATE OF {key} ON public.{table}
    FOR EACH ROW WHEN (OLD.{key} IS DISTINCT FROM NEW.{key}) EXECUTE FUNCTION public.audit_refuse();
"""

# Without a context the change came past the code: the database's own account is the actor, "sql" the door.
FOUNDATION = """
CREATE FUNCTION public.audit_context(OUT actor text, OUT door text, OUT reason text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT coalesce(nullif(current_setting('calcis.actor', true), ''), session_user::text),
        coalesce(nullif(current_setting('calcis.door', true), ''), 'sql'),
        coalesce(current_setting('calcis.reason', true), '')
$body$;
CREATE FUNCTION public.audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit trail would lose it', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $body$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.registry_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
"""
