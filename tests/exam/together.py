"""A round in which all answer together, with a real hall: people, presses, answers."""

from __future__ import annotations

from collections.abc import Sequence

from hoithi.contests.plan.conversion import ms
from hoithi.contests.plan.reading import plan_from
from hoithi.contests.plan.writing import write_plan
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Sitting
from hoithi.exam.together import LEAD, announce, ask, stand_of
from hoithi.rules.errors import RuleViolation
from hoithi.rules.together import Game
from tests import factories
from tests.exam.scene import Scene
from tests.golden.spoil import read_table
from tests.hall.scene import Client, wait_until

SECONDS = 3
RESCUE = {"times": 1, "from_question": 2, "when_left": 2, "back": 2}


def plan(
    *, items: int = 6, ends: str = "last_question", rescue: object = None, seconds: int = SECONDS
) -> bytes:
    """The plan of 2023, its online round held question by question; one question is spare."""
    table = dict(read_table("daknong-2023"))
    rounds = table["rounds"]
    assert isinstance(rounds, list)
    (each,) = (each for each in rounds if each["key"] == "truc-tuyen")
    online = each["online"]
    first = {**online["paper"][0], "count": items, "level": ""}
    online |= {
        "pace": "together",
        "together": {"seconds": seconds, "ends": ends, "rescue": rescue or "", "spares": 1},
        "paper": [first],
        "minutes": 60,
        "grace_seconds": 0,
        "all_required": False,
        "show_result": "none",
        "prediction": "",
        "attempts": {**online["attempts"], "limit": 1, "per": "round", "periods": []},
    }
    each["ranking"] = ["points", "correct", "answer_time"]
    each["requirement"] |= {"all_correct": False}
    table["assumptions"] = []
    return write_plan(plan_from(table)).encode()


class Bell:
    """The scene with everybody in the hall."""

    def __init__(
        self, scene: Scene, entries: Sequence[Entry] | None = None, *, sealed: bool = False
    ) -> None:
        self.scene = scene
        if not sealed:
            scene.seal()
        self.sitting: Sitting = publish_sitting(
            actor=scene.an, each=scene.round, now=factories.now()
        )
        scene.hall.start()
        self.people = {
            entry.number: self.come(entry)
            for entry in (scene.entries if entries is None else entries)
        }
        self.lines = {
            line.entry.number: line.line for line in self.sitting.lines.select_related("entry")
        }
        self.right = scene.keys(self.sitting, scene.entries[0])

    def come(self, entry: Entry) -> Client:
        client = Client(self.scene.hall.port, device=entry.public_id.hex)
        assert client.enter(access_code_of(entry))[0] == 200
        body = {"device": client.device, "regulation": "1.0", "consent": "1.0", "take_over": False}
        status, reply = client.post("start", body)
        assert status == 200, reply
        assert reply["deadline_ms"] == ms(self.sitting.closes_at)  # however early they come
        client.token = str(reply["token"])
        return client

    @property
    def game(self) -> Game:
        return stand_of(self.sitting).game

    @property
    def seen(self) -> int:
        return self.game.number

    def ask(self) -> int:
        """Open the next question at once, and wait until the hall has opened it. It is the time
        that everybody waits for which is left out: the press is told to be as old as that."""
        now = max(self.sitting.opens_at, factories.now() - LEAD)
        ask(actor=self.scene.an, sitting=self.sitting, seen=self.seen, now=now)
        item = len(self.game.asked) - 1
        somebody = next(iter(self.people.values()))
        wait_until(lambda: self.is_open(somebody, item))
        return item

    @staticmethod
    def is_open(client: Client, item: int) -> bool:
        together = client.pulse()[1].get("together")
        assert isinstance(together, dict)
        shown = together.get("item")
        return isinstance(shown, dict) and shown["position"] == item and "question" in shown

    def answer(self, item: int, right: Sequence[str], wrong: Sequence[str] = ()) -> None:
        for number in right:
            assert self.people[number].save((item, self.right[item]))[0] == 200
        for number in wrong:
            assert self.people[number].save((item, (self.right[item] + 1) % 4))[0] == 200

    def announce(self) -> list[str]:
        """Announce once the hall takes no more answers; answers the numbers of those who stand."""

        def is_told() -> bool:
            try:
                announce(
                    actor=self.scene.an,
                    sitting=self.sitting,
                    seen=self.seen,
                    now=factories.now(),
                )
            except RuleViolation as violation:
                assert violation.code == "together_not_shut", violation
                return False
            return True

        wait_until(is_told)
        return self.standing()

    def standing(self) -> list[str]:
        numbers = {line: number for number, line in self.lines.items()}
        return sorted(numbers[line] for line in self.game.standing)

    def play(self, right: Sequence[str], wrong: Sequence[str] = ()) -> list[str]:
        """One whole question."""
        item = self.ask()
        self.answer(item, right, wrong)
        return self.announce()
