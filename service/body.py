"""The one reader of request bodies: JSON, form, multipart and plain text become the same `Body`.

Each way in which a body can be wrong has its own problem, with the place. Nothing is repaired in silence:
no replacement characters, no last-key-wins, no NaN.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from service.errors import FieldError, Problem, pointer

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
#: More fields or parts than any request of ours can have.
MAX_PARTS = 2000
#: Deeper than any request of ours; a limit keeps the parser's recursion away from the interpreter's.
MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff]")
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. `charset` is what the sender says it is in, if it says so."""

    name: str
    mimetype: str
    data: bytes
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Fields and files of a request. `typed` is False for forms, where every value is a string."""

    fields: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)
    typed: bool = True


def read_body(
    request: Request,
    max_bytes: int,
    *,
    files: Collection[str] = (),
    raw: Mapping[str, str] | None = None,
    empty: Collection[str] = (),
) -> Body:
    """The request's body. `files` names the form fields that take a file; `raw` maps further content types,
    whose body is one file, to the field it becomes (other fields stand in the query). Fields of a form left
    empty count as not given, but for those named in `empty`. Raises `Problem`."""
    raw = raw or {}
    mimetype, options = parse_options_header(request.headers.get("Content-Type", ""))
    mimetype = mimetype.lower()
    readable = [JSON, FORM, *([MULTIPART] if files else []), *raw]
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Problem("unsupported_media_type", "Compressed bodies aren't read here.")
    if mimetype not in readable and (
        mimetype or request.content_length or request.headers.get("Transfer-Encoding")
    ):
        _refuse_type(mimetype, readable)
    data = _read(request, max_bytes)
    if not data.strip():
        raise Problem("empty_body", f"The body is empty; send {_any_of(readable)}.")
    if mimetype not in readable:
        _refuse_type(mimetype, readable)
    if mimetype != MULTIPART and mimetype not in raw:
        _check_charset(options.get("charset"))
    if mimetype == JSON:
        return Body(json_object(data))
    if mimetype == FORM:
        return Body(_form(data, empty), typed=False)
    if mimetype == MULTIPART:
        return _multipart(data, options.get("boundary", ""), files)
    return Body(
        read_query(request).fields,
        {raw[mimetype]: Upload("", mimetype, data, options.get("charset") or "utf-8")},
        typed=False,
    )


def read_query(request: Request) -> Body:
    """The fields of the request's query."""
    return Body(_collect((name, value) for name, value in request.args.items(multi=True)), typed=False)


def _refuse_type(mimetype: str, readable: Collection[str]) -> NoReturn:
    said = f"not {mimetype[:80]}" if mimetype else "but there is no Content-Type"
    raise Problem("unsupported_media_type", f"This path reads {_any_of(readable)}, {said}.")


