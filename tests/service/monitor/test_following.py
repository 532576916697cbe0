"""Feeds with the faults of real ones, followed over the API: polled, read, translated."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.service.monitor.feed_server import FeedServer, Page, allowed, item, rss, serve
from tests.service.monitor.following import Following, following

TEXT = "أعلنت وزارة الصحة اليوم أن حملة التطعيم ستبدأ في جميع المحافظات مطلع الشهر المقبل. " * 6
HTML = "text/html; charset=utf-8"
PAGE_TEXT = "<p>قال الوزير في مؤتمر صحفي إن الخطة تشمل بناء عشرين مدرسة جديدة في المناطق الريفية.</p>" * 8
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>أتوم</title>
<link href="http://127.0.0.1/"/><entry><id>a1</id><title type="html">خبر &lt;b&gt;عاجل&lt;/b&gt;</title>
<link href="/article/1"/><updated>2026-11-20T08:00:00+03:00</updated><summary>{TEXT}</summary></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "جيسون",
    "items": [{"id": "j1", "title": "خبر", "content_text": TEXT, "date_published": "2026-11-20T08:00:00Z"}],
}
RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>قديم</title></channel>
<item rdf:about="r1"><title>خبر</title><description>{TEXT}</description></item></rdf:RDF>"""
OLD = f"""<?xml version="1.0" encoding="windows-1256"?><rss version="2.0"><channel><title>جريدة</title>
<item><guid>1</guid><title>خبر قديم الترميز</title><description>{TEXT}</description></item></channel></rss>"""
#: Name -> what the server sends, and (title of the feed, titles of its entries).
FEEDS: dict[str, tuple[Page, str, list[str]]] = {
    "plain": (Page(rss(item(1, "خبر", TEXT))), "أخبار", ["خبر"]),
    "windows-1256": (Page(OLD.encode("cp1256"), "text/xml"), "جريدة", ["خبر قديم الترميز"]),
    "label-in-header": (
        Page(
            OLD.replace(' encoding="windows-1256"', "").encode("cp1256"), "text/xml; charset=windows-1256"
        ), "جريدة", ["خبر قديم الترميز"],
    ),
    "wrong-label": (
        Page(rss(item(1, "خبر", TEXT)).replace(b"UTF-8", b"windows-1256")), "أخبار", ["خبر"],
    ),
    "wrong-header": (Page(rss(item(1, "خبر", TEXT)), "text/xml; charset=iso-8859-6"), "أخبار", ["خبر"]),
    "no-type": (Page(rss(item(1, "خبر", TEXT)), "application/octet-stream"), "أخبار", ["خبر"]),
    "broken-xml": (Page(rss(item(1, "خبر", TEXT) + "&nbsp;<b>", item(2, "ثان", TEXT))), "أخبار", ["ثان", "خبر"]),
    "cut-off": (Page(rss(item(1, "خبر", TEXT), item(2, "ثان"))[:-32]), "أخبار", ["خبر"]),
    "control-characters": (Page(rss(item(1, "خبر\x08", TEXT))), "أخبار", ["خبر"]),
    "html-titles": (
        Page(rss(item(1, "&lt;b&gt;خبر&lt;/b&gt; &amp;amp; رأي", TEXT))), "أخبار", ["خبر & رأي"],
    ),
    "cdata": (Page(rss(item(1, "<![CDATA[<i>خبر</i>]]>", f"<![CDATA[<p>{TEXT}</p>]]>"))), "أخبار", ["خبر"]),
    "no-guid": (
        Page(rss(f"<title>أ</title><description>{TEXT}</description>",
                 f"<title>ب</title><description>{TEXT}</description>")), "أخبار", ["أ", "ب"],
    ),
    "shared-guid": (Page(rss(item(1, "أ", TEXT), item(1, "ب", TEXT))), "أخبار", ["أ", "ب"]),
    "long-guid": (Page(rss(item("x" * 5000, "خبر", TEXT))), "أخبار", ["خبر"]),
    "no-title": (Page(rss(item(1, "", TEXT))), "أخبار", [""]),
    "empty-item": (Page(rss("", item(1, "خبر", TEXT))), "أخبار", ["خبر"]),
    "atom": (Page(ATOM.encode(), "application/atom+xml"), "أتوم", ["خبر عاجل"]),
    "json": (Page(json.dumps(JSON_FEED).encode(), "application/feed+json"), "جيسون", ["خبر"]),
    "rdf": (Page(RDF.encode()), "قديم", ["خبر"]),
    "moved-for-now": (Page(status=302, headers={"Location": "/target"}), "أخبار", ["خبر"]),
    "bom": (Page(b"\xef\xbb\xbf" + rss(item(1, "خبر", TEXT))), "أخبار", ["خبر"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    with serve() as running:
        for n, name in enumerate(FEEDS):
            running.put(f"127.1.0.{n + 1}", "/feed", FEEDS[name][0])
            running.put(f"127.1.0.{n + 1}", "/target", Page(rss(item(1, "خبر", TEXT))))
        for n in range(1, 31):
            running.put(f"127.2.0.{n}", "/robots.txt", Page())  # a host for each of the tests below
        yield running


@pytest.fixture(scope="module")
def service(server: FeedServer) -> Iterator[Following]:
    with following(allowed(server)) as running:
        yield running


@pytest.mark.parametrize("name", FEEDS)
def test_faults_of_real_feeds(server: FeedServer, service: Following, name: str) -> None:
    host = f"127.1.0.{list(FEEDS).index(name) + 1}"
    _, title, titles = FEEDS[name]
    feed = service.add(server.url(host, "/feed"), full_text="never")
    assert (feed["title"], feed["health"], feed["entries"]["day"]) == (title, "ok", len(titles))
    found = service.entries(feed["id"])
    assert sorted(entry["title"]["ar"] for entry in found) == titles
    for entry in found:
        assert (entry["state"], entry["remark"], entry["revision"]) == ("translated", None, 1)
        assert entry["summary"][0].startswith("EN:أعلنت وزارة الصحة")
        article = service.get(f"/v1/articles/{entry['article_id']}")
        assert article["article"]["text"].strip() == TEXT.strip()
    again = service.poll(feed["id"])
    assert (again["health"], again["entries"]["day"]) == ("ok", len(titles))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Sat, 21 Nov 2026 10:00:00 +0300", "2026-11-21T07:00:00Z"),
        ("٢١ تشرين الثاني ٢٠٢٦ - ٨:١٥ م", "2026-11-21T20:15:00Z"),
        ("السبت 21 نوفمبر 2026", "2026-11-21T00:00:00Z"),
    ],
)
def test_dates_in_words(server: FeedServer, service: Following, written: str, meant: str) -> None:
    url = server.put("127.2.0.1", f"/{hash(written)}", Page(rss(item(1, "خبر", TEXT, written))))
    [entry] = service.entries(service.add(url, full_text="never")["id"])
    assert entry["published"] == meant


def test_an_unchanged_feed_costs_one_304(server: FeedServer, service: Following) -> None:
    url = server.put("127.2.0.2", "/feed", Page(rss(item(1, "خبر", TEXT)), etag='"v1"'))
    feed = service.add(url)
    service.poll(feed["id"])
    again = service.poll(feed["id"])
    assert server.statuses("127.2.0.2", "/feed") == [200, 304, 304]
    assert (again["health"], again["failures"], again["entries"]["week"]) == ("ok", 0, 1)
    assert len(service.entries(feed["id"])) == 1


def test_a_changed_entry_is_translated_again(server: FeedServer, service: Following) -> None:
    url = server.put("127.2.0.3", "/feed", Page(rss(item(1, "خبر", TEXT), item(2, "آخر", TEXT))))
    feed = service.add(url, full_text="never")
    before = {entry["title"]["ar"]: entry for entry in service.entries(feed["id"])}
    server.put("127.2.0.3", "/feed", Page(rss(item(1, "خبر مصحح", TEXT + "تصحيح."), item(2, "آخر", TEXT))))
    service.poll(feed["id"])
    after = {entry["id"]: entry for entry in service.entries(feed["id"])}
    changed, same = after[before["خبر"]["id"]], after[before["آخر"]["id"]]
    assert same == before["آخر"]
    assert (changed["revision"], changed["title"]["en"]) == (2, "EN:خبر مصحح")
    assert service.get(f"/v1/articles/{changed['article_id']}")["article"]["text"].endswith("تصحيح.")
    assert len(after) == 2


def test_a_guid_that_changes_at_every_look_makes_no_new_entry(server: FeedServer, service: Following) -> None:
    def listed(*guids: str, text: str = TEXT) -> Page:
        titles = ("خبر", "آخر", "خبر")  # the third at an address of its own
        links = [f"http://127.2.0.18/{n}" for n in range(3)]
        return Page(rss(*map(item, guids, titles, (text, TEXT, TEXT), ("", "", ""), links)))

    url = server.put("127.2.0.18", "/feed", listed("a", "b", "c"))
    feed = service.add(url, full_text="never")
    before = service.entries(feed["id"])
    server.put("127.2.0.18", "/feed", listed("d", "e", "f"))
    service.poll(feed["id"])
    assert service.entries(feed["id"]) == before
    server.put("127.2.0.18", "/feed", listed("g", "e", "h", text=TEXT + "تصحيح."))
    service.poll(feed["id"])
    after = service.entries(feed["id"])
    assert sorted(e["id"] for e in after) == sorted(e["id"] for e in before)
    assert sorted(e["revision"] for e in after) == [1, 1, 2]


def test_another_title_or_guid_beside_the_old_one_is_another_entry(
    server: FeedServer, service: Following
) -> None:
    link = "http://127.2.0.19/live"
    url = server.put("127.2.0.19", "/feed", Page(rss(item("a", "خبر", TEXT, link=link))))
    feed = service.add(url, full_text="never")
    for listed, number in (
        ([item("b", "خبر ثان", TEXT, link=link)], 2),
        ([item("b", "خبر ثان", TEXT, link=link), item("c", "خبر ثان", TEXT, link=link)], 3),
    ):
        server.put("127.2.0.19", "/feed", Page(rss(*listed)))
        service.poll(feed["id"])
        assert len(service.entries(feed["id"])) == number


def test_one_to_an_address_too_long_to_keep_is_followed_and_not_remembered(
    server: FeedServer, service: Following
) -> None:
    old, path = server.url("127.2.0.9", "/old"), f"/{'n' * 2000}"
    server.put("127.2.0.9", "/old", Page(status=301, headers={"Location": path}))
    server.put("127.2.0.9", path, Page(rss(item(1, "خبر", TEXT))))
    answer = service.client.post("/v1/feeds", json={"url": old})
    assert (answer.status_code, answer.get_json()["url"]) == (201, old)
    for url in (server.url("127.2.0.9", path), f"http://127.2.0.9/{'é' * 1000}"):
        refused = service.client.post("/v1/feeds", json={"url": url})
        assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/url")


def test_a_permanent_redirect_is_remembered(server: FeedServer, service: Following) -> None:
    url = server.put("127.2.0.4", "/old", Page(rss(item(1, "خبر", TEXT))))
    feed = service.add(url)
    new = server.put("127.2.0.5", "/new", Page(rss(item(1, "خبر", TEXT))))
    server.put("127.2.0.4", "/old", Page(status=301, headers={"Location": new}))
    assert service.poll(feed["id"])["url"] == new
    service.poll(feed["id"])
    assert server.statuses("127.2.0.4", "/old") == [200, 301]
    assert len(service.entries(feed["id"])) == 1


def test_a_feed_that_moves_onto_another_is_retired(server: FeedServer, service: Following) -> None:
    new = server.put("127.2.0.6", "/new", Page(rss(item(1, "خبر", TEXT))))
    old = server.put("127.2.0.6", "/old", Page(rss(item(1, "خبر", TEXT))))
    service.add(new)
    feed = service.add(old)
    server.put("127.2.0.6", "/old", Page(status=301, headers={"Location": new}))
    after = service.poll(feed["id"])
    assert (after["url"], after["health"]) == (old, "retired")
    assert new in after["error"]
    assert len(service.entries(feed["id"])) == 1  # what came in before it moved


def test_gone_for_good(server: FeedServer, service: Following) -> None:
    url = server.put("127.2.0.7", "/feed", Page(rss(item(1, "خبر", TEXT))))
    feed = service.add(url)
    server.put("127.2.0.7", "/feed", Page(status=410))
    after = service.poll(feed["id"])
    assert (after["health"], after["next_poll"]) == ("retired", None)
    assert "410" in after["error"]
    assert len(service.entries(feed["id"])) == 1
    server.put("127.2.0.7", "/feed", Page(rss(item(1, "خبر", TEXT))))  # it was a slip of the publisher's
    assert service.poll(feed["id"])["health"] == "ok"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(status=500), "status 500"),
        (Page(status=404), "status 404"),
        (Page(status=503, headers={"Retry-After": "7200"}), "status 503"),
        (Page(b"<html><title>x</title></html>", HTML), "web page"),
        (Page(b"%PDF-1.7"), "no feed"),
        (Page(b"{\"a\": 1}", "application/json"), "JSON"),
        (Page(b""), "no feed"),
    ],
)  # fmt: skip
def test_failures_are_told_and_pass(server: FeedServer, service: Following, page: Page, words: str) -> None:
    path = f"/{page.status}-{hash(page.body)}"
    url = server.put("127.2.0.8", path, Page(rss(item(1, "خبر", TEXT))))
    feed = service.add(url)
    server.put("127.2.0.8", path, page)
    service.poll(feed["id"])
    after = service.poll(feed["id"])
    assert (after["health"], after["failures"]) == ("failing", 2)
    assert words in after["error"]
    wait = _seconds(after["last_poll"], after["next_poll"])
    assert (7200 if page.headers else 1200) <= wait < 7200 * 1.2
    server.put("127.2.0.8", path, Page(rss(item(1, "خبر", TEXT))))
    assert (service.poll(feed["id"])["health"], len(service.entries(feed["id"]))) == ("ok", 1)


