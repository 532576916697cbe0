"""What is an e-mail address."""

import pytest

from service.mail.addresses import BadAddress, Recipients, canonical, canonical_recipient


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


@pytest.mark.parametrize(
    ("allowed", "address", "admitted"),
    [
        ([], "a@example.org", True),
        (["@Example.ORG"], "A.b@EXAMPLE.org", True),
        (["@example.org"], "a@mail.example.org", False),
        (["@example.org"], "a@badexample.org", False),
        (["desk@example.org"], "desk@Example.org", True),
        (["desk@example.org"], "DESK@example.org", False),  # what stands before the @ may tell cases apart
        (["desk@example.org", "@example.net"], "a@example.net", True),
        (["@xn--wgbh1c.example"], "a@مصر.example", True),
        (["@مصر.example"], "a@xn--wgbh1c.example", True),
    ],
)
def test_who_may_be_written_to(allowed: list[str], address: str, admitted: bool) -> None:
    recipients = Recipients(frozenset(map(canonical_recipient, allowed)))
    if admitted:
        assert recipients.canonical(address) == canonical(address)
    else:
        with pytest.raises(BadAddress, match=r"mail\.recipients"):
            recipients.canonical(address)


@pytest.mark.parametrize(
    "text", ["", "@", "example.org", "@example.org.", "@ex..org", "@localhost", "a@b", "..@x.org"]
)
def test_no_recipient(text: str) -> None:
    with pytest.raises(BadAddress):
        canonical_recipient(text)
