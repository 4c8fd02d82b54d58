"""A dataset keeps its draws and readings as frozen tables, found by their hash like that of the patients."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_final")]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="draws_table",
            field=models.ForeignKey(
                blank=True,
                db_column="draws_sha256",
                help_text="Empty where no question asked for it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="analytics.frozentable",
                verbose_name="table of draws",
            ),
        ),
        migrations.AddField(
            model_name="dataset",
            name="readings_table",
            field=models.ForeignKey(
                blank=True,
                db_column="readings_sha256",
                help_text="Empty where no question asked for it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="analytics.frozentable",
                verbose_name="table of readings",
            ),
        ),
    ]