def test_a_feed_says_how_often(server: FeedServer, service: Following) -> None:
    """Also at looks at which it hasn't changed, and so isn't read."""
    page = Page(rss(item(1, "خبر", TEXT), more="<ttl>600</ttl>"), etag='"1"')
    feed = service.add(server.put("127.2.0.9", "/feed", page))
    for _ in range(2):
        assert 36_000 <= _seconds(feed["last_poll"], feed["next_poll"]) < 36_000 * 1.2
        feed = service.poll(feed["id"])
    assert server.statuses("127.2.0.9", "/feed") == [200, 304, 304]


@pytest.mark.parametrize(("policy", "full"), [("auto", True), ("always", True), ("never", False)])
def test_the_full_text_of_a_stub(server: FeedServer, service: Following, policy: str, full: bool) -> None:
    server.put("127.2.0.10", "/1", Page(f"<article><h1>خطة</h1>{PAGE_TEXT}</article>".encode(), HTML))
    stub = item(1, "خطة جديدة", "أعلن الوزير خطة… اقرأ المزيد", link="/1")
    feed = service.add(server.put("127.2.0.10", f"/{policy}", Page(rss(stub))), full_text=policy)
    [entry] = service.entries(feed["id"])
    article = service.get(f"/v1/articles/{entry['article_id']}")["article"]
    assert ("مدرسة جديدة" in article["text"]) is full
    assert (article["title"], article["url"]) == ("خطة جديدة", server.url("127.2.0.10", "/1"))
    assert (entry["state"], entry["remark"]) == ("translated", None)


