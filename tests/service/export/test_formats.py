from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from models.document import Flag, Segment, Translation
from service.export import FORMATS
from service.export.as_markdown import escape
from tests.service.results import HEADLINE, PIECES, make


class Words(HTMLParser):
    """The text a browser would show, and the tags it met."""

    def __init__(self, markup):
        super().__init__()
        self.parts, self.tags = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.parts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.parts).split())


def hostile(text):
    """The result with one segment's English and Arabic replaced."""
    result = make()
    bad = Translation(Segment(0, 0, len(text), 0), text, 0.5)
    return replace(result, article=replace(result.article, text=text), translations=(bad,), sentences=())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("title", "flagged", "sentences"),
    [(True, True, True), (False, True, True), (True, False, True), (True, True, False), (False,) * 3],
)
def test_every_format_holds_the_whole_article(name, title, flagged, sentences):
    result = make(title=title, flagged=flagged, sentences=sentences)
    written = FORMATS[name].write(result)
    if name == "html":
        written = Words(written).text
    elif name == "md":
        written = Words(MarkdownIt().render(written)).text
    written = " ".join(written.split())
    for arabic, english, *_ in PIECES:
        assert arabic in written
        assert english in written
    assert ("The Arabic has ٣٥٠, the English has 530." in written) == flagged
    assert ("Check before you publish" in written) == flagged
    assert ("We will reach every village" in written.replace("“We will reach every village", "")) == sentences
    assert ("حملة تطعيم" in written) == title
    assert "The bundled starter model is small: check everything." in written
    assert "ليلى حداد" in written


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_article_is_still_a_file(name):
    empty = replace(make(title=False, sentences=False), translations=(), english="", english_spans=())
    assert FORMATS[name].write(empty).endswith("\n")


HOSTILE = [
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#60;",
    "# not a heading",
    "- not a list",
    "+ nor this",
    "1. nor this",
    "12) nor this",
    "* stars * and _lines_ and __more__ and `ticks` ``` fence",
    "[link](javascript:alert(1)) ![image](x)",
    "a | b | c",
    "~~struck~~",
    "> quoted",
    "=====",
    "---",
    ": definition",
    "back\\slash \\* done",
    "trailing\\",
    "<https://example.org/x>",
    "{{ 7*7 }} {% raw %}",
    "[^1]: note",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_hostile_text_as_text(text):
    page = Words(FORMATS["html"].write(hostile(text)))
    assert " ".join(text.split()) in page.text
    assert "script" not in page.tags
    assert "img" not in page.tags


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_renders_hostile_text_as_text(text):
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(escape(text))
    page = Words(rendered)
    assert page.text == " ".join(text.split())
    assert page.tags == ["p"]


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60))
def test_markdown_renders_any_text_as_that_text(text):
    page = Words(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(escape(text)))
    assert page.text == " ".join(text.split())
    assert set(page.tags) <= {"p"}


def test_html_needs_nothing_from_outside():
    page = FORMATS["html"].write(make())
    assert "http://" not in page
    assert "https://" not in page
    assert "src=" not in page
    assert 'dir="rtl"' in page
    assert 'lang="ar"' in page


def test_html_underlines_the_flagged_words_on_both_sides():
    page = FORMATS["html"].write(make())
    assert '<mark class="critical">٣٥٠</mark>' in page
    assert '<mark class="critical">530,000</mark>' in page


def test_html_links_lead_to_rows_that_exist():
    page = FORMATS["html"].write(make())
    for number in (1, 2):
        assert f'href="#segment-{number}"' in page
        assert f'id="segment-{number}"' in page


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("md", "- **Critical, headline: Numbers differ.** The headline has 350, its English 530."),
        ("txt", "* Critical, headline: Numbers differ. The headline has 350, its English 530."),
        ("html", '<li><a href="#headline">Headline</a>: <strong>Numbers differ</strong>'),
    ],
)
def test_the_headline_and_summary_lines_are_among_what_to_check(name, line):
    own = Flag("repetition", "major", "It says it twice.")
    result = replace(make(), title=HEADLINE)
    result = replace(result, sentences=(replace(result.sentences[1], flags=(own,)),))
    written = FORMATS[name].write(result)
    assert line in written
    assert "ummary line 1" in written
    assert "It says it twice." in written
    if name == "html":
        assert (
            '<h1 id="headline" lang="en"><mark class="critical">530,000</mark> children vaccinated</h1>'
            in written
        )
        assert 'href="#line-1"' in written
        assert 'id="line-1"' in written
