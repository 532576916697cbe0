import pytest

from models.quality import names
from tests.growth import growth


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("أعلنت شركة Google ذلك", "Google announced it"),
        ("أعلنت شركة google ذلك", "GOOGLE announced it"),
        ("قناة U.N. هنا", "the UN here"),
        ("على موقع Café هنا", "at Cafe here"),
        ("مسافة 5 km", "5 kilometres away"),
        ("طائرات F-16", "F16 jets"),
        ("نشر في The Guardian", "published in the Guardian"),
        ("لا أسماء هنا", "no names here"),
        ("ﻭﻗﺎﻝ ﺍﻟﻮﺯﻳﺮ ﺇﻥ", "the minister said that"),
        ("محمد ﷺ رسول ﷲ", "Muhammad the messenger of God"),
        ("راسلنا على info@example.org", "write to info@example.org"),
        ("بعد ¾ الساعة و½ كيلو", "after three quarters of an hour and half a kilo"),
        ("مدينة Москва الروسية", "the Russian city of Moscow"),
        ("قناة Al Jazeera", "the Al-Jazeera channel"),
        ("قناة Al Jazeera English", "Al-Jazeera's English channel"),
        ("قناة Al-Jazeera", "the Al Jazeera channel"),
        ("موقع Face\u00adbook", "the Facebook site"),
        ("موقع Face\u200dbook\u200f هنا", "the Facebook site"),
        ("مقهى Cafe\u0301 Noir", "the Café Noir"),
        ("شركة Ｇｏｏｇｌｅ", "Google"),
    ],
)
def test_kept(source: str, target: str) -> None:
    assert names.check(source, target) == []


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [
        ("أعلنت شركة Google ذلك", "The company announced it", "Google"),
        ("أعلنت شركة Google ذلك", "Gogle announced it", "Google"),
        ("على info@example.org", "at the address", "info@example.org"),
        ("الطريق الدولي M5", "the international road", "M5"),
        ("قناة Al Jazeera", "the Jazeera channel", "Al"),
        ("شركة Ärzte", "the company", "Ärzte"),
    ],
)
def test_lost(source: str, target: str, name: str) -> None:
    (flag,) = names.check(source, target)
    assert flag.code == "name_lost"
    assert flag.ar is not None
    assert flag.ar.of(source) == name
    assert name in flag.message


def test_a_run_of_marks_costs_its_length() -> None:
    def made(n: int) -> str:
        return "Google e" + "\u0301\u0327" * n

    assert growth(lambda target: names.check("شركة Google", target), made, 3_000) < 10
