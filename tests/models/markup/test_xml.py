"""XML with the bundled model, read again by libxml2."""

from collections import Counter

import lxml.etree
import pytest

from models import arabic
from models.markup import MarkupOptions, translate_markup
from models.pipeline import Pipeline

SNIPPETS = [
    "<d><title>أخبار</title><p id='1'>أعلن <x k=\"a>b\">الوزير</x> ذلك.</p></d>",
    "<p>زار <g id='1'>رئيس <g id='2'>الوزراء</g></g> مدينة <x id='3'/> طرابلس.</p>",
    "<?xml version='1.0'?><d xmlns:a='u'><!-- نص --><a:p>وصل <a:b>الوفد</a:b>.</a:p></d>",
    "<s><item><name>دمشق</name><name>حلب</name></item><item/></s>",
    "<p>الماء &amp; <b>الكهرباء</b> &lt;مهمان&gt; &#1580;داً.</p>",
    "<d><![CDATA[وصل الوفد إلى القاهرة.]]></d>",
    "<rss><item><title>خبر</title><description><![CDATA[<p>وصل <b>الوفد</b>.<br>ثم غادر.</p>]]></description></item></rss>",
    "<p>وصل<Br/>الوفد <BR/>إلى <b><i><u>القاهرة</u></i></b></p>",
    "<p xml:lang='ar'>وصل الوفد\n  إلى <b>القاهرة</b>\n  صباح الأحد.</p>",
    "<p>قال <ph>%s</ph> إن <b>الوضع</b> <ph>{0}</ph> صعب.</p>",
]


def paths(source: str) -> Counter[str]:
    root = lxml.etree.fromstring(source.encode(), lxml.etree.XMLParser(resolve_entities=False))
    found: Counter[str] = Counter()
    for element in root.iter():
        line = [element, *element.iterancestors()]
        names = [f"{e.tag if isinstance(e.tag, str) else e.text}{sorted(e.attrib.items())}" for e in line]
        found["/".join(reversed(names))] += 1
    return found


@pytest.mark.parametrize("source", SNIPPETS)
def test_the_tree_comes_through(source: str, starter: Pipeline) -> None:
    markup = MarkupOptions("xml", ignore_tags=("ph",))
    (result,) = translate_markup(starter.translate, [source], markup)
    assert paths(result.text) == paths(source)
    assert not arabic.has_arabic(result.text.replace("<!-- نص -->", ""))
    for kept in ("<ph>%s</ph>", "<ph>{0}</ph>", "<![CDATA[", "<?xml version='1.0'?>"):
        assert result.text.count(kept) == source.count(kept)


def test_declared_entities_stay(starter: Pipeline) -> None:
    source = "<!DOCTYPE d [<!ENTITY co 'ACME'>]><d>أعلنت شركة &co; ذلك.</d>"
    (result,) = translate_markup(starter.translate, [source], MarkupOptions("xml"))
    assert result.text.startswith("<!DOCTYPE d [<!ENTITY co 'ACME'>]><d>")
    assert result.text.count("&co;") == 1
    assert "&amp;" not in result.text
