"""A client for the HTTP API, in one file: the standard library and httpx.

    from service.client import Client

    with Client("http://127.0.0.1:8000") as mujaz:
        article = mujaz.summarise("…")
        for result in mujaz.batch([{"text": "…"}, {"url": "https://…"}]):
            print(result)

Answers are the API's JSON as it is (docs/api.md). What a program has to get right is done here: a refusal
with `Retry-After` is obeyed, a connection that breaks is tried again under the same `Idempotency-Key`, so
that nothing runs twice, and long work becomes a job that is waited for.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

Json = dict[str, Any]

#: Seconds waited for an answer when a server names no `Retry-After`.
FIRST_WAIT = 1.0
#: Seconds between two looks at a job.
LOOK_EVERY = 1.0
_ENDED = frozenset({"succeeded", "failed", "cancelled"})


class ApiError(Exception):
    """A refusal of the API. `problem` is the problem document; `code` its kind (docs/problems), such as
    `quota_exceeded`."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("type", "")).rpartition("#")[2]


class JobFailed(Exception):
    """A job ended without a result. `job` is its JSON, with the reason in `problem`."""

    def __init__(self, job: Json) -> None:
        reason = (job.get("problem") or {}).get("detail", "")
        super().__init__(f"job {job['id']} {job['state']}: {reason}".rstrip(": "))
        self.job = job


