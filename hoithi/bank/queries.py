"""Reading the bank."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from hoithi.bank.models import Collection, ItemVersion


def usable_versions(collection: Collection, law_date: date) -> list[ItemVersion]:
    """The newest version of each question that was true on the day, in order of codes."""
    newest: dict[int, ItemVersion] = {}
    true_then = ItemVersion.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=law_date),
        item__collection=collection,
        item__retired_at=None,
        valid_from__lte=law_date,
    )
    for version in true_then.select_related("item").order_by("number"):
        newest[version.item_id] = version
    return sorted(newest.values(), key=lambda version: version.item.code)


@dataclass(frozen=True, slots=True)
class Stock:
    """How many usable questions of a topic and level there are."""

    topic: str
    level: str
    there: int


def stock_of(collection_key: str, law_date: date) -> list[Stock]:
    """Usable questions of a bank by topic and level; nothing for a bank that does not exist."""
    collection = Collection.objects.filter(key=collection_key).first()
    if collection is None:
        return []
    counts = Counter(
        (version.topic, version.level) for version in usable_versions(collection, law_date)
    )
    return [Stock(topic, level, count) for (topic, level), count in sorted(counts.items())]
