from django.db import migrations


def note(apps, schema_editor):
    """What was graded and published before gradings were kept: by the times, as it was told then."""
    get = lambda name: apps.get_model("results", name).objects
    for each in apps.get_model("contests", "Round").objects.filter(is_online=True):

        def grading(at, who):
            rulings = get("Ruling").filter(round=each, ruled_at__lte=at).order_by("pk")
            return get("Grading").create(
                round=each,
                rulings=list(rulings.values_list("pk", flat=True)),
                graded_by=who,
                graded_at=at,
            )

        for publication in get("Publication").filter(round=each).order_by("number"):
            made = grading(publication.published_at, publication.published_by)
            get("Publication").filter(pk=publication.pk).update(grading=made)
        newest = get("RoundScore").filter(round=each, voided_at=None).order_by("-recorded_at")
        if (score := newest.first()) is not None:
            grading(score.recorded_at, "hoithi")


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0005_gradings'),
    ]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
