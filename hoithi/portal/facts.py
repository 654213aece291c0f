"""Facts of a paper in the words the public reads."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

# What is shown of an issued paper, in this order: the keys of `Document.facts`.
FACTS = {
    "name": pgettext_lazy("public", "Name"),
    "unit": pgettext_lazy("public", "Unit"),
    "prize": pgettext_lazy("public", "Prize"),
    "round": pgettext_lazy("public", "Round"),
    "contest": pgettext_lazy("public", "Contest"),
}
