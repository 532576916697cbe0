import pytest

from models.arabic import for_matching
from models.document import Flag
from models.quality import negation


def check(source: str, target: str) -> list[Flag]:
    return negation.check(source, target, for_matching(source))


@pytest.mark.parametrize(
    ("source", "target", "word"),
    [
        ("أكد الرئيس أنه لن يستقيل", "The president confirmed that he would resign", "لن"),
        ("لَنْ يستقيل", "He will resign", "لَنْ"),
        ("لـــن يستقيل", "He will resign", "لـــن"),
        ("ﻟﻦ يستقيل", "He will resign", "ﻟﻦ"),
        ("ولم يستقل", "and resigned", "ولم"),
        ("الوضع ليس خطيرا", "The situation is dangerous", "ليس"),
        ("لا توجد مياه في ١٢ قرية", "There is water in 12 villages", "لا"),
        ("«لا شيء يأتي مجانا»", '"Everything is given"', "لا"),
        ("نفى المتحدث سقوط قتلى", "The spokesman confirmed deaths", "نفى"),
        ("ونَفَت الوزارة سقوط ٣ قتلى", "The ministry confirmed 3 deaths", "ونَفَت"),
    ],
)
def test_lost(source: str, target: str, word: str) -> None:
    (flag,) = check(source, target)
    assert (flag.code, flag.severity) == ("negation", "major")
    assert flag.ar is not None
    assert flag.ar.of(source) == word


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("لن يستقيل", "He will not resign"),
        ("لن يستقيل", "He won’t resign"),
        ("لن يستقيل", "He can't resign"),
        ("لم يحضر سوى ثلاثة", "Three came"),
        ("لم يأت إلا ثلاثة", "Three came"),
        ("لا يزال في منصبه", "He is in office"),
        ("لا بد أن يستقيل", "He must resign"),
        ("لم يتمكن من الحضور", "He was unable to come"),
        ("لم يكن واضحا", "It was unclear"),
        ("ما لا يقل عن ٣ قتلى", "At least 3 dead"),
        ("لم فعلت ذلك؟", "Why did you do that?"),
        ("نفت الوزارة الخبر", "The ministry denied the news"),
        ("نفت الوزارة الخبر", "The ministry refuted the news"),
        ("في المنفى", "in exile"),
        ("النفط والغاز", "oil and gas"),
        ("بلدة لا كونت", "The town of La Conte"),
    ],
)
def test_kept_or_said_otherwise(source: str, target: str) -> None:
    assert check(source, target) == []
