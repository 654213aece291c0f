"""Sentences for broken rules: what happened, where, and what to do next.

A room that raises a code writes its sentence in its own catalogues, for every language, as
`msgctxt "violation"` with the code as message id; the violation's facts fill the places.
"""

from __future__ import annotations

import logging

from django.utils.translation import pgettext

from hoithi.rules.errors import ParamValue, RuleViolation
from hoithi.web.wording import number

CONTEXT = "violation"
_log = logging.getLogger(__name__)


def explain(violation: RuleViolation) -> str:
    """The sentence in the active language. A code without one is our fault: it is logged, and the
    reader gets the code to pass on."""
    sentence = pgettext(CONTEXT, violation.code)
    facts = {key: _written(value) for key, value in violation.params.items()}
    if sentence == violation.code:
        _log.error("no sentence for the violation %s", violation)
        sentence, facts = pgettext(CONTEXT, "without_sentence"), {"code": violation.code}
    return sentence % facts


def _written(value: ParamValue) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, int) else value
