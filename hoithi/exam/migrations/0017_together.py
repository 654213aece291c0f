from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exam', '0016_extra_minutes'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='answered_ms',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='sitting',
            name='presses',
            field=models.JSONField(null=True),
        ),
    ]
