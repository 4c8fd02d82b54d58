"""What the ledger holds is final: the database refuses to change it, whoever asks."""

from django.db import migrations

WRITTEN_ONCE = ("analytics_frozentable", "analytics_dataset", "analytics_result", "analytics_estimate")

REFUSAL = """
CREATE FUNCTION public.ledger_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION '% of % is refused: what the ledger holds is final', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $body$;
"""

WRITTEN_ONCE_TABLE = """
CREATE TRIGGER ledger_final BEFORE UPDATE OR DELETE OR TRUNCATE ON public.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse();
"""

# A finished run takes no more answers, and is not touched again.
FINISHED_RUNS = """
CREATE TRIGGER ledger_final BEFORE UPDATE OR DELETE ON public.analytics_run
    FOR EACH ROW WHEN (OLD.status IN ('done', 'failed')) EXECUTE FUNCTION public.ledger_refuse();
CREATE TRIGGER ledger_kept BEFORE TRUNCATE ON public.analytics_run
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse();
CREATE FUNCTION public.ledger_running_run() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM public.analytics_run WHERE id = NEW.run_id AND status = 'running') THEN
        RAISE EXCEPTION 'an answer outside a running run is refused (run %)', NEW.run_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER ledger_running BEFORE INSERT ON public.analytics_result
    FOR EACH ROW EXECUTE FUNCTION public.ledger_running_run();
CREATE TRIGGER ledger_running BEFORE INSERT ON public.analytics_estimate
    FOR EACH ROW EXECUTE FUNCTION public.ledger_running_run();
"""

# Of a question only its being current may change, and what it remembers may grow.
QUESTIONS = """
CREATE TRIGGER ledger_final BEFORE UPDATE ON public.analytics_question
    FOR EACH ROW WHEN (
        to_jsonb(OLD) - 'memory' - 'is_current' IS DISTINCT FROM to_jsonb(NEW) - 'memory' - 'is_current'
        OR NOT NEW.memory @> OLD.memory
    ) EXECUTE FUNCTION public.ledger_refuse();
CREATE TRIGGER ledger_kept BEFORE DELETE OR TRUNCATE ON public.analytics_question
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSAL),
        *[migrations.RunSQL(WRITTEN_ONCE_TABLE.format(table=table)) for table in WRITTEN_ONCE],
        migrations.RunSQL(FINISHED_RUNS),
        migrations.RunSQL(QUESTIONS),
    ]
