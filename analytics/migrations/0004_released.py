"""A run says up to which minimum of small counts it is released; of those before, only the last of each cohort is."""

import django.db.models.deletion
from django.db import migrations, models

# A finished run is final, but for what it could not yet say of itself.
ONLY_THE_LAST = """
ALTER TABLE public.analytics_run DISABLE TRIGGER ledger_final;
UPDATE public.analytics_run SET released_up_to = 0
WHERE status = 'done'
    AND id NOT IN (SELECT max(id) FROM public.analytics_run WHERE status = 'done' GROUP BY cohort_id);
ALTER TABLE public.analytics_run ENABLE TRIGGER ledger_final;
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0003_serial_tables")]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="hashes_table",
            field=models.ForeignKey(
                blank=True,
                db_column="hashes_sha256",
                help_text="Of what the tables hold of each patient.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="analytics.frozentable",
                verbose_name="table of hashes",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="released_up_to",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The largest minimum of small counts at which it is shown to those who may not see "
                "every record. Empty: any.",
                null=True,
                verbose_name="released up to",
            ),
        ),
        migrations.RunSQL(ONLY_THE_LAST),
    ]
