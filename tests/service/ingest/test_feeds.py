"""Feeds with the faults that Arabic feeds have."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.feeds import NotAFeed, parse, plain_text

URL = "https://news.example/feeds/all.xml"


def rss(items: str = "", channel: str = "", head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>أخبار</title>{channel}{items}</channel></rss>'


ITEM = "<item><title>وصل الوفد</title><link>/a/{0}</link><guid>g{0}</guid></item>"

FORMS = {
    "rss 2.0": rss(ITEM.format(1)),
    "rss 0.91": '<rss version="0.91"><channel><title>أخبار</title><item><title>وصل الوفد</title><link>/a/1</link></item></channel></rss>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>أخبار</title></channel><item><title>وصل الوفد</title><link>/a/1</link></item></rdf:RDF>',
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>أخبار</title><entry><id>g1</id><title>وصل الوفد</title><link href="/a/1"/></entry></feed>',
    "json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "أخبار", "items": [{"id": "g1", "title": "وصل الوفد", "url": "/a/1"}]}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    feed = parse(FORMS[form].encode(), URL)
    assert feed.title == "أخبار"
    assert [(e.title, e.link) for e in feed.entries] == [("وصل الوفد", "https://news.example/a/1")]
    assert feed.remarks == ()


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256", "utf-16"])
@pytest.mark.parametrize("label", ["utf-8", "windows-1256", "iso-8859-1", "nonsense", None])
@pytest.mark.parametrize(
    "content_type", ["application/rss+xml", "text/xml; charset=ISO-8859-1", "text/xml; charset=windows-1256"]
)
def test_wrong_labels_do_not_matter(encoding: str, label: str | None, content_type: str) -> None:
    head = "<?xml version='1.0'?>" if label is None else f'<?xml version="1.0" encoding="{label}"?>'
    feed = parse(rss(ITEM.format(1), head=head).encode(encoding), URL, content_type)
    assert (feed.title, feed.entries[0].title) == ("أخبار", "وصل الوفد")


@pytest.mark.parametrize(
    ("fault", "titles"),
    [
        (rss(ITEM.format(1) + "<item><title>ثالث & مكسور</title></item>"), ["وصل الوفد", "ثالث & مكسور"]),
        (rss(ITEM.format(1) + "<item><title>بلا نهاية"), ["وصل الوفد", ""]),
        (rss("<item><title>حرف \x0b محظور</title></item>" + ITEM.format(1)), ["حرف محظور", "وصل الوفد"]),
        ("\n\n  " + rss(ITEM.format(1)), ["وصل الوفد"]),
        ("\ufeff" + rss(ITEM.format(1)), ["وصل الوفد"]),
        (rss("<item><title>خبر&nbsp;هام</title></item>"), ["خبر هام"]),
    ],
)
def test_broken_xml_is_read_as_far_as_it_goes(fault: str, titles: list[str]) -> None:
    assert [e.title for e in parse(fault.encode(), URL).entries] == titles


def test_what_was_mended_is_told() -> None:
    [remark] = parse(rss("<item><title>أ & ب</title></item>").encode(), URL).remarks
    assert "XML is broken" in remark


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<![CDATA[<b>عاجل</b>: وصل]]>", "عاجل: وصل"),
        ("&lt;b&gt;عاجل&lt;/b&gt;", "عاجل"),
        ("&amp;quot;نص&amp;quot;", '"نص"'),
        ("5 &lt; 6", "5 < 6"),
        ("شركة &amp; شركاه", "شركة & شركاه"),
        ("  عنوان\n على سطرين ", "عنوان\nعلى سطرين"),
        ("«نص» … ١٢٪", "«نص» … ١٢٪"),
    ],
)
def test_markup_in_titles(title: str, expected: str) -> None:
    [entry] = parse(rss(f"<item><title>{title}</title></item>").encode(), URL).entries
    assert entry.title == expected


def test_the_longest_text_is_taken_with_its_paragraphs() -> None:
    item = (
        '<item><title>ع</title><description>قصير</description><content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "<![CDATA[<p>فقرة أولى<br>وسطر</p>\n<p>فقرة <a href='x'>ثانية</a></p><script>x()</script>]]></content:encoded></item>"
    )
    [entry] = parse(rss(item).encode(), URL).entries
    assert entry.text == "فقرة أولى\nوسطر\nفقرة ثانية"


def test_what_the_feed_asks_of_pollers() -> None:
    channel = "<ttl>30</ttl><skipHours><hour>1</hour><hour>23</hour><hour>99</hour></skipHours><skipDays><day>Friday</day></skipDays>"
    feed = parse(rss(channel=channel).encode(), URL)
    assert (feed.ttl_minutes, feed.skip_hours, feed.skip_days) == (30, {1, 23}, {"friday"})


def test_dates_in_words() -> None:
    [entry] = parse(
        rss("<item><title>ع</title><pubDate>٢٨ تشرين الثاني ٢٠٢٦ - ٨:١٥ م</pubDate></item>").encode(), URL
    ).entries
    assert entry.published == datetime(2026, 11, 28, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("items", "count"),
    [
        (ITEM.format(1) + ITEM.format(2), 2),
        # all entries share one identifier
        (
            "<item><guid>x</guid><link>/1</link><title>أ</title></item><item><guid>x</guid><link>/2</link><title>ب</title></item>",
            2,
        ),
        # none, and the same link
        ("<item><link>/</link><title>أ</title></item><item><link>/</link><title>ب</title></item>", 2),
        # the same entry twice
        (ITEM.format(1) + ITEM.format(1), 1),
    ],
)
def test_entries_are_told_apart(items: str, count: int) -> None:
    guids = [e.guid for e in parse(rss(items).encode(), URL).entries]
    assert len(guids) == len(set(guids)) == count


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/خبر/1", "https://news.example/خبر/1"),
        ("http://other.example/x", "http://other.example/x"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("http://[bad", None),
    ],
)
def test_links(link: str, expected: str | None) -> None:
    [entry] = parse(rss(f"<item><title>ع</title><link>{link}</link></item>").encode(), URL).entries
    assert entry.link == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!doctype html><html><body>x</body></html>", "web page"),
        (b"{}", "not a JSON Feed"),
        (b"{nonsense", "like JSON"),
        (b"", "neither RSS"),
        (b"%PDF-1.4", "document"),
        (b'{"items": [], "version": 3}', "not a JSON Feed"),
    ],
)
def test_what_is_no_feed(data: bytes, said: str) -> None:
    with pytest.raises(NotAFeed, match=said):
        parse(data, URL)


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("<>&;/bpri=\"' \nأبث"), st.characters(exclude_categories=["Cs"])),
        max_size=80,
    )
)
def test_plain_text_never_fails(markup: str) -> None:
    plain_text(markup)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damaged_bytes_are_a_feed_or_no_feed(noise: bytes, at: int) -> None:
    whole = FORMS["rss 2.0"].encode()
    with contextlib.suppress(NotAFeed):
        parse(whole[:at] + noise + whole[at:], URL)
