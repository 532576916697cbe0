import pytest

from models.quality import english_numbers


def certain(text: str, kind: str = "number") -> list[tuple[str, set[float]]]:
    found = [m for m in english_numbers.mentions(text) if m.kind == kind and m.certain]
    return [(m.span.of(text), set(m.values)) for m in sorted(found, key=lambda m: m.span.start)]


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("650,000 pounds", "650,000", 650_000),
        ("1.1 billion pounds", "1.1 billion", 1.1e9),
        ("a 2.5-million grant", "2.5-million", 2.5e6),
        ("twenty-five thousand two hundred and three", "twenty-five thousand two hundred and three", 25_203),
        ("one hundred and one seats", "one hundred and one", 101),
        ("two and a half million people", "two and a half million", 2.5e6),
        ("two and a quarter billion euros", "two and a quarter billion", 2.25e9),
        ("half a million refugees", "half a million", 5e5),
        ("a quarter of a million", "quarter of a million", 2.5e5),
        ("Sixty-three graves", "Sixty-three", 63),
        ("the 21st of the month", "21st", 21),
        ("nineteen days", "nineteen", 19),
        ("a thousand", "thousand", 1000),
        ("٤٦ deals", "٤٦", 46),
    ],
)
def test_a_number_is_read_as_one(text: str, written: str, value: float) -> None:
    assert certain(text) == [(written, {value})]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("the 1990s", {90, 1990}),
        ("$5bn", {5, 5e9}),
        ("$5M", {5, 5e6}),
        ("the 2023/24 season", {2023}),
        ("5 to 10 thousand", {5, 5000}),
        ("five thousand and ten thousand", {5000}),
        ("3:00 p.m.", {3, 15, 300, 1500}),
    ],
)
def test_other_faithful_readings(text: str, values: set[float]) -> None:
    assert certain(text)[0][1] == values


@pytest.mark.parametrize(
    "text", ["one of them", "the first", "two sides", "dozens", "Henry VIII", "the A320", "half"]
)
def test_words_that_need_no_counterpart(text: str) -> None:
    assert certain(text) == []


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("January 14", 1),
        ("14 March", 3),
        ("May 25", 5),
        ("on December 31", 12),
        ("5th of May", 5),
        ("October", 10),
    ],
)
def test_months(text: str, month: int) -> None:
    assert [values for _, values in certain(text, "month")] == [{month}]


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("Dhul Hijjah", 112),
        ("Dhu'l-Hijja", 112),
        ("Zilhajj", 112),
        ("Thul Qadah", 111),
        ("Zulqida", 111),
        ("Rabi' ath-Thani", 104),
        ("Rabi II", 104),
        ("Rabi'ul Awal", 103),
        ("Jumada al-Akhirah", 106),
        ("Jumada I", 105),
        ("Shaaban", 108),
    ],
)
def test_hijri_months_in_every_spelling(name: str, month: int) -> None:
    assert {v for m in english_numbers.mentions(f"on 10 {name}") if m.kind == "month" for v in m.values} == {
        month
    }


@pytest.mark.parametrize("text", ["It may go", "They march on", "May God help"])
def test_words_that_only_look_like_months(text: str) -> None:
    assert certain(text, "month") == []


def test_hijri_months_are_counterparts() -> None:
    months = {
        v
        for m in english_numbers.mentions("12 Dhu al-Hijjah, Rabi al-Awwal, Jumada al-Thani")
        for v in m.values
    }
    assert {112, 103, 106} <= months


def test_weekdays() -> None:
    assert certain("on Sunday evening", "weekday") == [("Sunday", {7})]
