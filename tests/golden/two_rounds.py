"""A small case under the rules of Quảng Nam 2022, worked by hand for the desk and the verifier.

Two rounds with the prize table of the plan (1 nhat, 1 nhi, 2 ba, 3 khuyen-khich), marks without
ties. By themselves they would give an, chi, em and later khanh two prizes each:

- an keeps nhat of the first round, so nhi of the second goes on to lan;
- chi keeps nhat of the second, so ba of the first goes on, and em moves up to it;
- em would have khuyen-khich in both at first: the earlier stays, and becomes ba as said;
- khanh then gets khuyen-khich in both: the earlier stays, and nobody is left for the other.

Points for prizes: nhat 10, nhi 8, ba 6, khuyen-khich 4. People, each once over both rounds:

- M1: an, dung, lan = 3 of 4 = 75,00 %; 10 + 6 + 8 = 24. viet is barred and not among them.
- M2: binh, em, minh = 3 of 3 = 100,00 %; 8 + 6 + 6 = 20
- M3: chi, ha = 2 of 2 = 100,00 %; 10 + 4 = 14
- M4: giang, khanh, nga = 3 of 5 = 60,00 %; 4 + 4 + 6 = 14
- M5: nobody
"""

from __future__ import annotations

from typing import Final

HEADCOUNTS: Final = {"M1": 4, "M2": 3, "M3": 2, "M4": 5, "M5": 0}
UNIT_OF: Final = {
    "an": "M1",
    "binh": "M2",
    "chi": "M3",
    "dung": "M1",
    "em": "M2",
    "giang": "M4",
    "ha": "M3",
    "khanh": "M4",
    "lan": "M1",
    "minh": "M2",
    "nga": "M4",
    "viet": "M1",
}
BARRED: Final = ("viet",)
POINTS: Final[dict[str, dict[str, int]]] = {
    "dot-1": {
        "an": 300,
        "viet": 295,
        "binh": 290,
        "chi": 280,
        "dung": 270,
        "em": 260,
        "giang": 250,
        "ha": 240,
        "khanh": 230,
    },
    "dot-2": {
        "chi": 300,
        "an": 290,
        "lan": 280,
        "minh": 270,
        "em": 260,
        "nga": 250,
        "khanh": 240,
    },
}
# place, who, prize, prize left for a higher one
TABLES: Final[dict[str, list[tuple[int, str, str, str]]]] = {
    "dot-1": [
        (1, "an", "nhat", ""),
        (2, "binh", "nhi", ""),
        (3, "chi", "", "ba"),
        (4, "dung", "ba", ""),
        (5, "em", "ba", ""),
        (6, "giang", "khuyen-khich", ""),
        (7, "ha", "khuyen-khich", ""),
        (8, "khanh", "khuyen-khich", ""),
    ],
    "dot-2": [
        (1, "chi", "nhat", ""),
        (2, "an", "", "nhi"),
        (3, "lan", "nhi", ""),
        (4, "minh", "ba", ""),
        (5, "em", "", "khuyen-khich"),
        (6, "nga", "ba", ""),
        (7, "khanh", "", "khuyen-khich"),
    ],
}
LEFT: Final = {"dot-1": (), "dot-2": ("khuyen-khich",) * 3}
# place, unit, people, percent, score, decided by, prize
UNITS: Final = [
    (1, "M2", 3, "100.00", "120.00", "", "nhat"),
    (2, "M3", 2, "100.00", "114.00", "score", "nhi"),
    (3, "M1", 3, "75.00", "99.00", "score", "ba"),
    (4, "M4", 3, "60.00", "74.00", "score", "ba"),
    (5, "M5", 0, "0.00", "0.00", "score", ""),
]
