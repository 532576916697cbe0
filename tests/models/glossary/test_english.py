"""The English of a term: found in any form, put in with article, capital and possessive."""

import re
from dataclasses import replace

import pytest

from models import joining
from models.document import Span
from models.glossary import english as module
from models.glossary.english import english, indefinite, place
from models.glossary.wording import edited
from tests.growth import growth


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        ("the United Nations", "The United Nations said", ["United Nations"]),
        ("the United Nations", "a United Nations' envoy", ["United Nations"]),
        ("ISIS", "Isis and ISIS's men", ["Isis", "ISIS"]),
        ("Deir ez-Zor", "in Deir Ez Zor.", ["Deir Ez Zor"]),
        ("prime minister", "Prime ministers met", ["Prime ministers"]),
        ("al-Hol", "Balhol, al-Hola, non-al-Hol", []),
        ("March", "marching to the March", ["March"]),
        ("OPEC+", "OPEC+ said", ["OPEC+"]),
    ],
)
def test_found_in_whatever_form(target: str, text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in english(target).find(text)] == expected


@pytest.mark.parametrize(
    ("target", "written", "expected"),
    [
        ("ISIS", "Isis", "ISIS"),
        ("al-Hol", "Al-Hol", "Al-Hol"),
        ("al-Hol", "al-hol", "al-Hol"),
        ("Deir ez-Zor", "Deir Ez Zor", "Deir ez-Zor"),
        ("prime minister", "Prime Minister", "Prime Minister"),
        ("war crimes", "war crimes", "war crimes"),
        ("drone", "drones", "drones"),
    ],
)
def test_brought_into_the_glossarys_spelling(target: str, written: str, expected: str) -> None:
    assert english(target).spelled(written) == expected


@pytest.mark.parametrize(
    ("text", "word", "target", "expected"),
    [
        ("Iraq said it", "Iraq", "the United Nations", "The United Nations said it"),
        ("Iraq's army", "Iraq", "the United Nations", "The United Nations' army"),
        ("Iraq's army", "Iraq", "ISIS", "ISIS's army"),
        ("It ended. Iraq left", "Iraq", "the SDF", "It ended. The SDF left"),
        ("Gen. Iraq left", "Iraq", "al-Hol", "Gen. al-Hol left"),
        ("in northern Iraq today", "Iraq", "the Gaza Strip", "in the northern Gaza Strip today"),
        ("Northern Iraq was", "Iraq", "the Gaza Strip", "The northern Gaza Strip was"),
        ("the Iraq war", "Iraq", "the SDF", "the SDF war"),
        ("an Iraq war", "Iraq", "the SDF", "the SDF war"),
        ("An Iraq war", "Iraq", "UN", "A UN war"),
        ("a president", "president", "interim leader", "an interim leader"),
        ("its president", "president", "the prime minister", "its prime minister"),
        ("Iraq fell", "Iraq", "al-Hol", "Al-Hol fell"),
        ('"Iraq fell', "Iraq", "al-Hol", '"Al-Hol fell'),
        ("peace talks", "peace", "ceasefire", "ceasefire talks"),
        ("Peace talks", "Peace", "ceasefire", "Ceasefire talks"),
        ("Iraq's Lebanon", "Lebanon", "the Red Cross", "Iraq's Red Cross"),
        ("in Iraq camp today", "Iraq", "Neirab camp", "in Neirab camp today"),
        ("in camp Iraq", "Iraq", "Camp Bucca", "in Camp Bucca"),
        ("in Iraq camps", "Iraq", "Neirab camp", "in Neirab camp camps"),
        ("the UN Iraq Council", "Iraq", "UN Security Council", "the UN Security Council"),
        ("the Iraq food program would", "Iraq", "the World Food Programme", "the World Food Programme would"),
        ("the world foods Iraq would", "Iraq", "the World Food Programme", "the World Food Programme would"),
        ("had Without Iraq will", "Iraq", "Reporters Without Borders", "had Reporters Without Borders will"),
        ("had Iraq Without will", "Iraq", "Reporters Without Borders", "had Reporters Without Borders will"),
        ("went without Iraq", "Iraq", "Reporters Without Borders", "went without Reporters Without Borders"),
        ("capital of Iraq", "Iraq", "League of Nations", "capital of League of Nations"),
        ("in Syria Iraq said", "Iraq", "Syrian National Army", "in Syria Syrian National Army said"),
        (
            "It ended. Without Iraq",
            "Iraq",
            "Doctors Without Borders",
            "It ended. Without Doctors Without Borders",
        ),
        ("they (Iraq) said", "Iraq", "the SDF", "they (the SDF) said"),
    ],
)
def test_put_in_as_the_place_asks(text: str, word: str, target: str, expected: str) -> None:
    at = text.index(word)
    assert edited(text, [place(text, Span(at, at + len(word)), english(target))]).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spoke to the Iraq, saying", "spoke to Nawaf Salam, saying"),
        ("The Iraq said", "Nawaf Salam said"),
        ("the Iraq government", "the Nawaf Salam government"),
        ("the Iraq.", "Nawaf Salam."),
    ],
)
def test_an_article_that_belongs_to_nothing_goes(text: str, expected: str) -> None:
    at = text.index("Iraq")
    target = replace(english("Nawaf Salam"), bare=True)
    assert edited(text, [place(text, Span(at, at + 4), target)]).text == expected


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("UN", "a"),
        ("NATO", "a"),
        ("SDF", "an"),
        ("ISIS", "an"),
        ("UNICEF", "a"),
        ("European Union", "a"),
        ("MP", "an"),
        ("OPEC", "an"),
        ("unit", "a"),
        ("officer", "an"),
        ("drone", "a"),
    ],
)
def test_the_indefinite_article_goes_by_the_sound(word: str, article: str) -> None:
    assert indefinite(word) == article


@pytest.mark.parametrize("target", ["iPhone", "eBay", "xAI", "www.example.org", "info@example.org"])
def test_brands_and_addresses_keep_their_small_letter(target: str) -> None:
    text = "Xyz is here."
    assert edited(text, [place(text, Span(0, 3), english(target))]).text == f"{target} is here."


@pytest.mark.parametrize(("target", "capital"), [("al-Hol", "Al-Hol"), ("prime minister", "Prime minister")])
def test_other_terms_have_a_capital_at_the_start(target: str, capital: str) -> None:
    text = "Xyz is here."
    assert edited(text, [place(text, Span(0, 3), english(target))]).text == f"{capital} is here."


@pytest.mark.parametrize("piece", ["a", "a.", " ", "'", "“"])
@pytest.mark.parametrize("pattern", [module._BEFORE, joining.ABBREVIATED])
def test_looking_at_a_texts_end_takes_linear_time(pattern: re.Pattern[str], piece: str) -> None:
    assert growth(pattern.search, lambda n: piece * n + "\n,", 1500, 8) < 20
