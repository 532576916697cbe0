"""Which words fall together, and which must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.query import tokens
from models.query.cores import core

#: Forms of one word, in each line.
TOGETHER = """
وزير الوزير والوزير للوزير بالوزير فالوزير كالوزير لوزير ووزير بوزير وبالوزير وللوزير ولوزير وزيرنا وزيرهم وزيرها وزيرهما وزيرا
حكومة الحكومة والحكومة للحكومة بالحكومة حكومته حكومتها حكومتهم حكومتنا وحكومته لحكومتها بحكومتها حكومه
وزارة الوزارة ووزارة لوزارة بوزارة وزارته وزارتها وبوزارتها
رئيس الرئيس والرئيس للرئيس رئيسها رئيسهم رئيسا لرئيس برئيس ورئيس
وكالة الوكالة للوكالة وكالتها وكالته لوكالة بوكالة والوكالة
مدينة بمدينة للمدينة مدينتهم مدينتنا ومدينة
لبنان ولبنان بلبنان للبنان لبنانا
لجنة اللجنة للجنة ولجنة لجنتها
ليبيا وليبيا لليبيا بليبيا
فلسطين وفلسطين لفلسطين بفلسطين
باريس وباريس بباريس لباريس
ألمانيا وألمانيا لألمانيا بألمانيا
الماني الألماني والألماني
زيلينسكي لزيلينسكي وزيلينسكي بزيلينسكي
الله والله بالله
سيعلن يعلن وسيعلن ويعلن
سوق السوق بسوق لسوق وسوق سوقها
بيت البيت بيتها بيتهم وبيتهم ببيت لبيتهم
حياة الحياة حياتها حياتهم بحياة
قوات القوات قواتها لقوات وقواتهم
برنامج برنامجا برنامجها البرنامج ببرنامج
بطاقات البطاقات وبطاقات بطاقاتهم
سنتين السنتين وسنتين بسنتين
والده ووالده لوالده
country countries Country
minister ministers
party parties
church churches
movie movies
""".strip().splitlines()

#: Different words, in each line: what the first one loses by rule would be the other.
APART = """
ولد لد
بلد لد
كتاب تاب
وزير زير
فلسطين لسطين
لبنان بنان
باريس اريس
والي لي
واشنطن اشنطن
بحيرة حيرة
بطولة طولة
بطاقة طاقة
بطاقات طاقات
كفالة فالة
فعالية عالية
بحرية حرية
لازمة أزمة
كلام لام
فريق ريق
وصل صل
وفاة فاة
وقف قف
وقت قت
فيلم يلم
فقر قر
لقاء قاء
بيان يان
بناء ناء
كأس أس
لوسيل سيل
الإلغاء غاء
الألغام غام
الألعاب عاب
الآن إن
الله له
إلى لي
التي تي
والدة دة
سوريا سوري
روسيا روسي
روما روم
ملاكم ملا
درهم در
تفاهم تفا
محاكم محا
حاكم حا
يساهم يسا
مواطنا مواط
قانونا قانو
وحدة حدة
ساعة ساع
سياسة ياسة
سيارة يارة
سيناء يناء
سنوات نوات
وكالة كالة
بارد أرد
كوريا وريا
سيد يد
جامعة جامع
مدرسة مدرس
news new
paris pari
hamas hama
series serie
species specie
texas texa
police polic
glass glas
""".strip().splitlines()


def core_of(word: str) -> str:
    [token] = tokens(word)
    return token


@pytest.mark.parametrize("line", TOGETHER)
def test_forms_of_a_word_fall_together(line: str) -> None:
    found = {word: core_of(word) for word in line.split()}
    assert len(set(found.values())) == 1, found


@pytest.mark.parametrize("line", APART)
def test_different_words_stay_apart(line: str) -> None:
    one, other = line.split()
    assert core_of(one) != core_of(other)


ARABIC = st.text("ابتجحدرزسشطعفقكلمنهويء", min_size=1, max_size=9)


@given(st.one_of(ARABIC, st.text("opsiechxyz", min_size=1, max_size=9)))
def test_the_core_of_a_core_is_itself(word: str) -> None:
    assert core(core(word)) == core(word)


NAMES = st.text("تجحخدذرزشصضطظعغقء", min_size=4, max_size=9)


@given(NAMES, st.sampled_from(["و", "ال", "وال", "بال", "فال", "كال", "لل", "ولل", "ب", "ل", "وب", "ول"]))
def test_what_leans_on_a_word_that_nobody_listed_comes_off(name: str, front: str) -> None:
    assert core(front + name) == core(name)


def test_a_word_without_an_end_takes_no_time() -> None:
    assert core("و" * 100_000) == "و" * 100_000
