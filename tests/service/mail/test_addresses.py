"""What is an e-mail address."""

import pytest

from service.mail.addresses import BadAddress, canonical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Editor.One+news@Example.ORG ", "Editor.One+news@example.org"),
        ("a@b.example", "a@b.example"),
        ("o'neill@example.org", "o'neill@example.org"),
        ("a@موقع.وزارة-الاتصالات.مصر", "a@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c"),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "a", "@", "a@", "@b.example", "a@b", "a@b..example", "a b@c.example", "a@b.example, c@d.example",
     "a@b.example\nBcc: c@d.example", "<a@b.example>", ".a@b.example", "a..b@c.example", "ليلى@b.example",
     "a@-b.example", "a@127.0.0.1", "a@[127.0.0.1]", "x" * 65 + "@b.example", "a@" + "b" * 64 + ".example",
     "a@" + ".".join(["b" * 60] * 5), "a@b.example\x00"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        canonical(text)
    assert str(caught.value)
