"""`python -m tests.service.api.deepl.table PORT`: the real service, with a table for a model.

It translates "proton beam" between the languages that DeepL offered when its client's tests were written,
uses glossaries for whole lines, and gives everything else back as it is. So the client's own test cases can be
pointed at it (`DEEPL_SERVER_URL=http://localhost:PORT DEEPL_AUTH_KEY=anything`). With
`DEEPL_MOCK_SERVER_PORT=PORT` those that steer a server by `mock-server-session-…` headers run as well: answers that
don't come, 429, quotas, documents that take their time or fail.
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, g, json, request
from werkzeug.serving import make_server

from models.glossary import Glossary
from service import document_jobs
from service.api.deepl import languages, work
from service.api.deepl.errors import Refused
from service.api.deepl.languages import Language, Languages
from service.api.deepl.work import Done, Wanted
from service.app import create_app
from service.context import runtime_of
from service.document_jobs import DocumentOrder
from service.errors import Problem
from service.glossaries import load_all
from service.jobs.executor import Output, Watch
from service.principal import LOCAL, Principal
from service.runtime import Runtime
from service.store.glossaries import Pair
from service.store.jobs import Job
from tests.service.fakes import runtime

BEAM = {
    "AR": "شعاع البروتون", "BG": "протонен лъч", "CS": "protonový paprsek", "DA": "protonstråle",
    "DE": "Protonenstrahl", "EL": "δέσμη πρωτονίων", "EN": "proton beam", "ES": "haz de protones",
    "ET": "prootonikiirgus", "FI": "protonisäde", "FR": "faisceau de protons", "HU": "protonnyaláb",
    "ID": "berkas proton", "IT": "fascio di protoni", "JA": "陽子ビーム", "KO": "양성자 빔",
    "LT": "protonų spindulys", "LV": "protonu staru kūlis", "NB": "protonstråle", "NL": "protonenbundel",
    "PL": "wiązka protonów", "PT": "feixe de prótons", "RO": "fascicul de protoni", "RU": "протонный луч",
    "SK": "protónový lúč", "SL": "protonski žarek", "SV": "protonstråle", "TR": "proton ışını",
    "UK": "протонний промінь", "ZH": "质子束",
}  # fmt: skip
FORMAL = {"DE", "ES", "FR", "IT", "JA", "NL", "PL", "PT", "RU"}
REGIONS = {"EN": ("EN-US", "EN-GB"), "PT": ("PT-BR", "PT-PT"), "ZH": ("ZH", "ZH-HANS", "ZH-HANT")}
NAMES = {"AR": "Arabic", "DE": "German", "EN": "English", "FR": "French"}
EVERY = Languages(
    tuple(Language(code, NAMES.get(code, code)) for code in BEAM),
    tuple(
        Language(region, NAMES.get(code, code), code in FORMAL)
        for code in BEAM
        for region in REGIONS.get(code, (code,))
    ),
)
#: Seconds for which a request gets no answer: more than clients wait in these tests.
SILENCE = 2.5


def table_line(text: str, target: str, glossary: Glossary | None) -> str:
    terms = {term.source: term.target for term in glossary.terms} if glossary else {}
    return terms.get(text) or (BEAM[target] if text in BEAM.values() else text)


def table(text: str, target: str, glossary: Glossary | None) -> str:
    return "\n".join(table_line(line, target, glossary) for line in text.split("\n"))


def results(wanted: Wanted) -> list[Done]:
    """In place of the model."""
    direction = wanted.direction
    found = {beam: code for code, beam in reversed(BEAM.items())}
    return [
        Done(
            table(text, direction.target.base, direction.glossary), direction.source or found.get(text, "EN")
        )
        for text in wanted.texts
    ]


class Sessions:
    """What the headers of each session ask for, and what of it has been done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self.queued = self.translated = 0.0
        self.failures = 0

    def once_more(self, name: str) -> bool:
        """Whether `mock-server-session-NAME` times aren't over yet."""
        wanted = int(request.headers.get(f"mock-server-session-{name}", 0))
        key = f"{request.headers.get('mock-server-session')}/{name}"
        with self._lock:
            self._done[key] += 1
            return self._done[key] <= wanted

    def steer(self) -> None:
        """Runs before each request."""
        sent = request.authorization
        key = sent.token if sent else None
        if key == "invalid":
            raise Problem("unauthorized", "The key is wrong.")
        headers = request.headers
        if request.path.endswith("/v2/document"):
            self.queued = headers.get("mock-server-session-doc-queue-time", 0, int) / 1000
            self.translated = headers.get("mock-server-session-doc-translate-time", 0, int) / 1000
            self.failures = headers.get("mock-server-session-doc-failure", 0, int)
        if "mock-server-session" not in headers:
            return
        limit = headers.get("mock-server-session-init-character-limit", type=int)
        g.principal = Principal("local", headers["mock-server-session"], LOCAL.scopes, limit)
        if self.once_more("no-response"):
            time.sleep(SILENCE)
            raise Refused(503, "Too late")
        if request.path.endswith("/v2/translate") and self.once_more("429-count"):
            raise Problem("too_many_requests", "As asked.", retry_after=1)

    def document(self, runtime: Runtime, job: Job, watch: Watch) -> Output:
        """In place of the model, for files."""
        order = DocumentOrder.of(job.request)
        time.sleep(self.queued + self.translated + 0.3)
        if self.failures:
            raise Problem("invalid", "As asked.")
        if order.source == order.target:
            raise Problem("invalid", "Source and target language are equal.")
        pair = Pair(order.source or "en", order.target)
        own = load_all(runtime.services.database, job.owner, order.glossary_ids, pair)
        return Output(json.dumps({"text": table(order.document.text, order.target.upper(), own)}))


def application() -> Flask:
    """The service with the table in it."""
    made = runtime()
    return create_app(made.config, made)


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """The address of a running server; the languages and the model are as they were afterwards."""
    sessions = Sessions()
    replaced: list[tuple[Any, str, Any]] = [
        (languages, "OURS", EVERY), (work, "results", results), (document_jobs, "document", sessions.document),
    ]  # fmt: skip
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in replaced]
    for owner, name, value in replaced:
        setattr(owner, name, value)
    app = application()
    app.before_request(sessions.steer)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        runtime_of(app).close()
        for owner, name, value in kept:
            setattr(owner, name, value)


if __name__ == "__main__":
    with serving(int(sys.argv[1])) as address:
        print(address, flush=True)
        threading.Event().wait()
