"""One question at a time: who stands, who comes back, who wins."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import KeysFile, draw, read_keys, read_questions
from hoithi.rules.scoring import Effect, Ruling, right_options
from hoithi.rules.together import (
    Announced,
    AnyEvent,
    Asked,
    Cancelled,
    Ended,
    Game,
    Given,
    Player,
    Rescue,
    Rescued,
    Together,
    faced,
    fold,
    play,
    points_of,
    read_event,
    winners,
    write_event,
)
from tests.rules.test_paper import package

RULE = Together(10, "last_question", Rescue(2, 3, 2, 2))
RIGHT = [frozenset({0})] * 8
Table = dict[int, list[Given | None]]


def asked(item: int) -> Asked:
    return Asked(item, item * 20_000, item * 20_000 + 10_000)


def answers(table: dict[int, str], took_ms: int = 1000) -> Table:
    """Of each line a letter a question: r right, w wrong, - none."""
    return {
        line: [
            None if letter == "-" else Given(int(letter == "w"), at * 20_000 + took_ms * line)
            for at, letter in enumerate(letters)
        ]
        for line, letters in table.items()
    }


class Hand:
    """The desk of a test: it announces what follows from the answers."""

    def __init__(self, table: Table, rule: Together = RULE, items: int = 8) -> None:
        self.table, self.game, self.events = table, Game(rule, items), list[AnyEvent]()

    def press(self, event: AnyEvent) -> None:
        self.game.take(event)
        self.events.append(event)

    def go_on(self) -> tuple[list[int], list[int]]:
        """Ask the next question and announce it; answers who stands and who went out."""
        item = len(self.game.asked)
        before = play(self.events, self.table, RIGHT).standing
        self.press(asked(item))
        trial = [*self.events, Announced(item, [0], [], [])]
        stay = play(trial, self.table, RIGHT).told[item]
        told = Announced(item, [0], sorted(stay), sorted(before - stay))
        self.press(told)
        return told.standing, told.out


def test_a_round_by_hand() -> None:
    """Worked out on paper (docs/rules/together.md): five people, a rescue, one is left."""
    table = answers({1: "rrrrr-", 2: "rrwrrr", 3: "rw-r--", 4: "w----r", 5: "rrrw--"})
    hand = Hand(table, items=6)
    assert hand.go_on() == ([1, 2, 3, 5], [4])
    assert hand.go_on() == ([1, 2, 5], [3])
    assert hand.go_on() == ([1, 5], [2])
    # Three were asked and two stand: the rescue brings back the last two who went out, 2 and 3.
    assert hand.game.rescued_now() == [2, 3]
    hand.press(Rescued([2, 3]))
    assert hand.go_on() == ([1, 2, 3], [5])
    assert hand.go_on() == ([1, 2], [3])
    assert hand.go_on() == ([2], [1])
    played = play(hand.events, table, RIGHT)
    assert played.players == {
        1: Player(5, 5, 5000),
        2: Player(6, 5, 10_000),
        3: Player(4, 2, 6000),
        4: Player(0, 0, 0),
        5: Player(3, 3, 15_000),
    }
    assert winners(played.players, ["points"], frozenset()) == [2]
    assert winners(played.players, ["points"], frozenset({2})) == [1]
    hand.press(Ended([2]))
    assert points_of(played.players[2], Decimal("0.5")) == Decimal("3.00")


def test_a_cancelled_question_puts_nobody_out_and_brings_nobody_nearer() -> None:
    table = answers({1: "rwr", 2: "rrr", 3: "www"})
    hand = Hand(table)
    hand.go_on()
    assert hand.go_on() == ([2], [1])
    hand.press(Cancelled(1))
    assert (hand.game.standing, hand.game.out_at) == (frozenset({1, 2}), {3: 0})
    assert hand.go_on() == ([1, 2], [])
    played = play(hand.events, table, RIGHT)
    assert played.players[1] == Player(3, 2, 2000)
    assert played.players[2] == Player(3, 2, 4000)
    assert played.players[3] == Player()
    hand.press(asked(3))
    hand.press(Cancelled(3))  # also one that was not announced yet
    assert play(hand.events, table, RIGHT).players[1].stood == 4


def test_a_question_that_was_not_announced_puts_nobody_out() -> None:
    table = answers({1: "r-", 2: "w-"})
    hand = Hand(table)
    hand.go_on()
    hand.press(asked(1))
    assert play(hand.events, table, RIGHT).players == {1: Player(1, 1, 1000), 2: Player()}


def test_a_ruling_that_gives_a_question_to_all_keeps_all_in() -> None:
    table = answers({1: "rr", 2: "rw"})
    hand = Hand(table)
    hand.go_on()
    hand.go_on()
    ruled: list[frozenset[int] | None] = [frozenset({0}), None]
    played = play(hand.events, table, ruled)
    assert (played.standing, played.told[1]) == (frozenset({1, 2}), frozenset({1, 2}))
    assert played.players[2] == Player(2, 1, 2000)


def test_equals_share_the_first_place_and_quicker_right_answers_break_the_tie() -> None:
    table = answers({1: "rr", 2: "rr", 3: "r-"})
    hand = Hand(table)
    hand.go_on()
    hand.go_on()
    players = play(hand.events, table, RIGHT).players
    assert winners(players, ["points", "correct"], frozenset()) == [1, 2]
    assert winners(players, ["points", "correct", "answer_time"], frozenset()) == [1]
    assert winners({}, ["points"], frozenset()) == []


def test_a_rescue_keeps_together_who_went_out_together_and_zero_brings_back_all() -> None:
    table = answers({1: "rrr", 2: "rrw", 3: "rrw", 4: "rrw", 5: "rw", 6: "w"})
    two = Hand({line: [*row, None][:3] for line, row in table.items()})
    everybody = Hand(two.table, replace(RULE, rescue=Rescue(1, 1, 9, 0)))
    four = Hand(two.table, replace(RULE, rescue=Rescue(1, 1, 9, 4)))
    for hand in (two, everybody, four):
        for _ in range(3):
            hand.go_on()
    assert two.game.rescued_now() == [2, 3, 4]
    assert four.game.rescued_now() == [2, 3, 4, 5]
    assert everybody.game.rescued_now() == [2, 3, 4, 5, 6]


def test_a_spare_question_stands_in_for_a_cancelled_one() -> None:
    """Five questions, one of them spare: four are asked, and a fifth only for one cancelled."""
    hand = Hand(answers({1: "rrrrr", 2: "rrrrr"}), replace(RULE, spares=1), items=5)
    assert (hand.game.length, hand.game.spares_left) == (4, 1)
    for _ in range(4):
        hand.go_on()
    assert not hand.game.may_ask
    hand.press(Cancelled(3))
    assert (hand.game.length, hand.game.spares_left, hand.game.may_ask) == (5, 0, True)
    hand.go_on()
    hand.press(Cancelled(4))  # and now there is none to stand in
    assert (hand.game.length, hand.game.spares_left, hand.game.may_ask) == (5, 0, False)


def test_after_a_cancelled_question_the_next_one_need_not_wait_for_its_close() -> None:
    game = Game(RULE, 3)
    game.take(Asked(0, 1_000, 11_000))
    game.take(Cancelled(0))
    assert refused(game, Asked(1, 999, 10_999)) == "together_unfit"
    game.take(Asked(1, 4_000, 14_000))
    game.take(Announced(1, [0], [1], []))
    assert refused(game, Asked(2, 13_999, 23_999)) == "together_unfit"


def test_a_question_is_faced_by_those_who_stood_when_it_was_asked() -> None:
    table = answers({1: "rrrr", 2: "wrrr", 3: "rwrr"})
    hand = Hand(table, replace(RULE, rescue=Rescue(1, 1, 9, 0)))
    hand.go_on()
    hand.go_on()
    hand.press(Cancelled(1))
    hand.press(asked(2))
    hand.press(Cancelled(2))  # never announced: nobody knows whether all could answer it
    hand.go_on()
    hand.press(Rescued([2]))
    hand.press(asked(4))
    told = faced(hand.game.rule, 8, hand.events, table)
    assert told == {1: {0, 1, 3}, 2: {0}, 3: {0, 1, 3}}


def refused(game: Game, event: AnyEvent) -> str:
    before = (game.number, len(game.asked), game.standing, dict(game.out_at), game.pending)
    with pytest.raises(RuleViolation) as raised:
        game.take(event)
    assert before == (game.number, len(game.asked), game.standing, game.out_at, game.pending)
    return raised.value.code


def test_what_is_out_of_turn_is_refused_and_changes_nothing() -> None:
    game = Game(RULE, 3)
    assert refused(game, Announced(0, [0], [], [])) == "together_nothing_asked"
    assert refused(game, Cancelled(0)) == "together_nothing_asked"
    assert refused(game, Ended([])) == "together_nothing_asked"
    assert refused(game, Rescued([])) == "together_no_rescue"
    assert refused(game, asked(1)) == "together_unfit"
    assert refused(game, Asked(0, 0, 9_000)) == "together_unfit"
    game.take(asked(0))
    assert refused(game, asked(1)) == "together_waits"
    assert refused(game, Ended([])) == "together_waits"
    assert refused(game, Announced(1, [0], [], [])) == "together_unfit"
    assert refused(game, Announced(0, [0], [1], [1])) == "together_unfit"
    game.take(Announced(0, [0], [1, 2], [3]))
    assert refused(game, Cancelled(1)) == "together_unfit"
    assert refused(game, Asked(1, 5_000, 15_000)) == "together_unfit"
    game.take(asked(1))
    assert refused(game, Announced(1, [0], [1], [3])) == "together_unfit"
    game.take(Announced(1, [0], [1], [2]))
    assert refused(game, Rescued([2])) == "together_no_rescue"  # not before three were asked
    game.take(asked(2))
    game.take(Announced(2, [0], [1], []))
    assert refused(game, asked(3)) == "together_decided"
    assert refused(game, Rescued([3])) == "together_unfit"
    game.take(Rescued([2, 3]))
    game.take(Ended([1]))
    assert refused(game, Ended([1])) == "together_over"


def test_one_left_is_the_end_where_the_plan_says_so() -> None:
    one = Hand(answers({1: "rr", 2: "w"}), replace(RULE, ends="one_left"))
    last = Hand(answers({1: "rr", 2: "w"}))
    for hand in (one, last):
        hand.table[2].append(None)
        hand.go_on()
    assert (one.game.may_ask, last.game.may_ask) == (False, True)
    nobody = Hand(answers({1: "w"}))
    nobody.go_on()
    assert not nobody.game.may_ask


def test_no_more_rescues_than_the_plan_has() -> None:
    hand = Hand(answers({1: "w-------"}), replace(RULE, rescue=Rescue(1, 1, 9, 0)))
    hand.go_on()
    may = [hand.game.may_rescue]
    hand.press(Rescued([1]))
    hand.go_on()
    assert [*may, hand.game.may_rescue] == [True, False]
    none = Hand(answers({1: "w"}), replace(RULE, rescue=None))
    none.go_on()
    assert (none.game.may_rescue, none.game.rescued_now()) == (False, [])


@given(
    st.lists(st.text("rw-", min_size=8, max_size=8), min_size=1, max_size=12),
    st.lists(st.sampled_from(["go", "rescue", "cancel"]), max_size=20),
)
def test_whatever_happens_the_log_the_answers_and_the_counts_agree(
    letters: Sequence[str], presses: Sequence[str]
) -> None:
    table = answers(dict(enumerate(letters, start=1)))
    hand = Hand(table, replace(RULE, rescue=Rescue(3, 1, 100, 3)))
    for press in presses:
        if press == "go" and hand.game.may_ask:
            hand.go_on()
        elif press == "rescue" and hand.game.may_rescue:
            hand.press(Rescued(hand.game.rescued_now()))
        elif press == "cancel" and hand.game.may_cancel:
            hand.press(Cancelled(len(hand.game.asked) - 1))
    game, played = hand.game, play(hand.events, table, RIGHT)
    if game.has_standing:
        assert game.standing == played.standing
        assert game.standing | game.out_at.keys() == table.keys()
        assert not game.standing & game.out_at.keys()
    asked_so_far = len(game.asked)
    for line, player in played.players.items():
        assert 0 <= player.correct <= player.stood <= asked_so_far
        assert (
            (player.stood == asked_so_far)
            or line not in played.standing
            or not asked_so_far
            or (line in game.back)
        )
    first = winners(played.players, ["points"], frozenset())
    assert all(player.stood <= played.players[first[0]].stood for player in played.players.values())
    assert fold(hand.game.rule, 8, [read_event(write_event(each)) for each in hand.events]) == game


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_text_but_that_of_an_event_is_read(content: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_event(content.decode("utf-8", "replace"))


def test_the_right_positions_of_the_common_paper_follow_keys_and_rulings() -> None:
    made = package()
    questions = read_questions(made.questions)
    keys: KeysFile = read_keys(made.keys)
    paper = draw(questions, bytes(16), 1)
    right = right_options(questions, keys, paper)
    for place, options in zip(paper, right, strict=True):
        item = questions.file.items[place.item]
        assert options is not None
        assert [item.options[place.order[at]][:4] for at in options] == ["đúng"]
    first = questions.file.items[paper[0].item].id
    second = questions.file.items[paper[1].item].id
    other = paper[1].order[2]
    ruled = right_options(
        questions,
        keys,
        paper,
        [Ruling(first, Effect.DROP), Ruling(second, Effect.ACCEPT_ALSO, other)],
    )
    assert ruled[0] is None
    assert ruled[1] == (right[1] or frozenset()) | {2}


def test_every_attempt_of_every_line_has_the_common_paper() -> None:
    made = package()
    questions = read_questions(made.questions)
    together = read_questions(
        made.questions.replace(
            b'"policy":{',
            b'"policy":{"together":{"ends":"last_question","rescue":null,"seconds":10},',
        )
    )
    assert draw(together, bytes(16), 1) == draw(together, bytes(16), 2)
    assert draw(questions, bytes(16), 1) != draw(questions, bytes(16), 2)
