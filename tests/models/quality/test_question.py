import pytest

from models.arabic import for_matching
from models.document import Flag
from models.quality import question


def check(source: str, target: str) -> list[Flag]:
    return question.check(source, target, for_matching(source))


@pytest.mark.parametrize(
    ("source", "target", "ar"),
    [
        ("هل استقال الوزير؟", "The minister resigned.", "؟"),
        ("«هَــل استقال الوزير؟»", '"The minister resigned."', "؟"),
        ("هَـل استقال الوزير", "The minister resigned", "هَـل"),
        ("قتل ١٢ شخصا؟", "12 people were killed", "؟"),
    ],
)
def test_lost(source: str, target: str, ar: str) -> None:
    (flag,) = check(source, target)
    assert (flag.code, flag.severity) == ("question", "major")
    assert flag.ar is not None
    assert flag.ar.of(source) == ar


@pytest.mark.parametrize(
    ("source", "target"),
    [("كان مثمرا 👏👏.", "was a rebel?"), ("«كـان الاجتماعُ مثمرا»", '"Was the meeting fruitful?"')],
)
def test_made(source: str, target: str) -> None:
    (flag,) = check(source, target)
    assert (flag.code, flag.severity) == ("question", "major")
    assert flag.en is not None
    assert flag.en.of(target) == "?"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("هل استقال الوزير؟", "Did the minister resign?"),
        ("هل استقال الوزير", "Did the minister resign?"),
        ("سأل هل استقال", "He asked whether he had resigned"),
        ("إلى أين تذهب", "Where are you going?"),
        ("من أنت", "Who are you?"),
        ("استقال الوزير.", "The minister resigned."),
        ("هلال رمضان", "the crescent of Ramadan"),
    ],
)
def test_fine(source: str, target: str) -> None:
    assert check(source, target) == []
