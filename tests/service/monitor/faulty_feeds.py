"""Feeds with the faults that real Arabic feeds have, as a table: what a server sends, and what comes of it."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.service.monitor.feed_server import Page, item, rss

TEXT = "أعلنت وزارة الصحة اليوم أن حملة التطعيم ستبدأ في جميع المحافظات مطلع الشهر المقبل. " * 6
HTML = "text/html; charset=utf-8"
XML = "text/xml"
#: A host of the loopback net that the table's server doesn't serve, and nobody allows.
ELSEWHERE = "http://127.99.0.1/feed"


@dataclass(frozen=True)
class Faulty:
    """`titles` of the entries, sorted; `feed` is what the feed is called. Where they are given: `link`, `published`
    and `text` of the first entry (a link without a scheme is the feed's own host's), words of the `error`, words of a `remark` of the
    feed, the feed's `health`, the `states` of the entries. `beside`: other paths of the same host. `path`: the
    feed's own."""

    page: Page
    titles: tuple[str, ...] = ("خبر",)
    feed: str = "أخبار"
    link: str | None = None
    published: str | None = None
    text: str | None = None
    error: str | None = None
    remark: str | None = None
    health: str = "ok"
    states: tuple[str, ...] = ("translated",)
    beside: Mapping[str, Page] = field(default_factory=dict)
    path: str = "/feed"


def _document(encoding: str, *, label: str | None = "", title: str = "جريدة") -> bytes:
    """A feed in `encoding` that says it is in `label` (None: says nothing; "": the truth)."""
    said = "" if label is None else f' encoding="{label or encoding}"'
    return (
        f'<?xml version="1.0"{said}?><rss version="2.0"><channel><title>{title}</title><item><guid>1</guid>'
        f"<title>خبر</title><description>{TEXT}</description></item></channel></rss>"
    ).encode(encoding)


def _feed(*items: str, kind: str = "application/rss+xml", more: str = "", **headers: str) -> Page:
    return Page(rss(*items, more=more), kind, headers=headers)


def _dated(date: str) -> Page:
    return _feed(item(1, "خبر", TEXT, date))


def _linked(link: str) -> Page:
    return _feed(item(1, "خبر", TEXT, link=link))


def _titled(title: str) -> Page:
    return _feed(item(1, title, TEXT))


def _wrapped(head: str, tail: str = "") -> Page:
    return Page(head.encode() + rss(item(1, "خبر", TEXT)) + tail.encode())


def _json(**more: object) -> dict[str, object]:
    one = {"id": "j1", "title": "خبر", "content_text": TEXT} | more
    return {"version": "https://jsonfeed.org/version/1.1", "title": "أخبار", "items": [one]}


def _json_page(whole: object, kind: str = "application/feed+json", before: bytes = b"") -> Page:
    return Page(before + json.dumps(whole).encode(), kind)


def _old(version: str, head: str = "") -> Page:
    body = f"<title>خبر</title><link>http://127.0.0.1/1</link><description>{TEXT}</description>"
    return Page(
        f'<?xml version="1.0"?>{head}<rss version="{version}"><channel><title>أخبار</title>'
        f"<item>{body}</item></channel></rss>".encode()
    )


def _atom(inner: str, attributes: str = 'xmlns="http://www.w3.org/2005/Atom"', version: str = "") -> Page:
    return Page(
        f'<?xml version="1.0"?><feed {version} {attributes}><title>أخبار</title>{inner}</feed>'.encode(),
        "application/atom+xml",
    )


_ENTRY = f"<id>a1</id><title>خبر</title><summary>{TEXT}</summary>"
_DTD = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "خ"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">'
    '<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>'
)
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_PARAGRAPH = "<p>قال الوزير في مؤتمر صحفي إن الخطة تشمل بناء عشرين مدرسة جديدة في المناطق الريفية.</p>"
_ARTICLE = Page(f"<html><body><article><h1>خبر</h1>{_PARAGRAPH * 8}</article></body></html>".encode(), HTML)
_BARE = rss(item(1, "خبر", TEXT))
_UNDECLARED = rss(item(1, "خبر", TEXT) + '<media:thumbnail url="http://127.0.0.1/x.jpg"/>')

