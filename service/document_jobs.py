"""Jobs that translate a file, for callers who come back for it with the key that they got at the upload.

A file is handed out once; then its job is gone. The key isn't kept, only its digest.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flask import json
from sqlalchemy.orm import Session

from models.translator import TranslateOptions
from service import glossaries
from service.documents import Document
from service.errors import Problem
from service.jobs.executor import Output, Watch
from service.store import jobs
from service.store.glossaries import Pair
from service.store.ids import canonical
from service.store.jobs import Job

if TYPE_CHECKING:
    from service.runtime import Runtime

DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A file to translate. `digest` is that of the key which its owner has to show."""

    document: Document
    source: str | None
    target: str
    glossary_ids: tuple[str, ...]
    digest: str

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "glossary_ids": list(self.glossary_ids)}

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "DocumentOrder":
        ids = tuple(request["glossary_ids"])
        return cls(**{**request, "document": Document(**request["document"]), "glossary_ids": ids})


def new_key() -> tuple[str, str]:
    """A key and its digest."""
    key = secrets.token_hex(32).upper()
    return key, _digest(key)


def document(runtime: "Runtime", job: Job, watch: Watch) -> Output:
    """The translated file, as JSON."""
    order = DocumentOrder.of(job.request)
    if order.source == order.target:
        raise Problem("invalid", "Source and target language are equal.")
    own = glossaries.load_all(
        runtime.services.database, job.owner, order.glossary_ids, Pair(order.source or "", order.target)
    )
    terms = glossaries.with_news(own, default=runtime.config.glossary.default)
    options = TranslateOptions(lane="bulk", glossary=terms)  # nobody waits for it at a screen
    return Output(json.dumps({"text": runtime.translate_document(order.document, options, watch.progress)}))


def find(session: Session, owner: str, document_id: str, key: str) -> Job | None:
    """The job of a document; None without the right key. `document_id` in either spelling."""
    job = jobs.get(session, owner, canonical("job", document_id))
    if job is None or job.kind != DOCUMENT:
        return None
    return job if hmac.compare_digest(_digest(key), DocumentOrder.of(job.request).digest) else None


def take(session: Session, job: Job) -> str | None:
    """The translated file of a job that is done. It is gone afterwards."""
    result = jobs.result(session, job.id)
    if result is None:
        return None
    jobs.remove(session, job)
    text: str = json.loads(result)["text"]
    return text


def _digest(key: str) -> str:
    return hashlib.sha256(key.upper().encode()).hexdigest()
