# Written with Django 5.2.19; "–" is for uploads that were waiting before it was asked who sends them.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entries', '0006_bars'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagedlist',
            name='uploaded_by',
            field=models.CharField(default='–', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='stagedlist',
            name='changed_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='stagedlist',
            name='changed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='stagedlist',
            name='replaced_file',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='stagedlist',
            name='replaced_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='stagedlist',
            name='replaced_at',
            field=models.DateTimeField(null=True),
        ),
    ]