CHARSETS: dict[str, Faulty] = {
    "windows-1256 that says UTF-8": Faulty(Page(_document("cp1256", label="utf-8"), XML), feed="جريدة"),
    "windows-1256 that says iso-8859-1": Faulty(
        Page(_document("cp1256", label="iso-8859-1"), XML), feed="جريدة"
    ),
    "windows-1256 that says nothing": Faulty(Page(_document("cp1256", label=None), XML), feed="جريدة"),
    "windows-1256, UTF-8 in the header": Faulty(
        Page(_document("cp1256", label="windows-1256"), "text/xml; charset=utf-8"), feed="جريدة"
    ),
    "iso-8859-6": Faulty(Page(_document("iso-8859-6"), XML), feed="جريدة"),
    "UTF-16": Faulty(Page(_document("utf-16"), XML), feed="جريدة"),
    "UTF-8 that says iso-8859-1": Faulty(Page(_document("utf-8", label="iso-8859-1"), XML), feed="جريدة"),
    "an encoding that doesn't exist": Faulty(Page(_document("utf-8", label="arabic"), XML), feed="جريدة"),
    "a wrong byte in UTF-8": Faulty(
        Page(_BARE.replace("حملة".encode(), "حملة".encode() + b"\xd8", 1)), remark="damaged"
    ),
}
MARKUP: dict[str, Faulty] = {
    "white space before the declaration": Faulty(_wrapped("\n\n  ")),
    "warnings of a script before it": Faulty(
        _wrapped("<br />\n<b>Warning</b>: x in /a.php on line 3<br />\n")
    ),
    "a script after it": Faulty(_wrapped("", "\n<!-- cached --><script>x()</script>")),
    "ampersands in links": Faulty(_linked("http://127.0.0.1/?a=1&b=2"), link="http://127.0.0.1/?a=1&b=2"),
    "entities of HTML": Faulty(_titled("خبر&nbsp;&laquo;أول&raquo;&hellip;"), ("خبر «أول»…",)),
    "tags that aren't closed": Faulty(
        _feed(item(1, "خبر", TEXT) + "<content><p>x<br></content>", item(2, "ثان", TEXT)),
        ("ثان", "خبر"),
        states=("translated",) * 2,
    ),
    "a prefix that isn't declared": Faulty(Page(_UNDECLARED)),
    "entities that grow": Faulty(
        Page(_DTD.encode() + rss(item(1, "خبر", TEXT), item(2, "&f;", TEXT)).partition(b"?>")[2]),
        ("&f;", "خبر"),
        states=("translated",) * 2,
    ),
    "entities from files": Faulty(
        Page(_OUTSIDE.encode() + rss(item(1, "خبر &x;", TEXT)).partition(b"?>")[2]), ("خبر &x;",)
    ),
    "zero bytes": Faulty(Page(_BARE.replace(b"</title>", b"\x00</title>"))),
    "carriage returns": Faulty(Page(_BARE.replace(b"><", b">\r\n\t<"))),
    "titles escaped twice": Faulty(_titled("&amp;lt;b&amp;gt;خبر&amp;lt;/b&amp;gt;")),
    "titles with a script": Faulty(_titled("<![CDATA[خبر<script>alert(1)</script>]]>")),
    "titles with a picture": Faulty(_titled("<![CDATA[<img src='/x.png'/> خبر]]>")),
    "titles with marks of direction": Faulty(_titled("\u200fخبر\u200e"), ("\u200fخبر\u200e",)),
    "titles in presentation forms": Faulty(_titled("ﺧﺒﺮ"), ("ﺧﺒﺮ",)),
    "titles over many lines": Faulty(_titled("\n   خبر\n\t أول  \n"), ("خبر\nأول",)),
    "text in HTML": Faulty(
        _feed(item(1, "خبر", f"<![CDATA[<div><p>{TEXT}</p><ul><li>بند</li></ul></div>]]>")),
        text=f"{TEXT.strip()}\nبند",
    ),
    "the text beside its summary": Faulty(
        _feed(
            item(1, "خبر", "موجز")
            + f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
            f"<![CDATA[<p>{TEXT}</p>]]></content:encoded>"
        ),
        text=TEXT.strip(),
    ),
}
DATES: dict[str, Faulty] = {
    "months of the Levant": Faulty(
        _dated("السبت، 21 تشرين الثاني 2026 10:00"), published="2026-11-21T10:00:00Z"
    ),
    "months of Egypt": Faulty(_dated("السبت 21 نوفمبر 2026 - 10:00"), published="2026-11-21T10:00:00Z"),
    "months of Algeria": Faulty(_dated("21 أوت 2026 10:00"), published="2026-08-21T10:00:00Z"),
    "both names of a month": Faulty(_dated("21 تشرين الثاني/نوفمبر 2026"), published="2026-11-21T00:00:00Z"),
    "Arabic-Indic digits": Faulty(_dated("٢١/١١/٢٠٢٦ ١٠:٠٠"), published="2026-11-21T10:00:00Z"),
    "Persian digits": Faulty(_dated("۲۱/۱۱/۲۰۲۶ ۱۰:۰۰"), published="2026-11-21T10:00:00Z"),
    "halves of the day": Faulty(_dated("٢١ نوفمبر ٢٠٢٦ ٠٨:١٥ م"), published="2026-11-21T20:15:00Z"),
    "no zone": Faulty(_dated("2026-11-21 10:00:00"), published="2026-11-21T10:00:00Z"),
    "GMT+3": Faulty(_dated("Sat, 21 Nov 2026 10:00:00 GMT+3"), published="2026-11-21T07:00:00Z"),
    "the hour of Greenwich in words": Faulty(
        _dated("21/11/2026 10:00 غرينتش"), published="2026-11-21T10:00:00Z"
    ),
    "marks of direction in dates": Faulty(
        _dated("\u200f21 نوفمبر 2026\u200e 10:00"), published="2026-11-21T10:00:00Z"
    ),
    "the future": Faulty(_dated("Sat, 21 Nov 2065 10:00:00 GMT")),
    "a date that is none": Faulty(_dated("قبل ساعتين")),
    "the year of the Hijra": Faulty(_dated("١٢ جمادى الآخرة ١٤٤٨ هـ")),
}
LINKS: dict[str, Faulty] = {
    "a relative link": Faulty(_linked("/news/1"), link="/news/1"),
    "a link upwards": Faulty(_linked("../1.html"), link="/1.html", path="/rss/a.xml"),
    "a link without a scheme": Faulty(_linked("//127.0.0.1/1"), link="http://127.0.0.1/1"),
    "a link in Arabic": Faulty(_linked("/أخبار/خبر أول"), link="/أخبار/خبر أول"),
    "a link to a script": Faulty(_linked("javascript:void(0)")),
    "an Arabic file name": Faulty(_feed(item(1, "خبر", TEXT)), path="/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1.xml"),
    "an id for all": Faulty(
        _feed(*(item(0, f"خبر {n}", TEXT, link=f"/{n}") for n in range(3))),
        ("خبر 0", "خبر 1", "خبر 2"),
        states=("translated",) * 3,
    ),
    "an item twice": Faulty(_feed(item(1, "خبر", TEXT), item(1, "خبر", TEXT))),
    "an archive of 120": Faulty(
        _feed(
            *(
                item(
                    n, f"خبر {n:03}", TEXT, f"{n % 28 + 1:02} {('Sep', 'Oct', 'Nov')[n // 40]} 2026 08:00 GMT"
                )
                for n in range(120)
            )
        ),
        tuple(f"خبر {n:03}" for n in range(120)),
        states=("skipped",) * 70 + ("translated",) * 50,
    ),
    "a stub with its page": Faulty(
        _feed(item(1, "خبر", "أعلن الوزير خطة… اقرأ المزيد", link="/1")),
        beside={"/1": _ARTICLE},
        link="/1",
    ),
    "a stub without its page": Faulty(_feed(item(1, "خبر", "أعلن الوزير عن خطة لبناء المدارس…", link="/1"))),
    "nothing but English": Faulty(
        _feed(item(1, "The plan", "The minister said on Monday that the plan will begin soon. " * 8)),
        ("The plan",),
        states=("skipped",),
    ),
}
FORMATS: dict[str, Faulty] = {
    "RSS 0.91": Faulty(
        _old("0.91", '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x.dtd">')
    ),
    "RSS 0.92": Faulty(_old("0.92")),
    "RSS of no version": Faulty(_old("")),
    "Atom 0.3": Faulty(
        _atom(f"<entry>{_ENTRY}</entry>", 'xmlns="http://purl.org/atom/ns#"', 'version="0.3"')
    ),
    "Atom without dates and links": Faulty(_atom(f"<entry>{_ENTRY}</entry>")),
    "JSON Feed without ids": Faulty(_json_page(_json(id=None))),
    "JSON Feed in HTML": Faulty(
        _json_page(_json(content_text=None, content_html=f"<p>{TEXT}</p>")), text=TEXT.strip()
    ),
    "JSON Feed after a mark": Faulty(_json_page(_json(), before=b"\xef\xbb\xbf")),
    "JSON Feed as text": Faulty(_json_page(_json(date_published="ليس تاريخا"), "text/plain")),
    "wishes that make no sense": Faulty(
        _feed(item(1, "خبر", TEXT), more="<ttl>-5</ttl><skipHours><hour>99</hour><hour>x</hour></skipHours>")
    ),
}
SERVERS: dict[str, Faulty] = {
    "compressed": Faulty(Page(gzip.compress(_BARE), headers={"Content-Encoding": "gzip"})),
    "a bomb": Faulty(
        Page(gzip.compress(b"<rss>" + b" " * 30_000_000), headers={"Content-Encoding": "gzip"}), (), "",
        error="larger", health="failing",
    ),
    "compressed, it says": Faulty(
        Page(_BARE, headers={"Content-Encoding": "gzip"}), (), "", error="", health="failing"
    ),
    "slow": Faulty(Page(_BARE, seconds=3.5), (), "", error="seconds", health="failing"),
    "cut off by the server": Faulty(
        Page(_BARE[:-30], headers={"Content-Length": str(len(_BARE))}), (), "", error="", health="failing"
    ),
    "busy": Faulty(
        Page(status=503, headers={"Retry-After": "3600"}), (), "", error="status 503", health="failing"
    ),
    "too many requests": Faulty(
        Page(status=429, headers={"Retry-After": "7200"}), (), "", error="status 429", health="failing"
    ),
    "broken": Faulty(Page(b"<h1>PHP Fatal error</h1>", HTML, 500), (), "", error="status 500", health="failing"),
    "not there": Faulty(Page(status=404), (), "", error="status 404", health="failing"),
    "gone": Faulty(Page(status=410), (), "", error="410", health="retired"),
    "moved for good": Faulty(
        Page(status=301, headers={"Location": "/a"}),
        beside={"/a": Page(status=308, headers={"Location": "/b"}), "/b": _feed(item(1, "خبر", TEXT))},
    ),
    "moved in a circle": Faulty(
        Page(status=302, headers={"Location": "/a"}), (), "", error="redirect", health="failing",
        beside={"/a": Page(status=302, headers={"Location": "/feed"})},
    ),
    "moved to where we don't go": Faulty(
        Page(status=302, headers={"Location": ELSEWHERE}), (), "", error="", health="failing"
    ),
    "a page that names its feed": Faulty(
        Page(b'<html><link rel="alternate" type="application/rss+xml" href="/rss"><p>x</html>', HTML),
        beside={"/rss": _feed(item(1, "خبر", TEXT))},
    ),
    "a page that names none": Faulty(
        Page(b"<html><p>x</html>", HTML), (), "", error="web page", health="failing"
    ),
    "a page for people who must log in": Faulty(
        Page(b"<html><form>x</form></html>", HTML, 403), (), "", error="status 403", health="failing"
    ),
    "nothing": Faulty(Page(b""), (), "", error="no feed", health="failing"),
    "something else": Faulty(Page(b"%PDF-1.7\n%\xe2\xe3"), (), "", error="no feed", health="failing"),
}  # fmt: skip
ALL: dict[str, Faulty] = CHARSETS | MARKUP | DATES | LINKS | FORMATS | SERVERS
