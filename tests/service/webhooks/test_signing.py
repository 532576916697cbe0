"""The signature against values computed with another program (`openssl dgst -sha256 -hmac`)."""

import pytest

from service.webhooks.signing import new_secret, signature


@pytest.mark.parametrize(
    ("secret", "sent", "body", "expected"),
    [
        ("whs_key", 1764363600, b'{"event":"ping"}', "a72d7adce374540c4481b90fa3ed0f91254fbe7cc1256027f9bdf94a3297e05e"),
        ("whs_key", 0, b"", "c4b9bfb052c2582add2273db24c6b1874102d885bf6795d4470c433074376739"),
        ("ثقة", 1764363600, "{\"a\":\"خبر\"}".encode(), "c49ef36b555fd2d4180e442d3e39a8cac9ec17614567975815b764c0d3ac3475"),
    ],
)  # fmt: skip
def test_signature(secret: str, sent: int, body: bytes, expected: str) -> None:
    assert signature(secret, sent, body) == f"t={sent},v1={expected}"


def test_secrets_are_long_and_never_the_same() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) == 56 and secret.startswith("whs_") for secret in made)
