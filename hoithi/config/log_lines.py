"""What the server writes of requests that are refused."""

from __future__ import annotations

import logging
from http import HTTPStatus


class Refusals(logging.Filter):
    """A page that is not open to somebody is no fault: one line says so, without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == HTTPStatus.FORBIDDEN:
            record.exc_info = record.exc_text = None
        return True
