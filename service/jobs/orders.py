"""What a job has to do, as the JSON that the store keeps. Options that the request left open are settled when
it is accepted, so that a job does the same whenever it runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from models.document import Article
from models.pipeline import SummaryOptions
from models.summarize import Length
from models.translator import TranslateOptions
from service.store.jobs import Job

SUMMARY = "summary"
TRANSLATION = "translation"
#: An entry of a feed; `service/monitor/polling.py` orders these. With `whole`, somebody asked for all of it.
ENTRY = "entry"


def is_of_feed(job: Job) -> bool:
    """Whether the job came in with a feed and is nobody's request."""
    return job.kind == ENTRY and not job.request.get("whole")


@dataclass(frozen=True, slots=True)
class SummaryOrder:
    """An article to translate and summarise. With `url` it has still to be fetched, with `html` to be taken
    out of its page; `article` then has the title, if the request named one, and the language."""

    article: Article
    length: Length
    method: str
    alignments: bool = False
    glossary_id: str | None = None
    url: str | None = None
    html: str | None = None

    @property
    def characters(self) -> int:
        """Code points to translate; of a page that was not yet read, all that it consists of."""
        return len(self.html or self.article.text) + len(self.article.title or "")

    def options(self, translate: TranslateOptions) -> SummaryOptions:
        return SummaryOptions(self.length, self.method, translate)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "SummaryOrder":
        article, length = Article(**request["article"]), Length(**request["length"])
        return cls(**{**request, "article": article, "length": length})


@dataclass(frozen=True, slots=True)
class TranslationOrder:
    """Texts to translate."""

    texts: tuple[str, ...]
    alternatives: int = 0
    alignments: bool = False
    glossary_id: str | None = None
    html: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "texts": list(self.texts)}

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "TranslationOrder":
        return cls(**{**request, "texts": tuple(request["texts"])})
