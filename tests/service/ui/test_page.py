import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from models.document import Flag
from models.errors import Busy, Closed, ModelBroken, SummaryFailed
from service.config import Config, LimitsConfig
from service.ui.samples import SAMPLES
from tests.service.results import ARABIC, HEADLINE, PIECES, make

TEXT = "أعلنت الوزارة اليوم.\n\nوقال الوزير: <b>نعم</b> & لا."


#: The reasons that hover beside a flagged word.
TIPS = re.compile(r"Critical: Numbers differ\. [^.]*\.")


class Page(HTMLParser):
    """Elements of a page by tag, with their attributes, and the text of those with an id."""

    def __init__(self, markup: str):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts = [], [], {}
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs))
        if tag not in ("meta", "link", "input", "br"):
            self.open.append(attrs.get("id"))

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        for name in self.open:
            if name:
                self.texts[name] = self.texts.get(name, "") + data

    def all(self, tag, **attrs):
        found = [a for t, a in self.elements if t == tag]
        return [a for a in found if all(a.get(k) == v for k, v in attrs.items())]

    def ids(self):
        return [a["id"] for _, a in self.elements if "id" in a]


def post(client: FlaskClient, **fields):
    data = {"length": "3", "unit": "sentences", **fields}
    return client.post("/", data=data, content_type="multipart/form-data")


def test_the_empty_page_has_a_form(client):
    answer = client.get("/")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.all("form", method="post", action="/")
    assert page.all("textarea", name="text", dir="auto")
    assert page.all("input", name="length")[0]["value"] == "3"


def test_limits_are_stated_before_anything_is_translated(client):
    page = client.get("/").text
    assert "small" in page, "the model's limits"
    assert "starter" in page
    assert "CC-BY-4.0" in page


@pytest.mark.parametrize("path", ["/", "/?sample=news"])
def test_nothing_comes_from_elsewhere(client, path):
    answer = client.get(path)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = Page(answer.text)
    addresses = [a.get("src") or a.get("href") or a.get("action") for _, a in page.elements]
    assert all(address.startswith(("/", "#")) for address in addresses if address)
    assert not any(name.startswith("on") or name == "style" for _, a in page.elements for name in a)
    assert all("src" in a for a in page.all("script"))
    assert not page.all("style")
    for address in {a for a in addresses if a and a.startswith("/ui/")}:
        with client.get(address) as file:
            assert file.status_code == 200


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_fill_the_form_and_work(client, sample):
    page = Page(client.get(f"/?sample={sample.name}").text)
    title, text = sample.read()
    assert page.texts["text"].strip() == text
    assert page.all("input", name="title")[0]["value"] == title
    assert len(text.split()) > 150
    assert post(client, text=text, title=title).status_code == 200


def test_an_unknown_sample_is_an_empty_form(client):
    assert Page(client.get("/?sample=nothing").text).texts["text"].strip() == ""


def test_an_article_comes_back_side_by_side(client, pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: make())
    answer = post(client, text=ARABIC, title="حملة تطعيم")
    assert answer.status_code == 200
    page = Page(answer.text)
    for number, (arabic, english, *_) in enumerate(PIECES, 1):
        row = TIPS.sub("", page.texts[f"segment-{number}"])
        assert english in row
        assert arabic in row
    assert len(page.all("ol", **{"class": "paragraph"})) == 2
    assert "Vaccination campaign" in page.texts["result-title"]


def test_the_headline_is_marked_like_a_segment(client, pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: replace(make(), title=HEADLINE))
    answer = post(client, text=ARABIC).text
    assert TIPS.sub("", Page(answer).texts["result-title"]).strip() == HEADLINE.en
    assert '<mark class="critical" tabindex="0" aria-describedby="why-0-en-1">530,000</mark>' in answer
    assert '<mark class="critical" tabindex="0" aria-describedby="why-0-ar-2">350</mark>' in answer
    assert "30%" in Page(answer).texts["headline"]
    assert '<a href="#headline">Headline</a>' in answer
    assert '<span class="count critical">2 critical</span>' in answer


