"""Votes from one network address are told from others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stage", "0003_notes_of_judges")]

    operations = [
        migrations.AddField(
            model_name="vote",
            name="source",
            field=models.CharField(blank=True, default="", max_length=16),
            preserve_default=False,
        ),
    ]
