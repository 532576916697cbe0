"""The body of an answer, decompressed and cut off at its cap, whatever the server claims.

Only gzip and deflate are asked for, and each is decompressed a piece at a time with a bounded output, so a
bomb never exists in memory. Other codings (brotli, Zstandard, one inside another) were not asked for and are
refused unread.
"""

import zlib
from collections.abc import Iterable

from service.ingest.fetch_errors import FetchFailed, FetchTooLarge

ACCEPTED = "gzip, deflate"
_STEP = 64 * 1024


def read(pieces: Iterable[bytes], coding: str, cap: int, status: int) -> bytes:
    """All of a body of at most `cap` bytes, compressed or not. Raises `FetchTooLarge`, `FetchFailed`."""
    decoder = _decoder(coding.strip().lower())
    body = bytearray()
    received = 0
    for piece in pieces:
        received += len(piece)
        if received > cap:  # also ends compressed data that never becomes any output
            raise too_large(cap, status)
        if decoder is None:
            body += piece
            continue
        decoder.feed(piece, body, cap)
        if len(body) > cap:
            raise too_large(cap, status)
    if decoder is not None and received and not decoder.complete:
        raise FetchFailed("The server's answer ended early.", reason="incomplete")
    return bytes(body)


def too_large(cap: int, status: int) -> FetchTooLarge:
    return FetchTooLarge(f"The page is larger than {cap} bytes.", status)


def _decoder(coding: str) -> "_Inflater | None":
    if coding in ("", "identity"):
        return None
    if coding in ("gzip", "x-gzip"):
        return _Inflater(zlib.MAX_WBITS | 16)
    if coding == "deflate":
        return _Inflater(zlib.MAX_WBITS)
    raise FetchFailed(
        "The server compressed its answer in a way that was not asked for.", reason="coding", retryable=False
    )


class _Inflater:
    """gzip with any number of members, or deflate with or without zlib's header (servers send both)."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflate = zlib.decompressobj(window)
        self._started = False
        self.complete = False

    def feed(self, data: bytes, body: bytearray, cap: int) -> None:
        """Append what `data` decompresses to; stops soon after `body` is over `cap`."""
        full = False
        while (data or full) and len(body) <= cap:
            if self._inflate.eof:
                if self._window != zlib.MAX_WBITS | 16 or not data.startswith(b"\x1f"):
                    return  # bytes behind the end: padding
                self._inflate = zlib.decompressobj(self._window)
            piece = self._step(data)
            body += piece
            full = len(piece) == _STEP  # then zlib may hold more, although it has taken all data
            self.complete = self._inflate.eof
            data = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def _step(self, data: bytes) -> bytes:
        first, self._started = not self._started, True
        try:
            return self._inflate.decompress(data, _STEP)
        except zlib.error:
            if first and self._window == zlib.MAX_WBITS:
                self._window = -zlib.MAX_WBITS
                self._inflate = zlib.decompressobj(self._window)
                return self._step(data)
            raise FetchFailed("The server's compressed answer is damaged.", reason="coding") from None
