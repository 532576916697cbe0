"""What the job of an entry does: the text, from the feed or the article's page, its translation and summary.

May run more than once; what it writes counts only while the entry is as it was when the job was ordered.
"""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from models import detect
from models.document import Article, Translation
from models.pipeline import SummaryOptions
from models.summarize import Length
from models.translator import TranslateOptions
from service.api import render, stored
from service.ingest.fetch_errors import FetchError
from service.ingest.pool import ExtractionFailed
from service.ingest.uploads import NoText, UnreadableFile
from service.jobs.executor import Output, Watch
from service.monitor.arrivals import Arrived, arrived
from service.monitor.hosts import PATIENCE, host_of
from service.store import articles, entries, feeds
from service.store.entries import Entry, Outcome
from service.store.feeds import Policy
from service.store.jobs import Job
from service.store.trends import Checked

if TYPE_CHECKING:
    from service.runtime import Runtime

log = logging.getLogger(__name__)

#: A text with fewer characters announces the article and isn't it.
STUB = 400
#: How texts end that go on elsewhere.
_GOES_ON = re.compile(
    r"(?:…|\.\.\.|(?:[اإ]قر[أا]|قراءة) المزيد|المزيد|read more|continue reading)[\s.…»>→\])]*\Z", re.I
)
#: Code points of the text that stand for a title where there is none.
_LEAD = 200


@dataclass(frozen=True, slots=True)
class _Text:
    """What there is to translate; `remark` says why it isn't what was wanted."""

    article: Article
    remark: str | None = None


def entry(runtime: "Runtime", job: Job, watch: Watch) -> Output:
    """Translate an entry as its feed's policy says. Raises what `Runtime.summarise` raises."""
    digest: str = job.request["digest"]
    with runtime.services.database.read() as session:
        found = entries.get(session, job.owner, job.request["entry_id"])
        feed = None if found is None else feeds.get(session, job.owner, found.feed_id)
    if found is None or feed is None or found.digest != digest:
        return Output(json.dumps({"entry": "changed or deleted since"}))
    if (language := _foreign(f"{found.title}\n{found.text}")) is not None:
        return _noted(found, Outcome("skipped", remark=_not_arabic(language)))
    options = TranslateOptions(lane="bulk")
    if feed.policy.depth == "title":
        return _title_only(runtime, found, options, watch)
    text = _text(runtime, found, feed.policy)
    if (language := _foreign(text.article.text)) is not None:
        return _noted(found, Outcome("skipped", remark=_not_arabic(language)))
    if not text.article.text.strip():
        return _title_only(runtime, found, options, watch, text.remark or "There is nothing but a title.")
    return _article(
        runtime, found, text, SummaryOptions(Length(feed.policy.sentences), translate=options), watch
    )


def is_stub(text: str) -> bool:
    """Whether the feed has only the beginning of an article."""
    return len(text) < STUB or _GOES_ON.search(text[-60:]) is not None


def _text(runtime: "Runtime", found: Entry, policy: Policy) -> _Text:
    own = Article(
        found.text,
        title=found.title or None,
        url=found.url,
        published=found.published.date().isoformat(),
        author=found.author,
    )
    wanted = policy.full_text == "always" or (policy.full_text == "auto" and is_stub(found.text))
    if not wanted or found.url is None:
        return _Text(own)
    try:
        with runtime.services.hosts.turn(host_of(found.url), PATIENCE):
            page = runtime.read_url(found.url, background=True)
    except (FetchError, NoText, UnreadableFile, ExtractionFailed) as error:
        return _Text(own, f"The article's page could not be read, so this is the feed's own text. {error}")
    if len(page.text) < len(found.text):
        return _Text(own)  # a consent page or the like; the feed has more of it
    return _Text(
        replace(own, text=page.text, title=own.title or page.title, author=own.author or page.author)
    )


def _title_only(
    runtime: "Runtime", found: Entry, options: TranslateOptions, watch: Watch, remark: str | None = None
) -> Output:
    title = found.title or found.text[:_LEAD]
    done = runtime.translate([title], options, watch.progress, background=True)
    english = done.results[0].english
    flags = [flag.code for translation in done.results[0].translations for flag in translation.flags]
    checked = _checked(done.results[0].translations)
    item = Arrived(found, title, english, flags=len(flags), flag_codes=tuple(flags), checked=checked)
    return _noted(found, Outcome("translated", title_en=english, remark=remark), item)


def _article(runtime: "Runtime", found: Entry, text: _Text, options: SummaryOptions, watch: Watch) -> Output:
    result = runtime.summarise(text.article, options, watch.progress, background=True)
    answer = render.summary(result, runtime.model.id)
    fingerprint, content = stored.fingerprint(result, options), stored.content(answer)

    def store(session: Session) -> str | None:
        if not entries.is_still(session, found.id, found.digest):
            return None
        article_id = articles.add(session, found.owner, fingerprint, content, datetime.now(UTC))
        outcome = Outcome("translated", content.title_en, article_id, text.remark)
        entries.finish(session, found.id, found.digest, outcome)
        flags = [flag.code for translation in result.translations for flag in translation.flags]
        item = Arrived(
            found,
            found.title or content.title or "",
            content.title_en,
            content.text,
            content.english,
            article_id,
            len(flags),
            tuple(flags),
            _checked(result.translations),
        )
        arrived(session, item, datetime.now(UTC))
        return article_id

    return Output(store=store)


def _checked(translations: Sequence[Translation]) -> Checked:
    severities = [{flag.severity for flag in translation.flags} for translation in translations]
    serious = sum(1 for found in severities if found & {"critical", "major"})
    return Checked(len(severities), sum(1 for found in severities if found), serious)


def _noted(found: Entry, outcome: Outcome, item: Arrived | None = None) -> Output:
    def store(session: Session) -> None:
        if entries.finish(session, found.id, found.digest, outcome) and item is not None:
            arrived(session, item, datetime.now(UTC))

    return Output(json.dumps({"entry": outcome.state}), store)


def _foreign(text: str) -> str | None:
    """The language of a text that isn't Arabic; None for Arabic, and where there is too little to say."""
    language = detect.detect(text).language
    return None if language in ("ar", "und") else language


def _not_arabic(language: str) -> str:
    return f"It is in another language than Arabic ({language})."
