"""The worst text that people type and paste, and that programs send."""

from __future__ import annotations

import unicodedata

DECOMPOSED = unicodedata.normalize("NFD", "Hội trường Nhà văn hóa thị xã")
WORST = {
    "typed on Windows' own Vietnamese keyboard": DECOMPOSED,
    "with a NUL inside": "Hội\0 trường",
    "with half a letter": "Hội \ud800 trường",
    "from right to left": "Hội \u202e\u2066trường\u2069",
    "nothing that can be seen": "\u200b\ufeff\u2060\xad",
    "very long": "Hội trường " * 20_000,
    "lines": "Hội\r\ntrường\u2028\x85\x0b",
}
