"""The JSON of jobs."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from service.api.schemas import AnswerModel, ProblemJson, RequestModel, page_after

Kind = Literal["summary", "translation", "document", "entry"]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobPath(RequestModel):
    job_id: str = Field(max_length=100)


class JobQuery(RequestModel):
    state: State | None = None
    batch_id: str | None = Field(default=None, max_length=100)
    kind: Kind | None = Field(default=None, description="All but `entry`, the entries of feeds, by default.")
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("job")


class ProgressJson(AnswerModel):
    """Segments done, of how many; `total` is 0 until that is known."""

    done: int
    total: int


class JobJson(AnswerModel):
    """Accepted work. `result_url` is there once it succeeded, `problem` once it failed."""

    id: str
    kind: str
    state: State
    progress: ProgressJson
    attempts: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    result_url: str | None
    problem: ProblemJson | None
    batch_id: str | None
    position: int | None = Field(description="The item's place in its batch, from 0 on.")
    custom_id: str | None


class JobList(AnswerModel):
    """Jobs, newest first."""

    items: list[JobJson]
    next: str | None
