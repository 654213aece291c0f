"""Times, criteria and states of a contest in the words the public reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils.translation import get_language, gettext, gettext_lazy, pgettext

from hoithi.rules.ranking import DECISION, SHARED
from hoithi.web.wording import ZONE, day, moment

_SEGMENT = "segment:"
CRITERIA = {
    "points": gettext_lazy("points"),
    "correct": gettext_lazy("number of right answers"),
    "prediction": gettext_lazy("the nearer prediction"),
    "duration": gettext_lazy("time spent on the paper"),
    "submitted": gettext_lazy("time of handing in"),
    "started": gettext_lazy("time of starting"),
    "attempts": gettext_lazy("number of attempts"),
    "full_marks": gettext_lazy("number of attempts with full marks"),
    "lots": gettext_lazy("drawing of lots"),
    SHARED: gettext_lazy("nothing: the same place"),
    DECISION: gettext_lazy("decision of the committee"),
}


def _is_midnight(at: datetime) -> bool:
    return at.astimezone(ZONE).time() == time()


def instant(at: datetime) -> str:
    """A moment in the form of the language that is being shown."""
    return moment(at, (get_language() or "vi").split("-")[0])


def _day(at: datetime) -> str:
    return pgettext("a day", "%(day)s") % {"day": day(at)}


def period(opens_at: datetime, closes_at: datetime) -> str:
    """Both ends as the State writes them; a close at midnight ends the day before."""
    since = _day(opens_at) if _is_midnight(opens_at) else instant(opens_at)
    if not _is_midnight(closes_at):
        return gettext("%(since)s to %(until)s") % {"since": since, "until": instant(closes_at)}
    last_day = _day(closes_at - timedelta(minutes=1))
    if since == last_day:
        return since
    return gettext("%(since)s to the end of %(until)s") % {"since": since, "until": last_day}


def deadline(closes_at: datetime) -> str:
    """The first instant too late, as plans write it: before 06/10/2023."""
    until = _day(closes_at) if _is_midnight(closes_at) else instant(closes_at)
    return gettext("before %(until)s") % {"until": until}


def criterion(name: str, segments: Mapping[str, str]) -> str:
    """What separates two places; `segments` are labels of a live round's parts by key."""
    if name.startswith(_SEGMENT):
        return segments.get(name.removeprefix(_SEGMENT), name)
    return str(CRITERIA.get(name, name))