@pytest.mark.parametrize(
    ("depth", "title", "expected"),
    [
        ("summary", " - شبكة الفرات &amp; الرافدين", ""),
        ("summary", "أخبار", ""),
        ("summary", "خطة لبناء المدارس في الريف | أخبار", "خطة لبناء المدارس في الريف"),
        ("title", "خطة لبناء المدارس", "أعلن الوزير خطة…"),
    ],
)
def test_without_a_title_both_languages_say_the_same(
    server: FeedServer, service: Following, depth: str, title: str, expected: str
) -> None:
    """What the page calls itself is a headline only if it is more than the name of the site."""
    page = f"<html><head><title>{title}</title></head><body><article>{PAGE_TEXT}</article></body></html>"
    number = abs(hash((depth, title)))
    server.put("127.2.0.20", f"/{number}", Page(page.encode(), HTML))
    listed = rss(item(1, "", "أعلن الوزير خطة…", link=f"/{number}"))
    feed = service.add(server.put("127.2.0.20", f"/feed/{number}", Page(listed)), depth=depth)
    [entry] = service.entries(feed["id"])
    assert entry["title"] == {"ar": expected, "en": f"EN:{expected}" if expected else None}


@pytest.mark.parametrize("page", [Page(status=404), Page(b"%PDF-1.7", "application/pdf"), Page(b"", HTML)])
def test_without_its_page_the_feeds_text_is_used(server: FeedServer, service: Following, page: Page) -> None:
    server.put("127.2.0.11", "/1", page)
    stub = rss(item(1, "خطة", "أعلن الوزير خطة لبناء المدارس في الريف…", link="/1"))
    path = f"/{page.status}{hash(page.kind)}"
    [entry] = service.entries(service.add(server.put("127.2.0.11", path, Page(stub)))["id"])
    assert (entry["state"], entry["summary"]) == (
        "translated",
        ["EN:أعلن الوزير خطة لبناء المدارس في الريف…"],
    )
    assert "the feed's own text" in entry["remark"]