def _any_of(names: Collection[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _check_charset(charset: str | None) -> None:
    if charset is not None and charset.lower() not in ("utf-8", "utf8"):
        raise Problem("unsupported_media_type", "The body must be UTF-8, as its charset should say.")


def _read(request: Request, max_bytes: int) -> bytes:
    """The whole body, but never more than `max_bytes` of it in memory."""
    length = request.content_length
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    stream = request.environ["wsgi.input"]
    if length is not None and length > max_bytes:
        _refuse_size(request, stream, length, max_bytes)
    wanted = max_bytes + 1 if length is None else length
    data = b"".join(_pieces(stream, wanted))
    if len(data) > max_bytes:
        _refuse_size(request, stream, 0, max_bytes)
    if length is not None and len(data) < length:
        missing = length - len(data)
        raise Problem("incomplete_body", f"The body ends {missing:,} bytes before its Content-Length.")
    return data


def _pieces(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Up to `size` bytes of the stream, piece by piece."""
    while size > 0:
        try:
            piece = stream.read(min(size, _PIECE))
        except OSError as error:
            raise Problem("incomplete_body", "The connection ended within the body.") from error
        if not piece:
            return
        size -= len(piece)
        yield piece


def _refuse_size(request: Request, stream: IO[bytes], length: int, max_bytes: int) -> NoReturn:
    """Many clients read the answer only when they have sent everything, and lose it when we hang up before.
    So a body up to twice the limit is read and thrown away; a longer one, or one whose sender waits for our
    word (Expect: 100-continue), isn't."""
    if length <= 2 * max_bytes and "Expect" not in request.headers:
        for _ in _pieces(stream, length or max_bytes):
            pass
    raise Problem("body_too_large", f"The body is over {max_bytes:,} bytes.")


def _utf8(data: bytes, what: str = "The body") -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"{what} isn't UTF-8: byte 0x{data[error.start]:02X} at offset {error.start}."
        raise Problem("bad_utf8", detail) from None


class _RefusedJson(ValueError):
    """Raised inside the JSON parser's hooks; carries the problem out of it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def json_object(data: bytes, what: str = "The body", line: int = 1) -> dict[str, Any]:
    """The JSON object that `data` is. Problems name it `what` and count its lines from `line`. Raises
    `Problem`."""
    text = _utf8(data, what).removeprefix("\ufeff")
    try:
        value = json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_no_constant, parse_int=_small_int
        )
    except _RefusedJson as refused:
        raise refused.problem from None
    except json.JSONDecodeError as error:
        place = f"line {line + error.lineno - 1}, column {error.colno}"
        detail = f"{what} isn't JSON: {error.msg} at {place}."
        raise Problem("bad_json", detail) from None
    except RecursionError:
        raise Problem("bad_json", "The JSON is nested too deeply.") from None
    if not isinstance(value, dict):
        names = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
        raise Problem("not_an_object", f"{what} is {names.get(type(value), 'a number')}, not a JSON object.")
    wrong = list(_surrogates(value, (), MAX_DEPTH))
    if wrong:
        raise Problem("invalid", "A string holds half of a surrogate pair.", errors=wrong)
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            shown = pointer(_SURROGATE.sub("?", name))[1:]
            raise _RefusedJson(Problem("duplicate_key", f'The key "{shown}" stands twice in one object.'))
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise _RefusedJson(Problem("bad_json", f"{name} isn't JSON."))


def _small_int(digits: str) -> int:
    if len(digits) > 19:
        raise _RefusedJson(Problem("bad_json", "A number is too long."))
    return int(digits)


def _surrogates(value: Any, at: tuple[str | int, ...], depth: int) -> Iterator[FieldError]:
    """The strings that can't be written as UTF-8; also refuses what is nested too deeply to be ours."""
    if depth == 0:
        raise Problem("bad_json", "The JSON is nested too deeply.")
    if isinstance(value, str):
        half = _SURROGATE.search(value)
        if half is not None:
            yield FieldError(pointer(*at), f"half of a surrogate pair at character {half.start()}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _SURROGATE.search(key):
                yield FieldError(pointer(*at), "a key holds half of a surrogate pair")
            else:
                yield from _surrogates(inner, (*at, key), depth - 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _surrogates(inner, (*at, index), depth - 1)


def _form(data: bytes, empty: Collection[str]) -> dict[str, Any]:
    if data.lstrip()[:1] in (b"{", b"["):
        detail = f"The body looks like JSON but is sent as a form; set Content-Type: {JSON}."
        raise Problem("unsupported_media_type", detail)
    pieces = data.split(b"&", MAX_PARTS + 1)
    if len(pieces) > MAX_PARTS:
        raise Problem("bad_form", f"The form has more than {MAX_PARTS} fields.")

    def plain(piece: bytes, what: str) -> str:
        return _utf8(unquote_to_bytes(piece.replace(b"+", b" ")), what)

    parts = (piece.partition(b"=") for piece in pieces if piece)
    names = ((plain(name, "A field's name"), value) for name, _, value in parts)
    values = ((name, plain(value, f'The field "{pointer(name)[1:]}"')) for name, value in names)
    return _collect(values, empty)


def _collect(pairs: Iterator[tuple[str, str]], empty: Collection[str] = ()) -> dict[str, Any]:
    """Form fields; one given several times is a list. Those left empty count as not given."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if value == "" and name not in empty:
            continue
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def _multipart(data: bytes, boundary: str, files: Collection[str]) -> Body:
    uploads: dict[str, Upload] = {}
    texts: list[tuple[str, str]] = []
    for part, content in _parts(data, boundary):
        name = part.name or ""
        if isinstance(part, Field):
            texts.append((name, _utf8(content, f'The field "{pointer(name)[1:]}"')))
        elif part.filename or content:  # browsers send an empty part for a file nobody chose
            if name not in files or name in uploads:
                reason = "is sent twice" if name in uploads else f"takes no file; send it as {_any_of(files)}"
                raise Problem("invalid", "A file can't be used.", errors=[FieldError(pointer(name), reason)])
            kind, options = parse_options_header(part.headers.get("content-type", ""))
            uploads[name] = Upload(part.filename, kind.lower(), content, options.get("charset"))
    return Body(_collect(iter(texts)), uploads, typed=False)


def _parts(data: bytes, boundary: str) -> Iterator[tuple[Field | File, bytes]]:
    if not boundary:
        raise Problem("bad_form", "The Content-Type names no boundary.")
    try:
        decoder = MultipartDecoder(boundary.encode("ascii"), max_parts=MAX_PARTS)
        decoder.receive_data(data)
        decoder.receive_data(None)
        part: Field | File | None = None
        content: list[bytes] = []
        while not isinstance(event := decoder.next_event(), Epilogue):
            if isinstance(event, Field | File):
                part, content = event, []
            elif isinstance(event, Data) and part is not None:
                content.append(event.data)
                if not event.more_data:
                    yield part, b"".join(content)
    except RequestEntityTooLarge:
        raise Problem("bad_form", f"The form has more than {MAX_PARTS} parts.") from None
    except UnicodeDecodeError:
        raise Problem("bad_utf8", "The head of a form part isn't UTF-8.") from None
    except (ValueError, AttributeError) as error:  # how the decoder says that the form is broken
        raise Problem("bad_form", f"The form can't be taken apart: {_decoder_says(error)}.") from None


def _decoder_says(error: Exception) -> str:
    if "Content-Disposition" in str(error):
        return "a part has no Content-Disposition"
    return "it ends early or its boundary is wrong"
