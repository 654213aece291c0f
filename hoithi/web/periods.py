"""Spans of time in words. A close at midnight is the end of the day before, as people say it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import get_language, gettext, pgettext

from hoithi.web.wording import ZONE, day, moment


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
