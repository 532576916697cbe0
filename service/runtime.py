"""The running service: what it holds, and the one way through which all work goes.

API and page (later jobs and feeds) call `Runtime`: it keeps two threads free for health checks, refuses work
while the service drains, and holds the limits. `parts.py` chooses what it is made of.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from models import detect
from models.batching import Lane
from models.document import Article, BilingualSummary, TextTranslation
from models.errors import Busy, Closed, TooLong
from models.glossary import Glossary
from models.markup import MarkupOptions, translate_markup
from models.pipeline import Partial, SummaryOptions
from models.translator import Progress, TranslateOptions
from service import documents, logs
from service.answers import Translated, TranslatedMarkup, language_warnings, merged, numbered
from service.config import Config
from service.documents import Document
from service.ingest import pages, uploads
from service.ingest.feed_reader import FeedReader
from service.ingest.pool import Pool, PoolOptions
from service.model_list import ModelFacts
from service.monitor import polling
from service.monitor.hosts import PATIENCE, host_of
from service.monitor.polling import Look
from service.services import Services, now, open_services
from service.single_flight import SingleFlight
from service.slots import Slots

log = logging.getLogger(__name__)

#: Threads that work never takes, so that health checks are answered under any load.
RESERVED_THREADS = 2
#: Seconds that a request waits for a work slot before it is refused.
SLOT_WAIT = 2.0


class Works(Protocol):
    """The part of `models.pipeline.Pipeline` that the service uses."""

    def run(
        self,
        article: Article,
        options: SummaryOptions = ...,
        progress: Progress | None = ...,
        partial: Partial | None = ...,
    ) -> BilingualSummary: ...

    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions = ...,
        progress: Progress | None = ...,
        partial: Partial | None = ...,
    ) -> list[TextTranslation]: ...

    def signature(self, method: str | None = ..., glossary: Glossary | None = ...) -> str: ...


class Queue(Protocol):
    """The part of `models.batching.Batcher` that the service asks for the backlog."""

    def queued_tokens(self) -> dict[str, int]: ...

    def backlog_seconds(self, lane: Lane) -> float: ...


class Runtime:
    """Thread-safe. `close` frees everything; work after that raises `Closed`."""

    def __init__(
        self,
        config: Config,
        pipeline: Works,
        model: ModelFacts,
        models: Callable[[], list[ModelFacts]],
        closers: Sequence[Callable[[], None]] = (),
    ) -> None:
        self.config = config
        self.pipeline = pipeline
        self.model = model
        self.models = models
        extraction = config.extraction
        options = PoolOptions(extraction.workers, extraction.timeout_seconds, extraction.pages_per_worker)
        self.pool = Pool(options)
        # Processes of their own, so that a feed that takes all its time keeps no page waiting.
        feed_pool = Pool(replace(options, what="feed", parser="feed parser"))
        self.read_feed = FeedReader(feed_pool)
        self._closers = (*closers, self.pool.close, feed_pool.close)
        self._slots = Slots(max(1, config.server.threads - RESERVED_THREADS))
        self._articles: SingleFlight[tuple[Article, SummaryOptions], BilingualSummary] = SingleFlight()
        self._texts: SingleFlight[tuple[tuple[str, ...], TranslateOptions], list[TextTranslation]] = (
            SingleFlight()
        )
        self._draining = False
        self._queue: Queue | None = None
        self._services: Services | None = None

    @classmethod
    def load(cls, config: Config) -> "Runtime":
        """The service on the configured model. Raises `ModelError`, `EngineUnavailable`."""
        from service import model_list
        from service.parts import assemble

        parts = assemble(config)
        made = cls(config, parts.pipeline, parts.model, lambda: model_list.items(config), parts.closers)
        made._queue = parts.queue
        return made

    def start(self, clock: Callable[[], datetime] = now) -> None:
        """Open the store and begin the background work: what a serving process needs, and a command that
        translates once doesn't. `clock` is that of the background work. Raises `StoreError`."""
        self._services = open_services(self, clock)
        if self._queue is not None:
            metrics = self._services.metrics
            metrics.ask("queue_tokens", "Source tokens waiting.", "lane", self._queue.queued_tokens)
        self._services.start()

    @property
    def services(self) -> Services:
        """What `start` opened."""
        if self._services is None:
            raise RuntimeError("the runtime was not started")
        return self._services

    def summarise(
        self,
        article: Article,
        options: SummaryOptions,
        progress: Progress | None = None,
        partial: Partial | None = None,
        *,
        background: bool = False,
    ) -> BilingualSummary:
        """Translation and summary; `background` work takes no slot of those who wait. Raises `TooLong`,
        `Busy`, `Closed`, `SummaryFailed`, or the engine's."""
        self.check_length(len(article.text) + len(article.title or ""))
        with self._work(background):
            result = self._articles.do(
                (article, options), lambda: self.pipeline.run(article, options, progress, partial)
            )
        self._count(len(result.translations), result.cached_segments, len(article.text))
        warnings = language_warnings([detect.language_of(article.text)])
        return replace(result, warnings=result.warnings + warnings) if warnings else result

    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions,
        progress: Progress | None = None,
        *,
        background: bool = False,
    ) -> Translated:
        """Every text's translation, in order; `background` as above. Raises `TooLong`, `Busy`, `Closed`, or
        the engine's error."""
        self.check_texts(texts)
        started = time.perf_counter()
        with self._work(background):
            results = self._texts.do(
                (tuple(texts), options), lambda: self.pipeline.translate(texts, options, progress)
            )
        translated = time.perf_counter()
        self._count(
            sum(len(r.translations) for r in results),
            sum(r.cached_segments for r in results),
            sum(map(len, texts)),
        )
        languages = [detect.language_of(text) for text in texts]
        warnings = merged([numbered(r.notices, n, len(texts)) for n, r in enumerate(results)])
        return Translated(
            results,
            languages,
            warnings + language_warnings(languages),
            total_ms=1000 * (time.perf_counter() - started),
            translate_ms=1000 * (translated - started),
        )

    def translate_markup(
        self,
        sources: Sequence[str],
        markup: MarkupOptions,
        options: TranslateOptions,
        progress: Progress | None = None,
        *,
        background: bool = False,
    ) -> TranslatedMarkup:
        """Every source with its tags and English words, in order. Raises what `translate` raises."""
        self.check_texts(sources)
        started = time.perf_counter()
        with self._work(background):
            results = translate_markup(
                lambda texts, wanted: self.pipeline.translate(texts, wanted, progress),
                sources,
                markup,
                options,
            )
        translated = time.perf_counter()
        blocks = [block for r in results for block in r.blocks]
        self._count(
            sum(len(b.translations) for b in blocks),
            sum(b.cached_segments for b in blocks),
            sum(map(len, sources)),
        )
        languages = [detect.language_of("\n".join(block.source for block in r.blocks)) for r in results]
        warnings = merged([numbered(r.notices, n, len(sources)) for n, r in enumerate(results)])
        return TranslatedMarkup(
            results,
            languages,
            warnings + language_warnings(languages),
            total_ms=1000 * (time.perf_counter() - started),
            translate_ms=1000 * (translated - started),
        )

    def translate_document(
        self, document: Document, options: TranslateOptions, progress: Progress | None = None
    ) -> str:
        """A whole file in English, as background work. Raises what `translate` raises."""
        self.check_length(len(document.text))

        def translate(texts: Sequence[str], wanted: TranslateOptions) -> list[TextTranslation]:
            results = self.pipeline.translate(texts, wanted, progress)
            self._count(
                sum(len(r.translations) for r in results),
                sum(r.cached_segments for r in results),
                sum(map(len, texts)),
            )
            return results

        with self._work(background=True):
            return documents.translated(document, translate, options)

    def backlog_seconds(self, lane: Lane = "interactive") -> float:
        """How long new work would wait behind what waits in `lane`, estimated; 0 when nothing does."""
        if self._queue is None or not self._queue.queued_tokens()[lane]:
            return 0.0
        return self._queue.backlog_seconds(lane)

    def detect(self, texts: Sequence[str]) -> list[detect.Detection]:
        """Every text's language, in order. Raises `TooLong`, `Busy`, `Closed`."""
        self.check_texts(texts)
        with self._work():
            return [detect.detect(text) for text in texts]

    def read_file(
        self, data: bytes, name: str = "", mimetype: str = "", charset: str | None = None
    ) -> Article:
        """The article in an uploaded file; see `uploads.read_file`. Raises `Closed` while draining."""
        with self._work():
            return uploads.read_file(self.pool, data, name, mimetype, charset)

    def read_page(self, page: str, *, background: bool = False) -> Article:
        """The article on an HTML page; see `uploads.read_page`. `background` as above. Raises `Closed` while
        draining."""
        with self._work(background):
            return uploads.read_page(self.pool, page)

    def read_url(self, url: str, *, background: bool = False) -> Article:
        """The article at `url`; see `pages.read_url`. Raises `Closed` while draining."""
        with self._work(background):
            return pages.read_url(self.services.fetcher, self.pool, url)

    def look_at_feed(self, url: str, zone: str | None = None) -> Look:
        """The feed at `url`, or that the page there names; `zone` as in `polling.look`. Raises `FetchError`,
        `NotAFeed`, `Closed` while draining, `Busy` also when others wait for the same host."""
        with self._work(), self.services.hosts.turn(host_of(url), PATIENCE):
            return polling.look(self.services.fetcher, self.read_feed, url, datetime.now(UTC), zone)

    def check_texts(self, texts: Sequence[str]) -> None:
        """Raises `TooLong` for texts that are too many, or too long together."""
        limit = self.config.limits.max_texts
        if len(texts) > limit:
            raise TooLong(f"{len(texts):,} texts are over the limit of {limit:,}.")
        self.check_length(sum(map(len, texts)))

    def check_length(self, characters: int) -> None:
        """Raises `TooLong` for an article of more than `limits.max_text_chars`."""
        limit = self.config.limits.max_text_chars
        if characters > limit:
            raise TooLong(f"{characters:,} characters are over the limit of {limit:,}.")

    @property
    def draining(self) -> bool:
        return self._draining

    def drain(self) -> None:
        """Take no new work from now on; what runs goes on. Safe in a signal handler."""
        self._draining = True

    def close(self) -> None:
        self.drain()
        if self._services is not None:
            self._services.close()
        for close in self._closers:
            close()

    def _count(self, segments: int, cached: int, characters: int) -> None:
        if self._services is not None:
            self._services.metrics.translated(segments, cached, characters)

    def _refused(self) -> None:
        if self._services is not None:
            self._services.metrics.refused("busy")

    @contextmanager
    def _work(self, background: bool = False) -> Iterator[None]:
        if self._draining and not background:
            raise Closed("The service is shutting down.")
        with self._slot(background) as taken:
            if not taken:
                self._refused()
                backlog = SLOT_WAIT if self._queue is None else self._queue.backlog_seconds("interactive")
                wait = max(SLOT_WAIT, backlog, self._slots.turn(_caller()))
                raise Busy("All threads are at work; try again soon.", wait)
            try:
                yield
            except Busy:
                self._refused()
                raise

    def _slot(self, background: bool) -> AbstractContextManager[bool]:
        """Jobs have threads of their own; requests share slots, fairly between keys."""
        return nullcontext(True) if background else self._slots.hold(_caller(), SLOT_WAIT)


def _caller() -> str:
    """The key for which the present thread works."""
    caller = logs.caller.get()
    return caller[0] if caller else ""
