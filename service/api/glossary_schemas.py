"""The JSON of glossaries."""

from datetime import datetime

from pydantic import Field

from service.api.schemas import AnswerModel, RequestModel, page_after

MOST = 200


class EntryJson(AnswerModel):
    """`source` must come out as `target`."""

    source: str
    target: str


class EntryRequest(RequestModel):
    source: str = Field(max_length=1024)
    target: str = Field(max_length=1024)


class GlossaryRequest(RequestModel):
    """A glossary, Arabic to English: a name and exactly one of `entries`, `tsv`, `csv` (or a `file`)."""

    name: str = Field(min_length=1, max_length=200, pattern=r"\S")
    entries: list[EntryRequest] | None = Field(default=None, description="The terms one by one.")
    tsv: str | None = Field(default=None, description="`source<TAB>target` a line.")
    csv: str | None = Field(default=None, description="`source,target` a line.")


class GlossaryPath(RequestModel):
    glossary_id: str = Field(max_length=100)


class GlossaryQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=MOST)
    after: str | None = page_after("gls")


class GlossaryJson(AnswerModel):
    """A glossary without its terms; `entry_count` is how many there are from Arabic to English."""

    id: str
    name: str
    entry_count: int
    created: datetime


class GlossaryList(AnswerModel):
    """Glossaries, newest first."""

    items: list[GlossaryJson]
    next: str | None


class EntryList(AnswerModel):
    """All terms of a glossary, in its order."""

    items: list[EntryJson]
    next: str | None
