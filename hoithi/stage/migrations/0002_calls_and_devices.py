"""One open call of a seat; a device no longer keeps the issue of the code that opened it."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def answer_repeated(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Of several open calls of a seat the first stands; whoever goes there answers all."""
    seen: set[int] = set()
    calls = apps.get_model("stage", "Call").objects.filter(answered_at=None).order_by("at", "pk")
    for call in calls:
        if call.seat_id in seen:
            call.answered_at = call.at
            call.save(update_fields=["answered_at"])
        seen.add(call.seat_id)


class Migration(migrations.Migration):
    dependencies = [("stage", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="device", name="code_issue"),
        migrations.RunPython(answer_repeated, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at__isnull", True)),
                fields=("seat",),
                name="one_open_call_of_a_seat",
            ),
        ),
    ]
