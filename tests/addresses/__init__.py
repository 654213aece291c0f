"""The table of `tests/test_urls.py`: what every address answers to every role.

One module a room. A new address needs one row in the `ROWS` of its room:

    "contests:people": Row(get="signin 403 ... 200 200", post="signin 403 ... 200 200"),

Words of a row stand in the order of `ROLES`: a status, or `signin` for the way to the sign-in page;
`...` repeats the word before it as often as needed. A POST is sent without data. PUT, PATCH and
DELETE must answer 405 to everybody.

An address with a parameter that `scene.PARAMETERS` does not know gets its values from the function
`parameters(scene)` of its room, by the parameter's name, or by `"name:of_address.parameter"` where
one name means two things. `theirs` belongs to the other contest: nobody of ours may reach it.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLES = (
    "nobody",
    "stranger",
    "observer",
    "officer of another unit",
    "officer",
    "organiser",
    "committee",
)
SIGN_IN = "signin"


@dataclass(frozen=True, slots=True)
class Pair:
    """Values of a parameter: of the contest that the people of the table work in, and the other."""

    ours: object
    theirs: object


@dataclass(frozen=True, slots=True)
class Row:
    """Answers of one address to GET and POST, a word for each role."""

    get: str
    post: str

    def answers(self, method: str) -> dict[str, str]:
        """The expected answer for each role; of two words either will do."""
        written = {"GET": self.get, "POST": self.post}
        return _spread(written.get(method, "405 ..."))


def _spread(words: str) -> dict[str, str]:
    listed = words.split()
    if "..." in listed:
        at = listed.index("...")
        listed[at : at + 1] = [listed[at - 1]] * (len(ROLES) - len(listed) + 1)
    return dict(zip(ROLES, listed, strict=True))
