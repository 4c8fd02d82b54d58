from django.db import migrations

from registry.models.audit_triggers import AUDITED_TABLES, FOUNDATION


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(FOUNDATION),
        *[migrations.RunSQL(table.sql()) for table in AUDITED_TABLES],
    ]
