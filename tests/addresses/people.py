"""Accounts, invitations, and the switch of languages."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str

from hoithi.people.actions import invite
from hoithi.people.models import Role
from hoithi.people.permissions import Scope, contest_scope
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene
from tests.factories import now

ROWS = {
    "people:invitation": Row(get="200 ...", post="200 ..."),
    "set_language": Row(get="405 ...", post="302 ..."),
    "account_login": Row(get="200 302 ...", post="200 302 ..."),
    "mfa_authenticate": Row(get="signin 302 ...", post="signin 302 ..."),
    "account_logout": Row(get="302 200 ...", post="302 ..."),
    "account_inactive": Row(get="200 ...", post="405 ..."),
    "account_reset_password": Row(get="200 ...", post="200 ..."),
    "account_reset_password_done": Row(get="200 ...", post="405 ..."),
    "account_reset_password_from_key": Row(get="302 ...", post="302 ..."),
    "account_reset_password_from_key_done": Row(get="200 ...", post="405 ..."),
    "mfa_index": Row(get="signin 200 ...", post="signin 405 ..."),
    "account_change_password": Row(get="signin 200 ...", post="signin 200 ..."),
    "account_reauthenticate": Row(get="signin 200 ...", post="signin 200 ..."),
    "mfa_reauthenticate": Row(get="signin 200 ...", post="signin 200 ..."),
    "mfa_activate_totp": Row(get="signin 302 ...", post="signin 302 ..."),
    "mfa_deactivate_totp": Row(get="signin 200 ...", post="signin 302 ..."),
    "mfa_view_recovery_codes": Row(get="signin 200 ...", post="signin 405 ..."),
    "mfa_generate_recovery_codes": Row(get="signin 200 ...", post="signin 302 ..."),
    "mfa_download_recovery_codes": Row(get="signin 200 ...", post="signin 405 ..."),
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """A letter of each contest, and links for a new password."""
    return {
        "people:invitation.token": Pair(
            _letter(scene, contest_scope(scene.ours.key)),
            _letter(scene, contest_scope(scene.theirs.key)),
        ),
        "uidb36": Pair(
            user_pk_to_url_str(scene.their_organiser), user_pk_to_url_str(scene.people["officer"])
        ),
        "key": Pair(
            default_token_generator.make_token(scene.their_organiser),
            default_token_generator.make_token(scene.people["officer"]),
        ),
    }


def _letter(scene: Scene, scope: Scope) -> str:
    invited = invite(
        actor=scene.people["organiser"],
        email="nobody-yet@example.vn",
        name="Lê Thị Mẫu",
        role=Role.OBSERVER,
        scope=scope,
        now=now(),
    )
    return invited.token
