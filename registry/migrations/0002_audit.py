from django.db import migrations

from registry.models.audit_triggers import AUDITED_TABLES, FOUNDATION


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("knox", "0009_extend_authtoken_field")]

    operations = [
        migrations.RunSQL(FOUNDATION),
        *[migrations.RunSQL(table.sql()) for table in AUDITED_TABLES],
    ]