def test_every_address_within_the_page_leads_somewhere(client, pipeline, monkeypatch):
    own = Flag("repetition", "major", "It says it twice.")
    result = replace(make(), title=HEADLINE)
    result = replace(result, sentences=tuple(replace(s, flags=(own,)) for s in result.sentences))
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: result)
    page = Page(post(client, text=ARABIC).text)
    ids = page.ids()
    assert len(ids) == len(set(ids))
    inner = [a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")]
    assert "source-1-1" in inner
    described = [a["aria-describedby"] for _, a in page.elements if "aria-describedby" in a]
    labelled = [a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a]
    fields = [a["for"] for a in page.all("label")]
    assert set(inner + described + labelled + fields) <= set(ids)


def test_reasons_can_be_reached_by_keyboard(client, pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: make())
    page = Page(post(client, text=ARABIC).text)
    marks = page.all("mark", tabindex="0")
    assert [mark["class"] for mark in marks] == ["critical", "critical"]
    for mark in marks:
        assert "The Arabic has ٣٥٠, the English has 530." in page.texts[mark["aria-describedby"]]
        assert page.all("span", role="tooltip", id=mark["aria-describedby"])
    chips = page.all("span", role="note", tabindex="0")
    assert any("The model was unsure." in page.texts[chip["aria-describedby"]] for chip in chips)


def test_marks_never_add_space_inside_a_word(client, pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: make())
    markup = post(client, text=ARABIC).text
    arabic = re.search(r'<div class="ar" lang="ar" dir="rtl">(.*?)</div>', markup, re.DOTALL)[1]
    arabic = re.sub(r'<span class="tip".*?</span></span>', "", arabic, flags=re.DOTALL)
    assert re.sub("<[^>]*>", "", arabic) == PIECES[0][0]


def test_what_was_typed_is_shown_as_text(client):
    evil = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
    page = Page(post(client, text=f"{TEXT}\n{evil}", title=f'"><b>{evil}').text)
    assert evil in page.texts["text"]
    assert not page.all("img")
    assert all(a.get("src", "").startswith("/ui/") for a in page.all("script"))
    assert evil in page.texts["plain-arabic"]


@pytest.mark.parametrize("text", [" سطر\n", "\n\nسطر", "سطر\r\nسطر\r\n"])
def test_the_article_is_what_was_sent_with_plain_line_feeds(client, text):
    page = Page(post(client, text=text).text)
    wanted = text.replace("\r\n", "\n")
    assert page.texts["plain-arabic"].removeprefix("\n") == wanted
    assert page.texts["text"].removeprefix("\n") == wanted


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"text": ""}, 422, "There is no article yet."),
        ({"text": " \n\t "}, 422, "There is no article yet."),
        ({"text": TEXT, "length": "0"}, 422, "That summary length doesn't work."),
        ({"text": TEXT, "length": "-1"}, 422, "Choose 1 to 50 sentences."),
        ({"text": TEXT, "length": "51"}, 422, "Choose 1 to 50 sentences."),
        ({"text": TEXT, "length": "many"}, 422, "Choose 1 to 50 sentences."),
        ({"text": TEXT, "length": "²"}, 422, "Choose 1 to 50 sentences."),
        ({"text": TEXT, "length": "2001", "unit": "words"}, 422, "Choose 1 to 2000 words."),
        ({"text": TEXT, "file": (io.BytesIO(TEXT.encode()), "a.txt")}, 422, "There are two articles."),
        ({"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}, 422, "The file can't be read"),
        ({"file": (io.BytesIO(b"  "), "a.txt")}, 422, "The file is empty"),
    ],
)
def test_a_form_that_cant_be_used_is_answered_beside_it(client, fields, status, says):
    answer = post(client, **fields)
    assert answer.status_code == status
    page = Page(answer.text)
    assert says in page.texts["problem-text"]
    assert page.all("p", role="alert", id="problem-text")
    wrong = [a["id"] for _, a in page.elements if a.get("aria-describedby") == "problem-text"]
    assert wrong == ["length" if "length" in says or "Choose" in says else "text"]
    if isinstance(fields.get("text"), str):
        assert page.texts["text"].strip() == fields["text"].strip(), "what was typed stays"


def test_another_file_after_a_result(client):
    shown = Page(post(client, text=TEXT, title="عنوان").text)
    [fields] = shown.all("input", name="shown")
    upload = (io.BytesIO("نص آخر.".encode()), "b.txt")
    sent = {"text": TEXT.replace("\n", "\r\n"), "title": "عنوان", "shown": fields["value"]}
    assert Page(post(client, **sent, file=upload).text).texts["plain-arabic"].strip() == "نص آخر."
    touched = post(client, **{**sent, "text": "نص ثالث."}, file=(io.BytesIO(b"x"), "b.txt"))
    assert "There are two articles." in Page(touched.text).texts["problem-text"]


def test_the_source_of_a_web_page_is_read_as_one(client):
    source = "<!doctype html><html><body><article><p>وصل الوفد إلى بيروت.</p></article></body></html>"
    assert Page(post(client, text=source).text).texts["plain-arabic"].strip() == "وصل الوفد إلى بيروت."


def test_head_is_get_without_the_page(client):
    answer = client.head("/")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (Busy("The queue is full.", 4.2), 429, "try again in about 5 s"),
        (Closed("closing"), 503, "shutting down"),
        (SummaryFailed("No 'x' summarizer is set up."), 422, "No summary."),
        (ModelBroken("checksum"), 503, "checksum"),
    ],
)
def test_trouble_is_told_kindly_and_the_text_kept(client, pipeline, error, status, says):
    pipeline.error = error
    answer = post(client, text=TEXT)
    assert answer.status_code == status
    page = Page(answer.text)
    assert says in page.texts["problem-text"]
    assert page.texts["text"].strip() == TEXT


def test_busy_says_when_to_come_back(client, pipeline):
    pipeline.error = Busy("The queue is full.", 4.2)
    assert post(client, text=TEXT).headers["Retry-After"] == "5"


