"""What one report is to another, by cases."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import stories
from models.stories import Profile
from models.stories.compare import containment, cosine
from models.stories.fingerprint import SKETCH

REPORT = (
    "قال مسؤولون في محافظة أسوان إن عبارة نيلية تقل 48 راكبا غرقت صباح الاثنين أمام قرية غرب سهيل بعد اصطدامها بصندل "
    "محمل بالحجر الجيري. وأنقذ الأهالي وقوات الحماية المدنية 43 شخصا، فيما يتواصل البحث عن خمسة مفقودين بينهم طفلان. "
    "وأوضح السكرتير العام للمحافظة أن العبارة كانت تحمل ضعف العدد المسموح به."
)
MORE = (
    "وأضاف أن لجنة من النيابة والنقل النهري بدأت فحص حطام العبارة وأوراق ملكيتها وتراخيص طاقمها، وأنها ستسمع شهادات "
    "الناجين تباعا. وأعلنت وزارة التضامن صرف تعويضات عاجلة لأسر الضحايا."
)


def told(title: str, text: str) -> Profile:
    return stories.profile(stories.fingerprint(title, text), Counter(), 0)


def kind(new: str, old: str = REPORT, hours: float = 1) -> str | None:
    found = stories.compare(told("عنوان", new), told("خبر", old), hours)
    return None if found is None else found.kind


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (REPORT, "copy"),
        (REPORT.replace("قال مسؤولون", "أسوان - وكالات: أفاد مسؤولون"), "copy"),
        ("\u200f" + REPORT.replace("48", "٤٨").replace("أ", "ا").replace("ة", "ه"), "copy"),
        (REPORT.split(". ")[0] + ".", "part"),
        (REPORT.replace("43 شخصا", "42 شخصا"), "correction"),
        (REPORT.replace("48", "63").replace("43", "52").replace("خمسة", "أحد عشر"), None),
        (REPORT.replace("الاثنين", "الخميس"), None),
        ("توقعت هيئة الأرصاد أن يسود طقس معتدل على القاهرة.", None),
    ],
)
def test_versions_of_a_report(new: str, expected: str | None) -> None:
    assert kind(new) == expected


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (REPORT, "copy"),
        (REPORT.split(". ")[0] + ".", "part"),
        (f"{REPORT} {MORE}", "fuller"),
        (REPORT.split(". ")[0].replace("48", "63"), "correction"),
        (REPORT.replace("43 شخصا", "42 شخصا").replace("الاثنين", "الخميس"), "correction"),
        ("توقعت هيئة الأرصاد أن يسود طقس معتدل على القاهرة.", "related"),
        ("", "related"),
    ],
)
def test_what_a_report_is_to_the_first_of_its_story(new: str, expected: str) -> None:
    assert stories.relation(told("عنوان", new), told("خبر", REPORT)) == expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ((REPORT, "تصحيح"), (REPORT.replace("48", "63").replace("خمسة", "أحد عشر"), "خبر"), True),
        ((REPORT, "خبر"), (REPORT.split("،")[0], "عاجل"), True),  # it went on
        (("", "مقتل 7 في انفجار"), ("", "مقتل 5 في انفجار"), True),
        (("", "زلزال بقوة 6.4 يضرب اليابان"), ("", "زلزال بقوة 6.1 يضرب اليابان"), True),
        (("", "عاجل: فوز الوداد على الرجاء"), ("", "عاجل: حريق في بيروت"), False),
        ((REPORT, "عاجل"), ("خبر عاجل يتبع بعد قليل.", "عاجل"), False),
        (("", ""), (REPORT, "خبر"), False),
    ],
)
def test_whether_a_changed_report_is_still_the_same(
    new: tuple[str, str], old: tuple[str, str], expected: bool
) -> None:
    assert stories.still(told(new[1], new[0]), told(old[1], old[0])) is expected


def test_nothing_is_of_one_story_over_days() -> None:
    assert kind(REPORT, hours=47) == "copy"
    assert kind(REPORT, hours=49) is None


def test_the_nearest_story_is_chosen() -> None:
    near, far = told("خبر", REPORT), told("خبر", REPORT.split(". ")[0] + ".")
    choice = stories.choose(told("عنوان", REPORT), [("far", 1, far), ("near", 1, near)])
    assert choice is not None
    assert choice[0] == "near"
    assert stories.choose(told("عنوان", REPORT), []) is None


def test_a_long_report_and_a_part_of_it_are_known_by_their_sketches() -> None:
    """More shingles than a sketch holds."""
    words = [f"كلمه{n}" for n in range(5 * SKETCH)]
    whole, half = told("", " ".join(words)), told("", " ".join(words[: 2 * SKETCH]))
    other = told("", " ".join(f"لفظ{n}" for n in range(5 * SKETCH)))
    assert containment(whole, half) > 0.95
    assert containment(whole, other) == 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared(one: str, other: str) -> None:
    a, b = told(one, other), told(other, one)
    assert Profile.unpacked(*a.packed()).sketch == a.sketch
    assert abs(cosine(a, b) - cosine(b, a)) < 1e-9
    assert 0 <= containment(a, b) <= 1
    stories.compare(a, b, 0)
