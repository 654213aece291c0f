"""Ed25519 signatures, against RFC 8032 and against the library that signs."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hoithi.rules.signing import is_signed

# RFC 8032, 7.1: secret, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
            "46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
            "d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
]
MESSAGE = b"marks of a round"


@pytest.mark.parametrize(("_secret", "public", "message", "signature"), VECTORS)
def test_what_the_standard_signs_is_signed(
    _secret: str, public: str, message: str, signature: str
) -> None:
    assert is_signed(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


def signed(seed: int) -> tuple[bytes, bytes]:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return key.public_key().public_bytes_raw(), key.sign(MESSAGE)


@pytest.mark.parametrize("seed", range(8))
def test_what_the_library_signs_is_signed_and_nothing_else(seed: int) -> None:
    public, signature = signed(seed)
    assert is_signed(public, MESSAGE, signature)
    assert not is_signed(public, MESSAGE + b".", signature)
    assert not is_signed(signed(seed + 1)[0], MESSAGE, signature)


@pytest.mark.parametrize("at", [0, 31, 32, 63])
def test_a_changed_signature_is_none(at: int) -> None:
    public, signature = signed(1)
    changed = bytearray(signature)
    changed[at] ^= 1
    assert not is_signed(public, MESSAGE, bytes(changed))


def test_what_makes_no_sense_is_no_signature() -> None:
    public, signature = signed(1)
    order = 2**252 + 27742317777372353535851937790883648493
    again = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not is_signed(public, MESSAGE, signature[:32] + again)  # the same scalar, written twice
    assert not is_signed(public, MESSAGE, signature[:-1])
    assert not is_signed(public[:-1], MESSAGE, signature)
    assert not is_signed(b"\xff" * 32, MESSAGE, signature)
    assert not is_signed((2).to_bytes(32, "little"), MESSAGE, signature)  # no point of the curve
