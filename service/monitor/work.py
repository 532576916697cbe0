"""What the job of an entry does: the text, from the feed or the article's page, its translation and summary.

May run more than once; what it writes counts only while the entry is as it was when the job was ordered.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from models import arabic, detect, stories
from models.batching import Lane
from models.document import Article, TextTranslation, Title, Translation
from models.pipeline import SummaryOptions
from models.summarize import Length
from models.translator import TranslateOptions
from service.api import render, stored
from service.ingest.fetch_errors import FetchError
from service.ingest.pool import ExtractionFailed
from service.ingest.uploads import NoText, UnreadableFile
from service.jobs.charges import charge_rest
from service.jobs.executor import Output, Watch
from service.monitor import headline
from service.monitor.arrivals import Arrived, arrived
from service.monitor.hosts import PATIENCE, host_of
from service.store import articles, entries, feeds
from service.store.articles import StoredArticle
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
#: How long a text that comes in again, in another feed, shares the article that was made of it.
ALIKE = timedelta(days=14)
#: Code points of the text that stand for a title where there is none.
_LEAD = 200


@dataclass(frozen=True, slots=True)
class _Text:
    """What there is to translate; `remark` says why it isn't what was wanted."""

    article: Article
    remark: str | None = None


#: Codes of a segment's flags, each with how severe it is.
_Severe = Sequence[tuple[str, str]]
#: Codes of flags, and how many segments have some.
_Flags = tuple[tuple[str, ...], Checked]


def entry(runtime: "Runtime", job: Job, watch: Watch, clock: Callable[[], datetime]) -> Output:
    """Translate an entry as its feed's policy says, or all of it, when that is ordered. Raises what
    `Runtime.summarise` raises."""
    digest: str = job.request["digest"]
    whole: bool = job.request.get("whole", False)
    with runtime.services.database.read() as session:
        found = entries.get(session, job.owner, job.request["entry_id"])
        feed = None if found is None else feeds.get(session, job.owner, found.feed_id)
    if found is None or feed is None or found.digest != digest:
        return Output(json.dumps({"entry": "changed or deleted since"}))
    if found.state == "translated" and not whole:
        return Output(json.dumps({"entry": "translated meanwhile"}))  # all of it, by somebody's wish
    policy = _of_all(feed.policy) if whole else feed.policy
    return _Work(runtime, job, found, policy, feed.title, whole, watch, clock).output()


def _of_all(policy: Policy) -> Policy:
    """The feed's policy for an entry of which somebody wants to read everything."""
    full_text = "auto" if policy.full_text == "never" else policy.full_text
    return replace(policy, depth="article", full_text=full_text)


def is_stub(text: str) -> bool:
    """Whether the feed has only the beginning of an article."""
    return len(text) < STUB or _GOES_ON.search(text[-60:]) is not None


