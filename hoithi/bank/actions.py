"""Saving questions and freezing a set of them for a contest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.bank.importing import NewItem
from hoithi.bank.models import Collection, Item, ItemVersion

_SAME = (
    "topic",
    "level",
    "stem",
    "options",
    "key",
    "explanation",
    "source",
    "article",
    "fact",
    "valid_from",
    "valid_to",
    "checked_on",
)


@transaction.atomic
def save_items(
    *,
    collection_key: str,
    collection_name: str,
    topics: Mapping[str, str],
    levels: Mapping[str, str],
    items: Sequence[NewItem],
    actor_id: str,
    actor_name: str,
    now: datetime,
) -> int:
    """Save what changed as new versions; answers how many. Topics and levels are name → key."""
    collection, _ = Collection.objects.update_or_create(
        key=collection_key,
        defaults={"name": collection_name, "topics": dict(topics), "levels": dict(levels)},
    )
    known = {item.code: item for item in collection.items.all()}
    newest = {version.item_id: version for version in _versions(collection)}
    Item.objects.bulk_create(
        Item(collection=collection, code=new.code) for new in items if new.code not in known
    )
    known = {item.code: item for item in collection.items.all()}
    added = []
    for new in items:
        item = known[new.code]
        old = newest.get(item.pk)
        values = {name: getattr(new, name) for name in _SAME} | {"options": list(new.options)}
        if old is not None and all(getattr(old, name) == values[name] for name in _SAME):
            continue
        added.append(
            ItemVersion(
                item=item,
                number=old.number + 1 if old else 1,
                added_by=actor_name,
                added_by_id=actor_id,
                added_at=now,
                **values,
            )
        )
    ItemVersion.objects.bulk_create(added)
    if added:
        record(
            actor_id=actor_id,
            actor_name=actor_name,
            action="bank.save_items",
            target=f"collection:{collection.key}",
            now=now,
            after={"versions": len(added)},
        )
    return len(added)


def _versions(collection: Collection) -> list[ItemVersion]:
    """All versions of a collection, older ones first."""
    return list(ItemVersion.objects.filter(item__collection=collection).order_by("number"))
