"""GET /v2/languages, /v2/usage: what can be translated, and how much is left. Language codes in DeepL's
spelling."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, json

from service.api.admission import quota_of
from service.api.deepl import fields
from service.context import principal, services
from service.store import usage
from service.store.glossaries import Pair

#: What clients take for "no limit": they want a number, and compare with it.
UNLIMITED = 10**12


@dataclass(frozen=True, slots=True)
class Language:
    """`code` as DeepL writes it: `AR`, `EN-US`."""

    code: str
    name: str
    supports_formality: bool = False

    @property
    def base(self) -> str:
        return self.code.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Languages:
    """What can be translated from, and into what. A bare code means the first target of its language."""

    sources: tuple[Language, ...]
    targets: tuple[Language, ...]

    def source(self, given: str) -> str | None:
        """The code of a source language, whatever region and spelling; None for one that isn't. A target is
        taken as well: such text comes back as it is."""
        base = _spelled(given).partition("-")[0]
        known = {language.base for language in (*self.sources, *self.targets)}
        return base if base in known else None

    def target(self, given: str) -> Language | None:
        """A target language by its full or bare code; None for one that isn't."""
        code = _spelled(given)
        exact = [t for t in self.targets if t.code == code]
        return next(iter([*exact, *(t for t in self.targets if t.base == code)]), None)

    def pairs(self) -> list[Pair]:
        """Every pair, without regions, in lower case: those that glossaries can be made for."""
        bases = dict.fromkeys(t.base.lower() for t in self.targets)
        return [Pair(s.base.lower(), t) for s in self.sources for t in bases if s.base.lower() != t]


#: What the models translate. British spelling isn't told from American: both get what the model writes.
OURS = Languages(
    (Language("AR", "Arabic"),),
    (Language("EN-US", "English (American)"), Language("EN-GB", "English (British)")),
)


def supported() -> Languages:
    return OURS


def list_languages() -> Response:
    kind = fields.query().choice("type", ("source", "target"), "source")
    known = supported()
    found: list[dict[str, Any]]
    if kind == "source":
        found = [{"language": language.code, "name": language.name} for language in known.sources]
    else:
        found = [
            {"language": t.code, "name": t.name, "supports_formality": t.supports_formality}
            for t in known.targets
        ]
    return Response(json.dumps(found), mimetype="application/json")


def show_usage() -> Response:
    """Today's characters and the day's quota: it is by the day that quotas count here."""
    caller = principal()
    services().ledger.flush()
    with services().database.read() as session:
        used = usage.used(session, caller.key_id, datetime.now(UTC).date())
    body = {"character_count": used, "character_limit": quota_of(caller) or UNLIMITED}
    return Response(json.dumps(body), mimetype="application/json")


def _spelled(given: str) -> str:
    return given.strip().replace("_", "-").upper()


ROUTES = (
    ("GET", "/v2/languages", list_languages),
    ("POST", "/v2/languages", list_languages),
    ("GET", "/v2/usage", show_usage),
    ("POST", "/v2/usage", show_usage),
)
