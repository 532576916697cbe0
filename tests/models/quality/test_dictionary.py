from models.arabic import for_matching
from models.quality import dictionary, stems


def test_forms_of_a_word_share_a_stem() -> None:
    forms = ["الحكومة", "حكومة", "والحكومة", "للحكومة", "حكومات"]
    assert {stems.arabic_stem(for_matching(f).text) for f in forms} == {"حكوم"}
    assert stems.english_stem("announces") == stems.english_stem("announcement")


def test_counterparts_are_found() -> None:
    covered = dictionary.coverage(
        for_matching("أعلنت الحكومة أسعار النفط"), "The government announced oil prices"
    )
    assert covered.known_ar == covered.covered_ar >= 3
    assert covered.missing.score == covered.added.score == 0
    assert covered.share_ar > 0.7


def test_a_run_without_counterpart_has_its_place_in_the_original() -> None:
    source = "أَعْلَنَتِ الحكومةُ أسعارَ النفطِ"
    covered = dictionary.coverage(for_matching(source), "The government announced")
    assert covered.missing.span.of(source) == "أسعارَ النفطِ"


def test_unknown_words_say_nothing() -> None:
    covered = dictionary.coverage(for_matching("زققزق قزقزقق"), "Xyzzy plugh")
    assert covered.known_ar == covered.known_en == 0
    assert covered.share_ar == covered.share_en == 0.5
