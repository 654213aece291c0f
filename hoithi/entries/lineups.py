"""Who takes part in a round: everybody of its category, or the teams of its lineup."""

from __future__ import annotations

from hoithi.contests.models import Round
from hoithi.contests.queries import round_plan
from hoithi.entries.models import Entry, Lineup
from hoithi.entries.queries import accepted_entries
from hoithi.rules.qualifying import replaced


def field_round(each: Round) -> Round | None:
    """The first of the rounds that are drawn together with this one; none without `entrants`."""
    rule = round_plan(each).entrants
    if rule is None:
        return None
    return each.contest.rounds.select_related("contest", "category").get(key=rule.among[0])


def standing_lineup(each: Round) -> Lineup | None:
    """The lineup in force of a round, drawn or not."""
    rule = round_plan(each).entrants
    if rule is None:
        return None
    return (
        Lineup.objects.filter(contest=each.contest, round__key=rule.among[0], voided_at=None)
        .select_related("contest", "round")
        .first()
    )


def teams_by_round(lineup: Lineup) -> dict[str, tuple[str, ...]]:
    """The teams of each round by their public ids, after those that left. One query."""
    dealt = {key: tuple(entries) for key, entries in lineup.rounds.items()}
    for leaving in lineup.leavings.select_related("entry", "comes"):
        comes = leaving.comes.public_id.hex if leaving.comes else ""
        dealt = replaced(dealt, leaving.entry.public_id.hex, comes)
    return dealt


def entries_of_round(each: Round) -> list[Entry]:
    """Those who take part in a round, by their number; nobody while its lineup is not drawn."""
    accepted = accepted_entries(each.category)
    if round_plan(each).entrants is None:
        return accepted
    lineup = standing_lineup(each)
    teams = teams_by_round(lineup).get(each.key, ()) if lineup is not None else ()
    return [entry for entry in accepted if entry.public_id.hex in teams]
