"""What is rehearsed: how many people, how long, which paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import AttemptRule, BlueprintRow, Policy, Sample, Text
from hoithi.rules.together import Together

MOST_CONTESTANTS = 20_000
MOST_MINUTES = 180
ITEMS = 30
OPTIONS = 4
ARRIVING_S = 60.0
STARTING_S = 10.0
AFTERWARDS_S = 300
"""What getting ready, waiting for the last receipts and comparing may take beside the round."""
_BYTES_OF_A_ROW = 400
_BYTES_OF_A_PERSON = 2_000
KEPT_FREE = 500_000_000

Store = Literal["sqlite", "postgresql"]


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rehearsal. Everybody comes within `arriving_s` before the opening, starts within
    `starting_s` after it, and has handed in `seconds` after it.

    `root` is the folder in which a folder is made for it; `server` the address of the journal where
    that is on PostgreSQL, and empty otherwise; `capacity` how many may work at once in the real
    hall, 0 without a limit.
    """

    title: str
    contestants: int
    seconds: float
    blueprint: list[BlueprintRow]
    policy: Policy
    root: str
    server: str = ""
    capacity: int = 0
    arriving_s: float = ARRIVING_S
    starting_s: float = STARTING_S

    @property
    def items(self) -> int:
        return sum(row.count for row in self.blueprint)

    @property
    def takes_s(self) -> float:
        """From the press of the button to the report, generously."""
        return self.arriving_s + self.seconds + AFTERWARDS_S

    @property
    def needed_bytes(self) -> int:
        """Room that it may take on the disk of `root`, generously."""
        if self.server:
            return 0  # only what the hall has to say is kept there
        return self.contestants * (_BYTES_OF_A_PERSON + (2 * self.items + 8) * _BYTES_OF_A_ROW)

    @property
    def store(self) -> Store:
        return "postgresql" if self.server else "sqlite"


def check_size(contestants: int, minutes: int) -> None:
    """Raises RuleViolation: `rehearsal_contestants`, `rehearsal_minutes`."""
    if not 1 <= contestants <= MOST_CONTESTANTS:
        raise RuleViolation("rehearsal_contestants", most=MOST_CONTESTANTS)
    if not 1 <= minutes <= MOST_MINUTES:
        raise RuleViolation("rehearsal_minutes", most=MOST_MINUTES)


def made_up_policy() -> Policy:
    """The policy of a round that no plan describes."""
    return Policy(
        duration_ms=0,
        grace_ms=10_000,
        all_required=False,
        attempts=AttemptRule(1, "round", 420, []),
        prediction=None,
        result="none",
        signals=False,
        regulation=Text("1", "Thể lệ diễn tập"),
        consent=Text("1", "Đồng ý diễn tập"),
        sample=Sample("Câu thử?", ["Có", "Không"]),
    )


def rehearsed(policy: Policy, seconds: float) -> Policy:
    """The policy as it is played: so long, once for everybody, on whatever day it is today."""
    return msgspec.structs.replace(
        policy,
        together=policy.together and _played_to_the_end(policy.together, seconds),
        duration_ms=round(seconds * 1000),
        attempts=AttemptRule(1, "round", policy.attempts.utc_offset_min, []),
        result="none",
        signals=False,
        signals_announced_in="",
        signals_days=0,
    )


def _played_to_the_end(rule: Together, seconds: float) -> Together:
    """The rule as it is played: nobody goes out, and one question at least fits."""
    return msgspec.structs.replace(
        rule,
        seconds=min(rule.seconds, max(3, int(seconds / 2))),
        ends="last_question",
        rescue=None,
        spares=0,
    )


def spec_of(
    *,
    contestants: int,
    seconds: float,
    root: str,
    server: str = "",
    capacity: int = 0,
    title: str = "",
    blueprint: Sequence[BlueprintRow] = (),
    policy: Policy | None = None,
    arriving_s: float = ARRIVING_S,
) -> Spec:
    """A rehearsal of the paper given, or of thirty questions."""
    return Spec(
        title=f"DIỄN TẬP {title}".strip(),
        contestants=contestants,
        seconds=seconds,
        blueprint=list(blueprint) or [BlueprintRow("dien-tap", "", ITEMS)],
        policy=rehearsed(policy or made_up_policy(), seconds),
        root=root,
        server=server,
        capacity=capacity,
        arriving_s=arriving_s,
        starting_s=min(STARTING_S, seconds / 6),
    )
