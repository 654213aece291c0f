"""A contest as those see it who prepare it."""

from __future__ import annotations

from hoithi.people.actions import invite
from hoithi.people.models import Grant, Role, User
from hoithi.people.permissions import Scope, contest_scope
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene
from tests.factories import now

PAGE = "signin 403 403 403 403 200 200"
ACT = "signin 403 403 403 403 302 302"
ONLY_POST = "signin 403 403 403 403 405 405"
BANK = "signin 403 403 403 403 200 403"
ROWS = {
    "contests:people": Row(get=PAGE, post=PAGE),
    "contests:withdraw": Row(get=PAGE, post=PAGE),
    "contests:bank": Row(get=BANK, post=BANK),
    "contests:bank_template": Row(get=BANK, post="signin 403 403 403 403 405 403"),
    "contests:invite_again": Row(get=ONLY_POST, post=ACT),
    "contests:confirm_invitation": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"
    ),
    "contests:withdraw_invitation": Row(get=ONLY_POST, post=ACT),
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """A right and an open letter of each contest."""
    ours, theirs = contest_scope(scene.ours.key), contest_scope(scene.theirs.key)
    return {
        "grant": Pair(
            Grant.objects.get(user=scene.people["observer"]).pk,
            Grant.objects.get(user=scene.their_organiser).pk,
        ),
        "invitation": Pair(
            _letter(scene.people["organiser"], ours), _letter(scene.their_organiser, theirs)
        ),
    }


def _letter(boss: User, scope: Scope) -> int:
    invited = invite(
        actor=boss,
        email="somebody@example.vn",
        name="Trần Văn Mẫu",
        role=Role.OBSERVER,
        scope=scope,
        now=now(),
    )
    return invited.invitation.pk
