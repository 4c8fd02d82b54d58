"""What a question remembers says what it is: looks are added to it at every run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0004_released")]

    operations = [
        migrations.AlterField(
            model_name="question",
            name="memory",
            field=models.JSONField(
                default=dict,
                help_text="Such as the direction of a marker, decided once, or how often an estimate was "
                "looked at.",
                verbose_name="remembered from run to run",
            ),
        ),
    ]