@dataclass(frozen=True, slots=True)
class _Work:
    """An entry on its way, of the feed called `site`. `whole`: somebody asked for all of it, and no less
    replaces it."""

    runtime: "Runtime"
    job: Job
    found: Entry
    policy: Policy
    site: str
    whole: bool
    watch: Watch
    clock: Callable[[], datetime]

    @property
    def lane(self) -> Lane:
        return "interactive" if self.whole else "bulk"

    def output(self) -> Output:
        if (language := _foreign(f"{self.found.title}\n{self.found.text}")) is not None:
            return self._noted(Outcome("skipped", remark=_not_arabic(language)))
        if self.policy.depth == "title":
            return self._title_only(None)
        text = self._text()
        if (language := _foreign(text.article.text)) is not None:
            return self._noted(Outcome("skipped", remark=_not_arabic(language)))
        if not text.article.text.strip():
            return self._title_only(text.remark or "There is nothing but a title.")
        charge_rest(self.runtime, self.job, len(text.article.title or "") + len(text.article.text))
        likeness = self._likeness(text.article.text)
        with self.runtime.services.database.read() as session:
            same = entries.alike(session, self.found.owner, likeness, self.clock() - ALIKE)
            article = same and same.article_id and articles.get(session, same.owner, same.article_id)
        if same and article:
            return self._alike(text, likeness, same, article)
        return self._article(text, likeness)

    def _text(self) -> _Text:
        found, wanted = self.found, self.policy.full_text
        own = Article(
            found.text,
            title=found.title or None,
            url=found.url,
            published=found.published.date().isoformat(),
            author=found.author,
        )
        if found.url is None or not (wanted == "always" or (wanted == "auto" and is_stub(found.text))):
            return _Text(own)
        try:
            with self.runtime.services.hosts.turn(host_of(found.url), PATIENCE):
                page = self.runtime.read_url(found.url, background=True)
        except (FetchError, NoText, UnreadableFile, ExtractionFailed) as error:
            return _Text(
                own, f"The article's page could not be read, so this is the feed's own text. {error}"
            )
        if len(page.text) < len(found.text):
            return _Text(own)  # a consent page or the like; the feed has more of it
        title = own.title or headline.of_page(page.title, self.site)
        return _Text(replace(own, text=page.text, title=title, author=own.author or page.author))

    def _likeness(self, text: str) -> str:
        """Names the text, its spelling aside, and everything that shapes what is made of it."""
        words = " ".join(arabic.for_matching(text).text.split())
        signature = self.runtime.pipeline.signature("extractive")
        parts = (words, self.policy.depth, self.policy.sentences, signature)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _title_only(self, remark: str | None) -> Output:
        title = self.found.title or self.found.text[:_LEAD]
        done = self._title(title)
        codes, checked = _flags(_found(done.translations))
        item = Arrived(self.found, title, done.english, flags=len(codes), flag_codes=codes, checked=checked)
        outcome = Outcome("translated", title_en=done.english, remark=remark, title=title)
        return self._noted(outcome, _fingerprinted(item))

    def _title(self, title: str) -> TextTranslation:
        done = self.runtime.translate(
            [title], TranslateOptions(lane=self.lane), self.watch.progress, background=True
        )
        [result] = done.results
        return result

    def _alike(self, text: _Text, likeness: str, same: Entry, article: StoredArticle) -> Output:
        """The same text was translated before, and has its article; only another headline is translated."""
        title = self.found.title or text.article.title or ""
        if arabic.for_matching(title).text == arabic.for_matching(same.title).text:
            english, of_title = same.title_en, [_sent(article.content.title_flags)]
        else:
            done = self._title(title) if title else None
            english = None if done is None else done.english
            of_title = [] if done is None else _found(done.translations)
        outcome = Outcome("translated", english, article.id, text.remark, likeness, title)
        codes, checked = _flags(of_title + [_sent(segment.flags) for segment in article.content.segments])
        item = Arrived(
            self.found,
            title,
            english,
            text.article.text,
            article.content.english,
            article.id,
            len(codes),
            codes,
            checked,
        )
        return self._noted(outcome, _fingerprinted(item))

    def _article(self, text: _Text, likeness: str) -> Output:
        found = self.found
        options = SummaryOptions(
            Length(self.policy.sentences),
            translate=TranslateOptions(lane=self.lane),
            whole=self.policy.depth == "article",
        )
        result = self.runtime.summarise(text.article, options, self.watch.progress, background=True)
        answer = render.summary(result, self.runtime.model.id)
        fingerprint, content = stored.fingerprint(result, options), stored.content(answer)
        codes, checked = _flags(_found((*([result.title] if result.title else []), *result.translations)))
        title = found.title or content.title or ""
        item = _fingerprinted(
            Arrived(
                found,
                title,
                content.title_en,
                content.text,
                content.english,
                flags=len(codes),
                flag_codes=codes,
                checked=checked,
            )
        )

        def store(session: Session) -> str | None:
            if not entries.is_still(session, found.id, found.digest, again=self.whole):
                return None
            now = self.clock()
            # Another with the same text may have come to its end at the same time.
            same = entries.alike(session, found.owner, likeness, now - ALIKE)
            article_id = same.article_id if same else None
            if article_id is None:
                article_id = articles.add(session, found.owner, fingerprint, content, now)
            outcome = Outcome("translated", content.title_en, article_id, text.remark, likeness, title)
            entries.finish(session, found.id, found.digest, outcome)
            arrived(session, replace(item, article_id=article_id), now)
            return article_id

        return Output(store=store)

    def _noted(self, outcome: Outcome, item: Arrived | None = None) -> Output:
        def store(session: Session) -> None:
            found = self.found
            kept = entries.finish(session, found.id, found.digest, outcome, again=self.whole)
            if kept and item is not None:
                arrived(session, item, self.clock())

        return Output(json.dumps({"entry": outcome.state}), store)


def _fingerprinted(item: Arrived) -> Arrived:
    return replace(item, fingerprint=stories.fingerprint(item.title, item.arabic or item.entry.text))


def _found(checked: Sequence[Translation | Title]) -> list[_Severe]:
    """The flags of segments and titles."""
    return [[(flag.code, flag.severity) for flag in one.flags] for one in checked]


def _sent(flags: Sequence[Mapping[str, str]]) -> _Severe:
    """Flags as the API sends them."""
    return [(flag["code"], flag["severity"]) for flag in flags]


def _flags(segments: Sequence[_Severe]) -> _Flags:
    """Of each segment the codes of its flags, with how severe they are; a title counts as one."""
    severities = [{severity for _, severity in flags} for flags in segments]
    serious = sum(1 for found in severities if found & {"critical", "major"})
    checked = Checked(len(severities), sum(1 for found in severities if found), serious)
    return tuple(code for flags in segments for code, _ in flags), checked


def _foreign(text: str) -> str | None:
    """The language of a text that isn't Arabic; None for Arabic, and where there is too little to say."""
    language = detect.detect(text).language
    return None if language in ("ar", "und") else language


def _not_arabic(language: str) -> str:
    return f"It is in another language than Arabic ({language})."
