"""What is done to the register: units register, organisers decide, entries change afterwards."""

from hoithi.entries.actions.changing import (
    reissue_code,
    replace_member,
    replace_person,
    show_number,
    withdraw_entry,
)
from hoithi.entries.actions.deciding import (
    accept_registration,
    grant_extension,
    return_registration,
)
from hoithi.entries.actions.registering import (
    choose_forms,
    recall_registration,
    save_list,
    submit_registration,
)

__all__ = [
    "accept_registration",
    "choose_forms",
    "grant_extension",
    "recall_registration",
    "reissue_code",
    "replace_member",
    "replace_person",
    "return_registration",
    "save_list",
    "show_number",
    "submit_registration",
    "withdraw_entry",
]
