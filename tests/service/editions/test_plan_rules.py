"""What may be a plan of digests, and in which form it is kept."""

from typing import Any

import pytest

from service.editions import plan_rules
from service.mail.addresses import Recipients

ANYONE = Recipients()
DESK = Recipients(frozenset(["@example.org"]))


@pytest.mark.parametrize(
    ("fields", "recipients", "wrong"),
    [
        ({}, None, []),
        (
            {"name": "صباح", "hours": ("07:00",), "zone": "Asia/Riyadh", "emails": (), "folder": None},
            None,
            [],
        ),
        ({"name": " "}, None, ["name"]),
        ({"name": "x" * 201}, None, ["name"]),
        ({"folder": "x" * 201}, None, ["folder"]),
        ({"hours": ()}, None, ["hours"]),
        ({"hours": ("07:00",) * 25}, None, ["hours"]),
        ({"hours": ("7:00",)}, None, ["hours"]),
        ({"zone": "posix/UTC"}, None, ["zone"]),
        ({"zone": "Asia/Riyad"}, None, ["zone"]),
        ({"emails": ("a@example.org",)}, None, ["emails"]),
        ({"emails": ("a@example.org",)}, ANYONE, []),
        ({"emails": ("a@example.org",) * 51}, ANYONE, ["emails"]),
        ({"emails": ("a@example.org", "b@example.net", "c")}, DESK, ["emails", "emails"]),
        ({"name": "", "zone": "Mars", "hours": ("noon",)}, None, ["name", "hours", "zone"]),
    ],
)
def test_what_is_wrong(fields: dict[str, Any], recipients: Recipients | None, wrong: list[str]) -> None:
    assert [one.field for one in plan_rules.wrong(fields, recipients)] == wrong


def test_a_wrong_address_is_named() -> None:
    [one] = plan_rules.wrong({"emails": ("a@example.org", "b@example.net")}, DESK)
    assert one.at == 1
    assert "b@example.net" in one.reason
    assert "mail.recipients" in one.reason


def test_the_form_that_is_kept() -> None:
    fields = {
        "name": " صباح ",
        "hours": ("18:00", "07:00", "18:00"),
        "emails": ("A@Example.org", "A@example.ORG"),
    }
    assert plan_rules.tidy(fields) == {
        "name": "صباح", "hours": ("07:00", "18:00"), "emails": ("A@example.org",),
    }  # fmt: skip
