"""Summaries over all articles of a story."""

from models.document import Source
from models.stories.summary import StoryOptions, Stretch, summarize

LEAD = "اندلع حريق كبير في مستودع للأخشاب بمدينة طرابلس وأصيب سبعة عمال بحروق متفاوتة."
CORRECTED = "اندلع حريق كبير في مستودع للأخشاب بمدينة طرابلس وأصيب تسعة عمال بحروق متفاوتة."
CAUSE = "وقال قائد فوج الإطفاء إن ماسا كهربائيا تسبب في اشتعال النيران داخل المخزن ليلا."
HELP = "وطلب المحافظ من سكان الأبنية المجاورة مغادرة بيوتهم خشية انهيار أحد الجدران المتصدعة."
CROWD = "وشاركت عشرون سيارة إطفاء من بيروت وعكار في العملية التي انتهت عند الظهر."
FOLLOW = "تابعونا على فيسبوك"


def article(name: str, *sentences: str, cut: bool = False) -> list[Stretch]:
    found, start = [], 0
    for n, text in enumerate(sentences):
        found.append(Stretch(name, Source(n, start, start + len(text)), n, text, f"EN:{text}", cut=cut))
        start += len(text) + 1
    return found


def test_what_all_say_comes_once_with_every_place() -> None:
    stretches = article("a", LEAD, CAUSE) + article("b", LEAD, HELP) + article("c", HELP, LEAD)
    found = summarize(stretches, "حريق في طرابلس")
    texts = [sentence.stretch.ar for sentence in found]
    assert len(texts) == len(set(texts))
    assert set(texts) == {LEAD, CAUSE, HELP}
    [lead] = [sentence for sentence in found if sentence.stretch.ar == LEAD]
    assert sorted((s.article, s.source.segment) for s in lead.sources) == [("a", 0), ("b", 0), ("c", 1)]
    assert lead.sources[0] == lead.stretch
    assert lead.stretch.en == f"EN:{LEAD}"


def test_a_correction_replaces_what_it_corrects() -> None:
    found = summarize(article("a", LEAD, CAUSE) + article("b", CORRECTED, CAUSE), "حريق")
    texts = [sentence.stretch.ar for sentence in found]
    assert CORRECTED in texts
    assert LEAD not in texts


def test_a_cut_version_is_not_quoted_before_the_whole() -> None:
    short = LEAD[: LEAD.rindex(" ")]
    found = summarize(article("a", LEAD, CAUSE) + article("b", short, cut=True), "حريق")
    assert [(s.stretch.article, [p.article for p in s.sources]) for s in found] == [
        ("a", ["a", "b"]),
        ("a", ["a"]),
    ]
    assert found[0].stretch.ar == LEAD
    only = summarize(article("b", short, cut=True) + article("c", short, cut=True), "حريق")
    assert [place.article for place in only[0].sources] == ["b", "c"]


def test_what_is_said_alike_is_quoted_where_it_stood_first() -> None:
    stretches = article("a", LEAD, CAUSE) + article("b", CORRECTED, CAUSE) + article("c", CORRECTED, CAUSE)
    found = {sentence.stretch.ar: sentence for sentence in summarize(stretches, "حريق")}
    assert [place.article for place in found[CORRECTED].sources] == ["b", "a", "c"]
    assert [place.article for place in found[CAUSE].sources] == ["a", "b", "c"]


def test_the_number_of_sentences_is_kept_and_furniture_stays_out() -> None:
    stretches = article("a", LEAD, FOLLOW, CAUSE, HELP, CROWD)
    found = summarize(stretches, None, StoryOptions(sentences=2))
    assert len(found) == 2
    assert found[0].stretch.ar == LEAD
    assert FOLLOW not in [s.stretch.ar for s in summarize(stretches, None)]


def test_a_story_of_nothing_but_furniture_has_that() -> None:
    assert [s.stretch.ar for s in summarize(article("a", FOLLOW), None)] == [FOLLOW]
    assert summarize([], None) == []
