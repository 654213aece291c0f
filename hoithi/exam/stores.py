"""The desk's doors to the hall's stores; a store that cannot be used is told as a rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.conf import settings

from hoithi.hall.config import signals_beside
from hoithi.hall.store import control_writer, journal_reader, signal_store
from hoithi.hall.store.api import ControlWriter, JournalReader, StoreError, UnavailableError
from hoithi.hall.store.signals import SignalStore
from hoithi.rules.errors import RuleViolation


@contextmanager
def control() -> Iterator[ControlWriter]:
    """Control, to be written. Raises RuleViolation `hall_out_of_reach`."""
    try:
        writer = control_writer(settings.HALL_CONTROL)
    except StoreError as error:
        raise RuleViolation("hall_out_of_reach") from error
    with closing(writer):
        yield writer


@contextmanager
def journal() -> Iterator[JournalReader]:
    """The journal, to be read. Raises RuleViolation `hall_out_of_reach`."""
    try:
        reader = journal_reader(settings.HALL_JOURNAL)
    except StoreError as error:
        raise RuleViolation("hall_out_of_reach") from error
    with closing(reader):
        yield reader


@contextmanager
def signals() -> Iterator[SignalStore]:
    """Signals, to be read and erased. Raises RuleViolation `hall_out_of_reach`."""
    try:
        yield signal_store(signals_beside(settings.HALL_JOURNAL))
    except UnavailableError as error:
        raise RuleViolation("hall_out_of_reach") from error