def test_too_long_and_too_large(client_of):
    client = client_of(Config(limits=LimitsConfig(max_text_chars=20, max_body_bytes=2000)))
    assert "limit of 20" in Page(post(client, text="ن" * 30).text).texts["problem-text"]
    answer = post(client, text="ن" * 3000)
    assert answer.status_code == 413
    assert "2,000 bytes" in Page(answer.text).texts["problem-text"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("خبر.txt", TEXT.encode()),
        ("a.txt", "أعلنت الوزارة اليوم".encode("cp1256")),
        ("a.html", b"<html><body><p>" + "أعلنت الوزارة اليوم ".encode() * 9 + b"</p></body></html>"),
    ],
)
def test_a_file_is_read(client, name, data):
    answer = post(client, text="", file=(io.BytesIO(data), name))
    assert answer.status_code == 200
    assert "أعلنت الوزارة اليوم" in Page(answer.text).texts["text"], "the form then holds the file's text"


def stream(client, **fields):
    data = {"length": "3", "unit": "sentences", **fields}
    answer = client.post("/", data=data, headers={"Accept": "application/x-ndjson"})
    return answer, [json.loads(line) for line in answer.text.splitlines()]


def test_progress_then_the_page(client, pipeline, monkeypatch):
    def run(article, options, progress, partial):
        for done in (1, 2, 3):
            progress(done, 3)
        return make()

    monkeypatch.setattr(pipeline, "run", run)
    answer, messages = stream(client, text=ARABIC)
    assert answer.mimetype == "application/x-ndjson"
    assert messages[:-1] == [{"done": done, "total": 3} for done in (1, 2, 3)]
    assert Page(messages[-1]["page"]).texts["segment-1"]


@pytest.mark.parametrize("fields", [{"text": ""}, {"text": TEXT, "length": "0"}])
def test_a_streamed_problem_is_a_page_too(client, fields):
    _, messages = stream(client, **fields)
    assert Page(messages[-1]["page"]).texts["problem-text"]


def test_trouble_while_streaming_is_told(client, pipeline):
    pipeline.error = Busy("The queue is full.", 1.0)
    _, messages = stream(client, text=TEXT)
    assert "The queue is full." in Page(messages[-1]["page"]).texts["problem-text"]


def test_what_nobody_foresaw_is_told_and_logged_without_the_text(client, pipeline, caplog):
    pipeline.error = ZeroDivisionError(f"a bug with {TEXT}")
    answer = post(client, text=TEXT)
    _, messages = stream(client, text=TEXT)
    assert answer.status_code == 500
    for page in (answer.text, messages[-1]["page"]):
        assert "Something went wrong" in Page(page).texts["problem-text"]
        assert Page(page).texts["text"].strip() == TEXT
    assert "ZeroDivisionError" in caplog.text
    assert "الوزارة" not in caplog.text


@pytest.mark.parametrize(
    ("format_", "mimetype", "suffix"),
    [("md", "text/markdown", ".md"), ("html", "text/html", ".html"), ("txt", "text/plain", ".txt")],
)
def test_downloads(client, pipeline, monkeypatch, format_, mimetype, suffix):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: make())
    fields = {"text": ARABIC, "title": "حملة تطعيم", "length": "3", "unit": "sentences", "format": format_}
    answer = client.post("/download", data=fields)
    assert answer.status_code == 200
    assert answer.mimetype == mimetype
    assert answer.headers["Content-Type"].endswith("charset=utf-8")
    assert f'filename="vaccination-campaign{suffix}"' in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "We will reach every village" in answer.text


def test_a_download_without_a_format_is_refused(client):
    answer = client.post("/download", data={"text": TEXT, "format": "exe"})
    assert answer.status_code == 400
    assert "There is no such format." in Page(answer.text).texts["problem-text"]


def test_the_download_form_repeats_what_was_asked(client, pipeline):
    page = Page(post(client, text=TEXT, title="عنوان", length="40", unit="words").text)
    values = {a["name"]: a.get("value") for a in page.all("input", type="hidden")}
    assert (values["title"], values["length"], values["unit"]) == ("عنوان", "40", "words")
    assert pipeline.options.length.words == 40


def test_other_sites_cant_use_the_form(client):
    data = {"text": TEXT, "length": "3", "unit": "sentences"}
    refused = client.post("/", data=data, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    own = client.post("/", data=data, headers={"Origin": "http://localhost"})
    assert own.status_code == 200
    assert own.headers["Referrer-Policy"] == "same-origin", (
        "no-referrer would make browsers send Origin: null"
    )


def test_pages_are_not_kept_by_browsers(client):
    assert client.get("/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nosuch", 404), ("GET", "/download", 405)])
@pytest.mark.parametrize(
    ("accept", "page"),
    [("text/html,application/xhtml+xml,*/*;q=0.8", True), ("application/json", False), ("*/*", False), ("", False)],
)  # fmt: skip
def test_an_address_that_leads_nowhere(client, method, path, status, accept, page):
    answer = client.open(path, method=method, headers={"Accept": accept} if accept else {})
    assert answer.status_code == status
    assert answer.mimetype == ("text/html" if page else "application/problem+json")
    assert ("To the start" in answer.text) is page
    assert "starter" not in answer.text
