"""What is done to the register: units register, organisers decide, entries change afterwards."""

from hoithi.entries.actions.barring import bar_entry, lift_bar
from hoithi.entries.actions.casting import save_team
from hoithi.entries.actions.changing import (
    mark_seated,
    mark_unseated,
    reissue_code,
    replace_member,
    replace_person,
    show_number,
    substitute,
    withdraw_entry,
)
from hoithi.entries.actions.checking_in import check_in, undo_check_in
from hoithi.entries.actions.deciding import (
    accept_registration,
    grant_extension,
    return_registration,
)
from hoithi.entries.actions.handing import approve_text, hand_in, return_text
from hoithi.entries.actions.registering import (
    choose_forms,
    recall_registration,
    save_list,
    submit_registration,
)
from hoithi.entries.actions.staging import discard_list, mend_list, save_staged, stage_list

__all__ = [
    "accept_registration",
    "approve_text",
    "bar_entry",
    "check_in",
    "choose_forms",
    "discard_list",
    "grant_extension",
    "hand_in",
    "lift_bar",
    "mark_seated",
    "mark_unseated",
    "mend_list",
    "recall_registration",
    "reissue_code",
    "replace_member",
    "replace_person",
    "return_registration",
    "return_text",
    "save_list",
    "save_staged",
    "save_team",
    "show_number",
    "stage_list",
    "submit_registration",
    "substitute",
    "undo_check_in",
    "withdraw_entry",
]