class Client:
    """`key` as made by `mujaz keys create`; not needed where the server is open. `patience`: seconds in all
    that one call goes on trying when it is refused with 429 or 503 or the connection breaks. Thread-safe."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        *,
        timeout: float = 120,
        patience: float = 300,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=url.rstrip("/"), headers=headers, timeout=timeout, transport=transport
        )
        self._patience = patience
        self._sleep = sleep

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def summarise(self, text: str | None = None, **fields: Any) -> Json:
        """An article's translation and bilingual summary (POST /v1/summaries); `fields` as in docs/api.md,
        such as `html`, `url`, `title`, `sentences`. Waits for the job if it becomes one."""
        given = {"text": text, **fields} if text is not None else fields
        return self._finished(self._post("/v1/summaries", given))

    def translate(self, texts: Iterable[str], **fields: Any) -> list[Json]:
        """One translation per text, in order (POST /v1/translations). Waits for the job if it becomes one."""
        done = self._finished(self._post("/v1/translations", {"texts": list(texts), **fields}))
        translations: list[Json] = done["translations"]
        return translations

    def detect(self, texts: Iterable[str]) -> list[Json]:
        """The language of each text, in order (POST /v1/detect)."""
        detections: list[Json] = self._post("/v1/detect", {"texts": list(texts)}).json()["detections"]
        return detections

    def submit(self, text: str | None = None, **fields: Any) -> Json:
        """Hand an article in and return its job at once; `wait` or `events` go on from there."""
        given = {"text": text, **fields} if text is not None else fields
        job: Json = self._post("/v1/summaries", given, {"Prefer": "respond-async"}).json()
        return job

    def job(self, job_id: str) -> Json:
        """A job's state and progress."""
        return self.get(f"/v1/jobs/{job_id}")

    def wait(self, job_id: str) -> Json:
        """A job's result, when it has one. Raises `JobFailed`."""
        while True:
            job = self.job(job_id)
            if job["state"] in _ENDED:
                break
            self._sleep(LOOK_EVERY)
        if job["state"] != "succeeded":
            raise JobFailed(job)
        return self.get(job["result_url"])

    def events(self, job_id: str) -> Iterator[tuple[str, Json]]:
        """What happens to a job, as it happens, name and data: `progress`, `segment`, at the end `done`,
        `failed` or `cancelled`. Goes on where it was when the connection breaks."""
        last, tries = "", self._tries()
        while True:
            headers = {"Last-Event-ID": last} if last else {}
            try:
                with self._stream(f"/v1/jobs/{job_id}/events", tries, headers=headers) as response:
                    tries = self._tries()  # it was let in: what breaks from here on is a new trouble
                    for event in _events(response.iter_lines(), last):
                        name, data, last = event
                        yield name, data
                        if name in ("done", "failed", "cancelled"):
                            return
                self._sleep(FIRST_WAIT)
            except httpx.TransportError as error:
                tries.broke(error)

    def batch(self, items: Iterable[Mapping[str, Any]], **fields: Any) -> Iterator[Json]:
        """Many articles (POST /v1/batches); yields one result per item, in order, as they get done."""
        batch = self._post("/v1/batches", {"items": [dict(item) for item in items], **fields}).json()
        seen = 0
        while seen < batch["total"]:
            for result in self.results(batch["id"], seen):
                if result["position"] != seen:
                    break  # the one between is still at work
                seen += 1
                yield result
            if seen < batch["total"]:
                self._sleep(LOOK_EVERY)

    def results(self, batch_id: str, start: int = 0) -> Iterator[Json]:
        """The results of a batch that are there, in order, from position `start` on. Goes on where it was
        when the connection breaks."""
        path, tries = f"/v1/batches/{batch_id}/results", self._tries()
        while True:
            try:
                with self._stream(path, tries, params={"start": start}) as response:
                    for line in response.iter_lines():
                        result = json.loads(line)
                        start, tries = result["position"] + 1, self._tries()
                        yield result
                return
            except httpx.TransportError as error:
                tries.broke(error)

    def get(self, path: str, **query: Any) -> Json:
        """Any GET of the API that answers JSON."""
        found: Json = self._send(lambda: self._http.get(path, params=query)).json()
        return found

    def items(self, path: str, **query: Any) -> Iterator[Json]:
        """All items of a list, page by page: `items("/v1/articles", q="…")`."""
        after: Json = {}
        while True:
            page = self.get(path, **query, **after)
            yield from page["items"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    def delete(self, path: str) -> None:
        """Delete an article, cancel a job."""
        self._send(lambda: self._http.delete(path))

    def _post(
        self, path: str, fields: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        # One key for all attempts: the server runs the request once and answers the others with the same.
        sent = {"Idempotency-Key": uuid.uuid4().hex, **(headers or {})}
        return self._send(lambda: self._http.post(path, json=fields, headers=sent))

    def _finished(self, response: httpx.Response) -> Json:
        found: Json = response.json()
        return self.wait(found["id"]) if response.status_code == 202 else found

    def _send(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        tries = self._tries()
        while True:
            try:
                response = send()
            except httpx.TransportError as error:
                tries.broke(error)
            else:
                if response.status_code < 400:
                    return response
                tries.refused(response)

    @contextmanager
    def _stream(self, path: str, tries: "_Tries", **options: Any) -> Iterator[httpx.Response]:
        """An answer that is read as it comes. Refusals are tried again; what breaks is the caller's to mend,
        who knows how far it got."""
        while True:
            with self._http.stream("GET", path, **options) as response:
                if response.status_code < 400:
                    yield response
                    return
                response.read()
            tries.refused(response)

    def _tries(self) -> "_Tries":
        return _Tries(self._patience, self._sleep)


class _Tries:
    """The tries of one call: the pauses between them grow, and are `patience` seconds in all."""

    def __init__(self, patience: float, sleep: Callable[[float], None]) -> None:
        self._left, self._wait, self._sleep = patience, FIRST_WAIT, sleep

    def broke(self, error: httpx.TransportError) -> None:
        """Wait after a connection that broke. Raises `error` when patience ends."""
        self._pause(self._wait, error)

    def refused(self, response: httpx.Response) -> None:
        """Wait as a refusal asks for. Raises `ApiError` for one that is final, or when patience ends."""
        self._pause(_pause(response, self._wait), _error(response))

    def _pause(self, seconds: float | None, error: Exception) -> None:
        if seconds is None or seconds > self._left:
            raise error
        self._sleep(seconds)
        self._left -= seconds
        self._wait = min(2 * self._wait, 30)


def _pause(response: httpx.Response, default: float) -> float | None:
    """Seconds until another try makes sense; None when it never does."""
    if response.status_code not in (409, 429, 503):
        return None
    given = response.headers.get("Retry-After", "")
    if response.status_code == 409 and not given:
        return None
    return float(given) if given.isdecimal() else default


def _error(response: httpx.Response) -> ApiError:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    return ApiError(response.status_code, problem)


def _events(lines: Iterable[str], last: str) -> Iterator[tuple[str, Json, str]]:
    """Server-sent events: name, data and the id to resume from (html.spec.whatwg.org, section 9.2)."""
    name, data = "message", ""
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
        elif field == "id":
            last = value
        elif not line and data:
            yield name, json.loads(data), last
            name, data = "message", ""
