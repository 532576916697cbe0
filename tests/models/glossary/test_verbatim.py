import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arabic import for_model
from models.document import Span
from models.glossary import Glossary, Term, verbatim
from models.glossary.verbatim import MOST
from models.quality import names


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("أعلنت منصة Megaphone ذلك", ["Megaphone"]),
        ("جمعية Offre Joie اللبنانية", ["Offre Joie"]),
        ("صحيفة The New York Times الأمريكية", ["The New York Times"]),
        ("شركة Marks & Spencer البريطانية", ["Marks & Spencer"]),
        ("بين Google، وApple؛ ثم (Meta).", ["Google", "Apple", "Meta"]),
        ("انظر https://example.org/a?b=1، أو www.example.org.", ["https://example.org/a?b=1", "www.example.org"]),
        ("اكتب إلى info@example.org اليوم", ["info@example.org"]),
        ("طائرة Boeing 737 وهاتف iPhone 15", ["Boeing", "iPhone"]),
        ("اتفاق OPEC+ الجديد", ["OPEC+"]),
        ("منظمة Human Rights Watchالنشطة", ["Human Rights Watch"]),
        ("مسافة 5 km وسعة 3 GB", []),
        ("الخيار A أو B", []),
        ("قال it was the best of times it was the worst أمس", []),
        ("لا أسماء هنا", []),
        ("زر example.com/#about أو t.me/قناة_نعم.", ["example.com/#about", "t.me/قناة_نعم"]),
        ("منظمة الصحة العالمية (WHO) وقطاع IT", []),  # "who" and "it" stand in English sentences anyway
        ("صحيفة The Times", ["The Times"]),
        (f"انظر https://example.org/{'a' * 200}", []),
        ("زوروا https://example.com/a،ثم نعم", ["https://example.com/a"]),
        ("على www.example.net؛وتابعنا على t.me/abc؟نعم", ["www.example.net", "t.me/abc"]),
        ('قال "https://t.co/Ab12"والمزيد', ["https://t.co/Ab12"]),
        ("(https://t.co/Ab12)والمزيد، https://ar.example.org/wiki/مصر_(توضيح)", [
            "https://t.co/Ab12", "https://ar.example.org/wiki/مصر_(توضيح"]),
        ("", []),
    ],
)  # fmt: skip
def test_runs(text: str, runs: list[str]) -> None:
    found = verbatim(text)
    assert [match.span.of(text) for match in found] == runs
    assert [match.term.target for match in found] == runs
    assert all(match.verbatim for match in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("قال وFacebook أيضا", "وFacebook"),
        ("نشر بـYouTube أمس", "بYouTube"),
        ("قال للFacebook أيضا", "للFacebook"),
        ("قالFacebook أيضا", "Facebook"),  # a blank is missing; nothing leans on the name
        ("وقالFacebook أيضا", "Facebook"),
        ("منصةFacebook أيضا", "Facebook"),
        ("عن Facebook أيضا", "Facebook"),
    ],
)
def test_what_leans_on_a_name_belongs_to_its_words(text: str, words: str) -> None:
    normal = for_model(text).text
    (match,) = verbatim(normal)
    assert match.words.of(normal) == words


def test_a_term_of_the_glossary_comes_first() -> None:
    text = "أعلنت شركة Google عن هاتف Pixel"
    terms = Glossary.from_terms([Term("شركة Google", "Google LLC")]).find(text)
    assert [match.term.target for match in verbatim(text, terms)] == ["Pixel"]


def test_what_has_too_many_names_is_no_prose() -> None:
    assert len(verbatim("ا Abc ب " * 1000)) == MOST


@given(st.text(st.sampled_from("ابتWVxyé1 .،-_@&+\n/:'"), max_size=60))
def test_spans_are_in_order_and_hold_names_alone(text: str) -> None:
    found = verbatim(text)
    ends = [0]
    for match in found:
        assert (
            ends[-1] <= match.words.start <= match.span.start < match.span.end == match.words.end <= len(text)
        )
        ends.append(match.span.end)
        assert any(names.must_stand(word.of(match.term.target)) for word in names.written(match.term.target))
    assert all(isinstance(match.span, Span) for match in found)
