"""The headline in a page's title, by cases."""

import pytest

from service.monitor import headline


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("خطة لبناء المدارس", "خطة لبناء المدارس"),
        ("خطة لبناء المدارس - شبكة الفرات", "خطة لبناء المدارس"),
        ("شبكة الفرات | خطة لبناء المدارس | محليات", "خطة لبناء المدارس - محليات"),
        ("بغداد - البصرة: طريق جديد", "بغداد - البصرة: طريق جديد"),
        ("سعر الدولار-اليورو", "سعر الدولار-اليورو"),
        (" - شبكة الفرات & الرافدين", None),
        ("شبكة الرافدين |", None),
        ("شبكة الفرات", None),
        ("شبكة الفُرات – أخبار العراق", None),
        (" - ", None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_a_headline(title: str | None, expected: str | None) -> None:
    assert headline.of_page(title, "شبكة الفرات - أخبار العراق") == expected


def test_a_feed_without_a_title_has_no_name_to_leave_out() -> None:
    assert headline.of_page("خطة جديدة", "") == "خطة جديدة"
