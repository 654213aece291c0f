"""Words of the pages that scripts draw; they come from the catalogue like all others."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

ON_SCREENS: Words = {
    "programme": _("Programme"),
    "order": _("Running order"),
    "team": _("Team"),
    "withdrawn": _("withdrawn"),
    "all_teams": _("All teams"),
    "star": _("Star of hope"),
    "question_of": _("Question {number} of {of}"),
    "points": _("{points} points"),
    "right": _("Correct answer"),
    "no_answer": _("no answer"),
    "spoilt": _("This question is cancelled; another one takes its place."),
    "floor": _("{team} has the right to answer"),
    "presses": _("in the order of the presses"),
    "answered": _("Answered: {team}"),
    "sheets": _("{in} of {of} sheets are in"),
    "mark": _("{mark} points"),
    "nothing": _("The time limit was passed so far that this part has no marks."),
    "taken_off": _("{combined} by the jury, {off} taken off: {why}"),
    "over": _("{seconds} seconds over"),
    "under": _("{seconds} seconds under"),
    "board": _("Score board"),
    "board_empty": _("Marks are shown when a part is complete."),
    "lots_order": _("Draw of lots: order of the teams"),
    "lots_packets": _("Draw of lots: question packets"),
    "lots_heats": _("Draw of lots: which team comes into which round"),
    "heats_dealt": _("The teams go into the rounds in turn, in the order of their lots"),
    "apart_unit": _("Teams of one unit line up behind the first of them and do not meet."),
    "apart_round": _(
        "Teams that come from one round line up behind the first of them and do not meet."
    ),
    "packet": _("Packet {number}"),
    "lots_hash": _("1. The machine has locked its secret; its fingerprint is"),
    "lots_number": _("2. The number from the audience"),
    "lots_secret": _("3. The secret is opened"),
    "by_hand": _("Drawn by hand, with lots of paper"),
    "awards": _("Awards"),
    "check_lots": _("Check this draw on your phone"),
    "on_phones": _("Follow the contest on your phone"),
    "not_drawn": _("The order was not drawn yet."),
    "so_far": _("{points} points so far"),
    "parts_in_order": _("The parts, in their order: {labels}"),
    "in_minutes": _("{count} minutes"),
    "between": _("{least} to {most}"),
    "no_longer": _("at most {most}"),
    "no_shorter": _("at least {least}"),
    "may_press": _("The other teams may press to answer"),
    "vote_how": _("Open this page on your phone and choose one team."),
    "vote_failed": _("Not sent. Please try again."),
    "vote_once": _("One vote for each phone; it can be changed until voting ends."),
    "voted": _("Your vote is kept. It can be changed until voting ends."),
    "your_vote": _("your vote"),
}

ON_SEATS: Words = {
    "failed": _("This did not work. Please call the secretary."),
    "offline": _("No network. Please try again in a moment."),
    "waits": _("Waiting for the network: it will be sent by itself"),
    "waits_confirmed": _("Confirmed here; waiting for the network, it will be sent by itself"),
    "saved": _("Saved"),
    "confirmed": _("Confirmed and locked"),
    "empty": _("No mark yet"),
    "abstained": _("Not marked: {reason}"),
    "mark_wrong": _("From 0 to {maximum}, in steps of {step}."),
    "at_most": _("at most {maximum}, in steps of {step}{weight}"),
    "more": _("More: {label}"),
    "less": _("Less: {label}"),
    "lacking": _("Still without a mark: {labels}"),
    "to_mend": _("To be mended: {labels}"),
    "note": _("Notes"),
    "note_how": _(
        "At most 1,000 letters. Whoever runs the round reads them once every sheet is in;"
        " they are never published."
    ),
    "elsewhere": _("On stage: {on}. Open sheet: {open}."),
    "go_on": _("Go to the team on stage"),
    "confirm": _("Confirm the sheet"),
    "confirm_asks": _("{team}: {total} points. After confirming, the sheet is locked. Confirm?"),
    "unlock_how": _("The secretary can unlock the sheet, with a reason."),
    "abstain": _("I do not mark this team"),
    "abstain_reason": _("Reason"),
    "total": _("Total"),
    "sheets": _("Sheets"),
    "call": _("Call the secretary"),
    "called": _("The secretary has been called"),
    "nothing_yet": _("Waiting for the first team"),
    "nothing_yet_why": _("The sheet opens by itself when a team is called to the stage."),
    "on_stage": _("On stage: {team}"),
    "wait_question": _("Questions appear here by themselves."),
    "your_answer": _("your answer"),
    "press": _("Press to answer"),
}
ON_CONSOLE: Words = {
    "failed": _("This did not work. Please try again."),
    "offline": _("No network. Please try again in a moment."),
    "away": _(
        "The line to the desk is away: what you see may be old, and presses do not arrive. "
        "This page connects again by itself."
    ),
    "back": _("The line to the desk is back."),
}
ON_DRAWS: Words = {
    "draw_fits": _("Drawn again on your device: the fingerprint and the order are right."),
    "draw_differs": _(
        "Drawn again on your device, this comes out otherwise. Please tell the committee."
    ),
}

SCENES: Mapping[str, str | Promise] = {
    "emblem": _("Title"),
    "programme": _("Programme"),
    "team": _("Team"),
    "lots": _("Draw of lots"),
    "question": _("Question"),
    "clock": _("Clock"),
    "marks": _("Marks of the turn"),
    "board": _("Score board"),
    "awards": _("Awards"),
}


def plain(*tables: Words) -> dict[str, str]:
    """The texts in the language of the reader, for a script."""
    return {key: str(text) for table in tables for key, text in table.items()}
