"""Forms as a page shows them: where they lead, and a harmless answer for all but the texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes

_DAY, _MOMENT = "2023-10-05", "2023-10-05T08:00"
_ANSWERS = {"number": "1", "date": _DAY, "datetime-local": _MOMENT, "email": "lan@example.vn"}
_TEXTS = {"text", "search", "textarea", "password"}


@dataclass
class ShownForm:
    """`texts` are the names of fields into which people type; `others` the answers to the rest."""

    action: str
    method: str
    texts: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> bytes:
        """The body of an answer with the same text in every field; halves of letters included."""
        pairs = [*self.others.items(), *((name, text) for name in self.texts)]
        return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[ShownForm] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(ShownForm(given.get("action", ""), given.get("method", "get")))
        elif tag in {"input", "textarea"} and self.found:
            self._field(given, "textarea" if tag == "textarea" else given.get("type", "text"))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and self.found and given.get("value"):
            self.found[-1].others.setdefault(self._select, given["value"])

    def _field(self, given: dict[str, str], kind: str) -> None:
        form, name = self.found[-1], given.get("name", "")
        if not name or kind == "file" or name == "csrfmiddlewaretoken":
            return
        if kind in _TEXTS:
            form.texts.append(name)
        else:
            form.others.setdefault(name, _ANSWERS.get(kind, given.get("value", "on")))


def shown_forms(page: str) -> list[ShownForm]:
    """The forms of a page that are posted and have a field for text."""
    reader = _Forms()
    reader.feed(page)
    return [form for form in reader.found if form.method.lower() == "post" and form.texts]