def test_long_entries_need_no_page(server: FeedServer, service: Following) -> None:
    page = rss(item(1, "خبر", TEXT, link="/1"))
    service.entries(service.add(server.put("127.2.0.12", "/feed", Page(page)))["id"])
    assert server.statuses("127.2.0.12", "/1") == []


def test_title_only(server: FeedServer, service: Following) -> None:
    url = server.put("127.2.0.13", "/feed", Page(rss(item(1, "خبر", "موجز", link="/1"), item(2, "", TEXT))))
    found = service.entries(service.add(url, depth="title")["id"])
    first, second = sorted(found, key=lambda entry: not entry["title"]["ar"])
    for entry in (first, second):
        assert (entry["state"], entry["article_id"], entry["summary"]) == ("translated", None, None)
    assert first["title"] == {"ar": "خبر", "en": "EN:خبر"}
    assert second["title"]["en"].startswith("EN:أعلنت")
    assert server.statuses("127.2.0.13", "/1") == []


def test_what_is_not_arabic_is_skipped(server: FeedServer, service: Following) -> None:
    items = (
        item(1, "Hello world", "The minister said on Monday that the plan will begin soon. " * 8),
        item(2, "گفت که می‌آید", "وزیر گفت که این برنامه از هفته آینده آغاز می‌شود. " * 8),
        item(3, "خبر", TEXT),
    )
    found = service.entries(service.add(server.put("127.2.0.14", "/feed", Page(rss(*items))))["id"])
    by_title = {entry["title"]["ar"]: entry for entry in found}
    assert [by_title[t]["state"] for t in ("Hello world", "خبر")] == ["skipped", "translated"]
    assert "(en)" in by_title["Hello world"]["remark"]
    assert by_title["گفت که می‌آید"]["state"] == "skipped"


