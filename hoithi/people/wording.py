"""What rights are called and what they are for, as people read it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.people.models import Role

ROLE_NAMES: dict[Role, Promise] = {
    Role.ORGANISER: _("Secretariat"),
    Role.COMMITTEE: _("Member of the committee"),
    Role.QUESTIONS: _("Question team"),
    Role.OBSERVER: _("Observer"),
    Role.UNIT_OFFICER: _("Unit officer"),
}
ROLE_TASKS: dict[Role, Promise] = {
    Role.ORGANISER: _("prepares and runs the contest"),
    Role.COMMITTEE: _("decides, and signs what needs two people"),
    Role.QUESTIONS: _("writes and reviews questions"),
    Role.OBSERVER: _("reads everything and changes nothing"),
    Role.UNIT_OFFICER: _("registers the people of the unit"),
}
