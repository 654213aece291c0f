from django.db import migrations


def fix(apps, schema_editor):
    """Rounds whose questions were sealed, or whose marks were known, before this was written down."""
    rounds = apps.get_model("contests", "Round").objects.filter(rules_fixed_at=None)
    packages = apps.get_model("exam", "Package").objects.filter(state="sealed")
    for package in packages.select_related("sealing"):
        rounds.filter(pk=package.round_id).update(rules_fixed_at=package.sealing.second_at)
    for record in apps.get_model("results", "RecordedRound").objects.filter(voided_at=None):
        rounds.filter(pk=record.round_id).update(rules_fixed_at=record.recorded_at)
    for publication in apps.get_model("results", "Publication").objects.filter(number=1):
        rounds.filter(pk=publication.round_id).update(rules_fixed_at=publication.published_at)


class Migration(migrations.Migration):
    dependencies = [
        ("contests", "0003_fixed_rules"),
        ("exam", "0003_sitting_flaws"),
        ("results", "0003_motions"),
    ]

    operations = [migrations.RunPython(fix, migrations.RunPython.noop)]
