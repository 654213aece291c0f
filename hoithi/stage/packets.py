"""The file of sealed packets: written once, opened question by question.

Nobody but the console's own question reads it. Its hash is in the first line of the log, so that it
is fixed before the first turn.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec

from hoithi.people.keys import vault
from hoithi.people.vault import Sealed
from hoithi.rules.canonical import canonical
from hoithi.stage.models import PacketSet, Stage

FORMAT = "hoithi/packets/1"
PURPOSE = "stage_packets"


class PacketItem(msgspec.Struct, frozen=True):
    """A question with its right options, as indices."""

    id: str
    topic: str
    level: str
    stem: str
    options: list[str]
    right: list[int]


class PacketFile(msgspec.Struct, frozen=True):
    """Packets and spares by question ids, as `rules.packets` made them from the seed."""

    format: str
    round: str
    segment: str
    salt: str
    seed: str
    items: list[PacketItem]
    packets: list[list[str]]
    spares: list[list[str]]

    def item(self, key: str) -> PacketItem:
        """Raises KeyError."""
        for each in self.items:
            if each.id == key:
                return each
        raise KeyError(key)


def file_bytes(file: PacketFile) -> bytes:
    return canonical(msgspec.to_builtins(file))


def commitment_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def standing_packets(stage: Stage) -> dict[str, PacketSet]:
    """The packets of each part that stand, sealed or not. One query."""
    return {each.segment: each for each in PacketSet.objects.filter(stage=stage, voided_at=None)}


def drawn_elsewhere(stage: Stage, segment: str) -> set[str]:
    """The questions, by their stems, in packets and spares of the contest's other parts and rounds.

    One query; opens every file that stands.
    """
    others = PacketSet.objects.filter(
        stage__round__contest=stage.round.contest, voided_at=None
    ).exclude(stage=stage, segment=segment)
    return {stem for each in others for stem in drawn_in(each)}


def drawn_in(packets: PacketSet) -> set[str]:
    """The questions of packets and spares, by their stems; of the pool nothing else."""
    file = _opened(packets.key_id, bytes(packets.cipher))
    drawn = {key for keys in (*file.packets, *file.spares) for key in keys}
    return {item.stem for item in file.items if item.id in drawn}


def packet_file(stage: Stage, segment: str) -> PacketFile:
    """The packets of a part. Raises PacketSet.DoesNotExist."""
    found = PacketSet.objects.get(stage=stage, segment=segment, voided_at=None)
    return _opened(found.key_id, bytes(found.cipher))


@lru_cache(maxsize=16)
def _opened(key_id: str, cipher: bytes) -> PacketFile:
    content = vault().open(PURPOSE, Sealed(key_id, cipher))
    return msgspec.json.decode(content, type=PacketFile)
