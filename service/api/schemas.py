"""The JSON of the API as pydantic models: what is validated, what is sent and what /openapi.json says.

Requests refuse unknown fields. Every span counts Unicode code points, end exclusive.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_TITLE = 1000


class RequestModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


class AnswerModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def page_after(*prefixes: str) -> Any:
    """The field that goes through a list: the id of the last item of the page before, with one of these
    prefixes."""
    kinds = "|".join(prefixes)
    pattern = f"^({kinds})_[0-9a-hjkmnp-tv-z]{{26}}$"
    return Field(default=None, pattern=pattern, description="`next` of the page before.")


class SummaryRequest(RequestModel):
    """An article: exactly one of `text`, `html`, `url` (or a multipart `file`)."""

    text: str | None = Field(
        default=None, description="The article. `article.text` is this text, to the letter."
    )
    html: str | None = Field(
        default=None, description="A page; its main text, title, date and author are taken out."
    )
    url: str | None = Field(
        default=None, max_length=8000, description="A page on the web, on a public address."
    )
    title: str | None = Field(
        default=None, max_length=MAX_TITLE, description="Headline, wins over the page's own."
    )
    language: Literal["ar", "auto"] = Field(
        default="ar", description="`auto`: detect it, warn if it isn't Arabic."
    )
    sentences: int | None = Field(default=None, ge=1, le=50, description="Summary length; default 3.")
    words: int | None = Field(
        default=None, ge=1, le=2000, description="Summary length in Arabic words instead."
    )
    method: Literal["extractive", "abstractive"] | None = Field(
        default=None, description="Default: as configured."
    )
    model: str | None = Field(default=None, description="Must be the active model of /v1/models.")
    glossary_id: str | None = Field(default=None, max_length=100, description="One of /v1/glossaries.")
    store: bool = Field(
        default=True,
        description="Keep article and answer, to be read again at /v1/articles. False: keep nothing.",
    )
    alignments: bool = Field(default=False, description="Add word alignment to every segment.")


class TranslationRequest(RequestModel):
    """Texts to translate, one result each, in order."""

    texts: list[str] = Field(min_length=1)
    format: Literal["text", "html"] = Field(default="text", description="`html`: tags stay.")
    model: str | None = Field(default=None, description="Must be the active model of /v1/models.")
    glossary_id: str | None = Field(default=None, max_length=100, description="One of /v1/glossaries.")
    alternatives: int = Field(default=0, ge=0, le=4, description="Further translations of each text.")
    alignments: bool = Field(default=False, description="Add word alignment to every segment.")


class DetectRequest(RequestModel):
    """Texts whose language is asked for."""

    texts: list[str] = Field(min_length=1)


class SpanJson(AnswerModel):
    """Half-open range of code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class FlagJson(AnswerModel):
    """Something to look at, and where: `ar` over the Arabic text, `en` over the translation (of a title: over
    its own). Null where the words don't stand there, or nowhere in particular."""

    code: str
    severity: Literal["critical", "major", "minor"]
    message: str
    ar: SpanJson | None
    en: SpanJson | None


class PlaceJson(AnswerModel):
    """A segment's place in a whole text, with the words."""

    start: int
    end: int
    text: str


Pair = Annotated[list[int], Field(min_length=2, max_length=2)]


class SegmentJson(AnswerModel):
    """A sentence on both sides."""

    index: int
    paragraph: int
    ar: PlaceJson
    en: PlaceJson
    confidence: float = Field(ge=0, le=1, description="Chance that an editor would leave it as it is.")
    flags: list[FlagJson]
    alignment: list[Annotated[list[Pair], Field(min_length=2, max_length=2)]] | None = Field(
        None, description="[[Arabic start, end], [English start, end]] word by word, when asked for."
    )


class SourceJson(AnswerModel):
    """The span of `article.text` that a summary sentence rests on."""

    segment: int
    start: int
    end: int


class SummarySentenceJson(AnswerModel):
    ar: str
    en: str
    score: float
    sources: list[SourceJson]
    flags: list[FlagJson]


class SummaryJson(AnswerModel):
    method: str
    sentences: list[SummarySentenceJson]


class ArticleJson(AnswerModel):
    title: str | None
    text: str
    language: str
    url: str | None
    published: str | None
    author: str | None


class TitleJson(AnswerModel):
    ar: str
    en: str


class CheckedTitleJson(TitleJson):
    """The headline, checked like a segment; places in `flags` are in its own `ar` and `en`."""

    confidence: float | None = Field(
        ge=0, le=1, description="As of a segment; null for an article stored by an older version."
    )
    flags: list[FlagJson]


class ArticleTranslationJson(AnswerModel):
    """The whole English, the article's paragraphs kept."""

    text: str
    segments: list[SegmentJson]


class WarningJson(AnswerModel):
    code: str
    message: str


class ModelRefJson(AnswerModel):
    """What made the answer; `signature` names everything that shaped it."""

    id: str
    signature: str


class TimingJson(AnswerModel):
    total_ms: float
    translate_ms: float
    cached_segments: int


class SummaryResponse(AnswerModel):
    """Translation and summary of one article."""

    id: str | None = Field(description="Of the stored article, for /v1/articles; null when it wasn't stored.")
    article: ArticleJson
    title: CheckedTitleJson | None
    summary: SummaryJson
    translation: ArticleTranslationJson
    warnings: list[WarningJson]
    model: ModelRefJson
    timing: TimingJson | None = Field(description="Null for a stored article: nothing was computed.")


class WordsJson(AnswerModel):
    """The words of marked-up text without tags: its blocks (paragraphs, headings, cells) joined by line
    breaks, of which a `pre` has some of its own."""

    ar: str
    en: str


class TextTranslationJson(AnswerModel):
    """`text` as it was asked for. Places of segments are in the text, with `format: html` in `words`."""

    text: str
    language: str
    segments: list[SegmentJson]
    alternatives: list[str]
    words: WordsJson | None = Field(default=None, description="With `format: html`.")


class TranslationResponse(AnswerModel):
    """One translation per text, in order."""

    translations: list[TextTranslationJson]
    warnings: list[WarningJson]
    model: ModelRefJson
    timing: TimingJson


class GuessJson(AnswerModel):
    language: str
    confidence: float


class DetectionJson(AnswerModel):
    """`language` is an ISO 639 code ("und": none), `script` an ISO 15924 code ("Zyyy": no letters)."""

    language: str
    script: str
    confidence: float
    alternatives: list[GuessJson]
    mixed: bool


class DetectResponse(AnswerModel):
    """One detection per text, in order."""

    detections: list[DetectionJson]


class ModelJson(AnswerModel):
    id: str
    tier: str
    installed: bool
    active: bool
    licence: str | None
    size_bytes: int | None
    revision: str | None
    scores: dict[str, Any]
    limits: str | None


class ModelList(AnswerModel):
    """The models that are known or installed."""

    items: list[ModelJson]
    next: str | None


class Health(AnswerModel):
    """The process lives."""

    status: Literal["ok"]


class Readiness(AnswerModel):
    """The model is loaded and work is taken."""

    status: Literal["ready"]


class FieldErrorJson(AnswerModel):
    pointer: str
    detail: str


class ProblemJson(AnswerModel):
    """RFC 9457 problem details. `type` is the place in /docs/problems that explains it."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None
    errors: list[FieldErrorJson]
