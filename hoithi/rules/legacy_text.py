"""Old Vietnamese encodings in files typed before Unicode: TCVN3 (.VnTime) and VNI (VNI-Times).

Such a text looks like `NguyÔn V¨n An` or `Nguyeãn Vaên An`. It is recognised and shown as it was
meant; a person confirms. Letter tables: TCVN 5712:1993, and the VNI keyboard's marks.
"""

from __future__ import annotations

import re
import unicodedata

_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ§¡¢£¤¥¦",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĐĂÂÊÔƠƯ",
        strict=True,
    )
)
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HAT = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "ñ": "đ", "ö": "ư", "ô": "ơ", "î": "ỵ"}
_VNI = re.compile(r"([aeouyöô])([ùøûõïâáàåãäêéèúüë])|([æóòñöôî])", re.IGNORECASE)
_VOWELS = re.compile(r"[aăâeêioôơuưy]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_NUCLEI = frozenset(
    """
    a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu iê iêu oa oă oe oi oo ôi ơi oai oao oay
    oeo ua uâ uây uê ui uô uôi uơ uy uya uyê uyu uă uo uao uai uau uay ue ueo ưa ưi ươ ươi ươu ưu
    yê yêu ya
    """.split()  # noqa: SIM905 - a table reads better than 69 quoted words
)
_ENCODINGS = ("tcvn3", "vni")
_LATIN_1 = 0xFF
_WESTERN = "ŠšŒœŽžŸƒ"  # Windows-1252 beyond Latin-1


def legacy_encoding(text: str) -> str:
    """`tcvn3`, `vni`, or nothing when no reading makes better Vietnamese of the text."""
    odd = {"": oddities(text)}
    for encoding in _ENCODINGS:
        odd[encoding] = oddities(from_legacy(text, encoding))
    return min(odd, key=lambda encoding: odd[encoding])


def old_reading(text: str) -> str:
    """The text as it was meant, where it is typed in an old encoding; else nothing."""
    encoding = "" if is_unicode(text) else legacy_encoding(text)
    return from_legacy(text, encoding) if encoding else ""


def is_unicode(text: str) -> bool:
    """Every letter beyond Latin-1 proves it; quotation marks and dashes of a word processor do not,
    nor does a letter that a program for Western Europe has in the place of another."""
    return any(
        ord(letter) > _LATIN_1 and letter.isalpha() and letter not in _WESTERN
        for letter in unicodedata.normalize("NFC", text)
    )


def oddities(text: str) -> int:
    """How many words cannot be Vietnamese: foreign letters, two tones, vowels that never meet."""
    return sum(_is_odd(word) for word in re.findall(r"\S+", unicodedata.normalize("NFC", text)))


def _is_odd(word: str) -> bool:
    parts = unicodedata.normalize("NFD", word.lower())
    bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    letters = re.sub(r"[0-9.,;:'()\"?/\-]", "", bare)
    if re.fullmatch(r"[a-zăâđêôơư]*", letters) is None:
        return True
    if sum(part in _TONES for part in parts) > 1:
        return True
    return any(cluster not in _NUCLEI for cluster in _VOWELS.findall(letters))


def from_legacy(text: str, encoding: str) -> str:
    """The text as it was meant, NFC; as it is when `encoding` is empty.

    Capitals of TCVN3 are a matter of the font and stay small.
    """
    if encoding == "tcvn3":
        return "".join(_TCVN3.get(letter, letter) for letter in text)
    composed = unicodedata.normalize("NFC", text)
    if not encoding:
        return composed
    return unicodedata.normalize("NFC", _VNI.sub(_meant, composed))


def _meant(match: re.Match[str]) -> str:
    """A letter with its mark, or a letter that stands for another, as it was meant."""
    if match[3]:
        small = _VNI_ALONE[match[3].lower()]
        return small.upper() if match[3].isupper() else small
    base, mark = match[1], match[2].lower()
    small = {"ö": "ư", "ô": "ơ"}.get(base.lower(), base.lower())
    if mark in _VNI_TONES:
        whole = small + _VNI_TONES[mark]
    elif mark in _VNI_HAT and small in "aeo":
        whole = small + "\u0302" + _VNI_HAT[mark]
    elif mark in _VNI_BREVE and small == "a":
        whole = small + "\u0306" + _VNI_BREVE[mark]
    else:
        whole = small + match[2]
    return whole.upper() if base.isupper() else whole
