"""What a program asks before it sends texts: languages, health, what is switched on. And POST /suggest, which
isn't."""

from typing import Any

from flask import Response, json

from service.api.libretranslate.errors import Refused
from service.api.libretranslate.fields import read
from service.api.libretranslate.pairs import AUTO, NAMES, TARGETS
from service.context import current

#: What `/translate_file` reads, as LibreTranslate's page lists it.
FILES = (".txt", ".html", ".srt")
#: Milliseconds that LibreTranslate's page waits after a letter was typed.
TYPING = 500


def languages() -> Response:
    """Clients send an urlencoded body with this GET; nothing in it makes a difference."""
    return _answer(
        [{"code": code, "name": NAMES[code], "targets": list(targets)} for code, targets in TARGETS.items()]
    )


def frontend() -> Response:
    config = current().config
    return _answer(
        {
            "charLimit": config.limits.max_text_chars,
            "frontendTimeout": TYPING,
            "apiKeys": config.needs_keys,
            "keyRequired": config.needs_keys,
            "suggestions": False,
            "filesTranslation": True,
            "supportedFilesFormat": list(FILES),
            "language": {
                "source": {"code": AUTO, "name": "Auto Detect"},
                "target": {"code": "en", "name": NAMES["en"]},
            },
        }
    )


def health() -> Response:
    """That the process lives; /readyz says whether it can translate."""
    return _answer({"status": "ok"})


def suggest() -> Response:
    """Nobody here reads suggestions, and weights are not trained on what strangers send."""
    read().authorise()
    raise Refused("Suggestions are disabled on this server.", 403)


def _answer(body: Any) -> Response:
    return Response(json.dumps(body), mimetype="application/json")
