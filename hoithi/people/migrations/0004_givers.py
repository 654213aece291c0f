from django.db import migrations


def name_givers(apps, schema_editor):
    """Who invited the members that committees have: nobody else confirmed them."""
    invitations = apps.get_model("people", "Invitation").objects.filter(
        role="committee", accepted_at__isnull=False
    )
    grants = apps.get_model("people", "Grant").objects
    for invitation in invitations.order_by("pk"):
        grants.filter(
            user__email=invitation.email,
            role="committee",
            scope_kind=invitation.scope_kind,
            scope_id=invitation.scope_id,
            given_at=invitation.accepted_at,
        ).update(giver=invitation.invited_by)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_second_persons'),
    ]

    operations = [
        migrations.RunPython(name_givers, migrations.RunPython.noop),
    ]
