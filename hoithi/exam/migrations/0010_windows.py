from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exam', '0009_course_points'),
    ]

    operations = [
        migrations.AddField(
            model_name='sitting',
            name='times',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='rosterline',
            name='window_closes_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='rosterline',
            name='window_opens_at',
            field=models.DateTimeField(null=True),
        ),
    ]
