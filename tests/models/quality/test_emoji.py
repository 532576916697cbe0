import pytest

from models.quality import emoji


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        ("سافر إلى لبنان ✈️ 🇱🇧", "He went to Lebanon", ["✈️ 🇱🇧"]),
        ("مبروك 🎉🚀 لكم", "Congratulations 🎉", ["🎉🚀"]),
        ("👏👏 كان مثمرا 🎉", "It was fruitful 👏", ["👏👏", "🎉"]),
        ("1️⃣ أولا", "First", ["1️⃣"]),
        ("عائلة 👨‍👩‍👧", "A family", ["👨‍👩‍👧"]),
    ],
)
def test_lost(source: str, target: str, lost: list[str]) -> None:
    flags = emoji.check(source, target)
    assert [(f.code, f.severity) for f in flags] == [("emoji_lost", "minor")] * len(lost)
    assert [f.ar.of(source) for f in flags if f.ar] == lost


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("مبروك 🎉🚀", "🚀 Congratulations 🎉"),
        ("حسنا 👍🏽", "Fine 👍"),
        ("سافر ✈️", "He left ✈"),
        ("١٢ * 3 # 4 ٪", "12 3 4"),
        ("«نعـم»", "yes"),
    ],
)
def test_kept(source: str, target: str) -> None:
    assert emoji.check(source, target) == []
