"""POST /translate_file and GET /download_file: a file in, the address of its translation out."""

import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from flask import Response, json, send_file, url_for

from models import detect
from models.document import TextTranslation
from models.translator import TranslateOptions
from service import documents
from service.api.admission import admit
from service.api.libretranslate import pairs
from service.api.libretranslate.errors import Refused, missing, too_long
from service.api.libretranslate.fields import read
from service.api.libretranslate.pairs import AUTO
from service.body import Upload
from service.context import current
from service.documents import Document, UnknownKind, UnreadableDocument
from service.downloads import Download, Downloads, is_id
from service.errors import Problem

#: Characters of a file's name that are kept.
LONGEST_NAME = 100
#: What no system wants in a file's name, and what could make it look like another.
_RESERVED = re.compile(r'[/\\:*?"<>|]')


def translate_file() -> Response:
    given = read()
    given.authorise()
    upload = given.files.get("file")
    if upload is None:
        raise missing("file")
    source, target = given.needed("source"), given.needed("target")
    document = _document(upload)
    pairs.check(source, target)
    translated = pairs.is_translated(source, target)
    if source == AUTO:
        pairs.check_detected(detect.language_of(document.text), target)
    text = _translated(document) if translated else document.text
    name = _new_name(document.name, target)
    made = _keep(Download(name, documents.MIMETYPES[document.kind], text))
    address = url_for(".download_file", name=f"{made}.{name}", _external=True)
    return Response(json.dumps({"translatedFileUrl": address}), mimetype="application/json")


def download_file(name: str) -> Response:
    made = name.partition(".")[0]
    if not is_id(made):
        raise Refused("Invalid filename")
    found = _downloads().get(made)
    if found is None:
        raise Refused("There is no such file, or it isn't kept any longer.", 404)
    content = io.BytesIO(found.text.encode())
    response = send_file(content, found.mimetype, as_attachment=True, download_name=found.name)
    response.content_type = f"{found.mimetype}; charset=utf-8"
    return response


def _document(upload: Upload) -> Document:
    """The file's text, and what its sender called it. Raises `Refused`."""
    if not upload.name or not upload.data.strip():
        raise Refused("Invalid request: empty file")
    try:
        document = documents.read(upload.name, upload.data, upload.charset)
    except UnknownKind:
        raise Refused("Invalid request: file format not supported") from None
    except UnreadableDocument as error:
        raise Refused(f"Invalid request: {error}") from None
    limit = current().config.limits.max_text_chars
    if len(document.text) > limit:
        raise too_long(len(document.text), limit)
    return document


def _translated(document: Document) -> str:
    options = TranslateOptions(lane="bulk")  # texts of other callers come first
    with admit(len(document.text)):
        return documents.translated(document, _translate, options)


def _translate(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
    """A file may hold more texts than a request."""
    most = current().config.limits.max_texts
    parts = (texts[start : start + most] for start in range(0, len(texts), most))
    return [result for part in parts for result in current().translate(part, options).results]


def _new_name(name: str, target: str) -> str:
    """`مقال.srt` becomes `مقال_en.srt`."""
    clean = "".join(c for c in _RESERVED.sub("_", name) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    path = PurePosixPath(clean)
    return f"{path.stem[:LONGEST_NAME]}_{target}{path.suffix}"


def _keep(download: Download) -> str:
    try:
        return _downloads().put(download)
    except OSError as error:
        raise Problem("store_full", f"The file can't be kept: {error.strerror}.") from error


def _downloads() -> Downloads:
    return Downloads(current().config.downloads_path)