def test_a_page_leads_to_its_feed(server: FeedServer, service: Following) -> None:
    page = (
        '<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">'
        '<link rel="alternate" type="application/rss+xml" href="/feed"></head><body>صفحة</body></html>'
    )
    url = server.put("127.2.0.15", "/", Page(page.encode(), HTML))
    feed_url = server.put("127.2.0.15", "/feed", Page(rss(item(1, "خبر", TEXT))))
    feed = service.add(url)
    assert (feed["url"], feed["entries"]["day"]) == (feed_url, 1)
    assert service.add(url)["id"] == feed["id"]
    assert service.add(feed_url)["id"] == feed["id"]


@pytest.mark.parametrize(
    ("path", "code"),
    [("/none", "fetch_failed"), ("/page", "not_a_feed"), ("/gone", "fetch_failed")],
)
def test_what_can_not_be_followed(server: FeedServer, service: Following, path: str, code: str) -> None:
    server.put("127.2.0.16", "/page", Page(b"<html><p>x</html>", HTML))
    server.put("127.2.0.16", "/gone", Page(status=410))
    response = service.client.post("/v1/feeds", json={"url": server.url("127.2.0.16", path)})
    assert (response.status_code, response.get_json()["type"].split("#")[1]) == (422, code)
    assert all(
        feed["url"] != server.url("127.2.0.16", path) for feed in service.get("/v1/feeds?limit=200")["items"]
    )


def test_addresses_that_are_not_public_are_refused(service: Following) -> None:
    response = service.client.post("/v1/feeds", json={"url": "http://127.9.9.9/feed"})
    assert (response.status_code, response.get_json()["type"].split("#")[1]) == (422, "url_refused")


def test_policy_and_retention(server: FeedServer, service: Following) -> None:
    url = server.put("127.2.0.17", "/feed", Page(rss(item(1, "خبر", TEXT))))
    feed = service.add(url, folder="مصر", keep_days=3, sentences=5)
    assert (feed["folder"], feed["keep_days"], feed["sentences"]) == ("مصر", 3, 5)
    path = f"/v1/feeds/{feed['id']}"
    [entry] = service.entries(feed["id"])
    changed = service.client.patch(path, json={"depth": "title", "keep_days": None, "folder": "مصر/يوميات"})
    assert changed.get_json()["depth"] == "title"
    assert (service.get(path)["keep_days"], service.get(path)["sentences"]) == (None, 5)
    assert [f["id"] for f in service.get("/v1/feeds?folder=مصر/يوميات")["items"]] == [feed["id"]]
    assert len(service.get("/v1/entries?folder=مصر/يوميات")["items"]) == 1
    assert service.client.patch(path, json={"depth": "everything"}).status_code == 422
    assert service.client.delete(path).status_code == 204
    assert service.client.get(path).status_code == 404
    assert service.client.get(f"/v1/entries/{entry['id']}").status_code == 404
    assert service.client.get(f"/v1/articles/{entry['article_id']}").status_code == 200


def _seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
