import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exam', '0008_rehearsals'),
    ]

    operations = [
        migrations.CreateModel(
            name='CoursePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('entered', models.PositiveIntegerField()),
                ('working', models.PositiveIntegerField()),
                ('submitted', models.PositiveIntegerField()),
                ('offline', models.PositiveIntegerField()),
                ('late', models.PositiveIntegerField()),
                ('saves', models.PositiveBigIntegerField()),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='course', to='exam.sitting')),
            ],
            options={
                'ordering': ('sitting', 'at'),
                'indexes': [models.Index(fields=['sitting', 'at'], name='course_of_sitting')],
            },
        ),
    ]
