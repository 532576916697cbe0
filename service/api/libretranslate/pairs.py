"""From which language into which: what there is, and the refusals for what there isn't."""

from service.api.libretranslate.errors import Refused

AUTO = "auto"
#: What the models translate, as LibreTranslate lists it: every language is a target of its own.
NAMES = {"ar": "Arabic", "en": "English"}
TARGETS = {"ar": ("ar", "en"), "en": ("en",)}
#: The code for text without words.
NO_LANGUAGE = "und"


def check(source: str, target: str) -> None:
    """Raises `Refused` for a language that isn't one of ours."""
    for code in (source, target):
        if code not in NAMES and not (code == AUTO and code is source):
            raise Refused(f"{code} is not supported")


def is_translated(source: str, target: str) -> bool:
    """Whether such a text goes through the model. If not, it is in `target` already. Raises `Refused` for a
    pair that there is no model for."""
    if source == AUTO:
        return target == "en"
    if target not in TARGETS[source]:
        raise Refused(
            f"{NAMES[target]} ({target}) is not available as a target language from "
            f"{NAMES[source]} ({source})"
        )
    return source != target


def check_detected(language: str, target: str) -> None:
    """For text of a detected language. Raises `Refused` when it can't come out in `target`; into English
    anything goes: what the model can't read comes back as it is."""
    if target == "en" or language in (NO_LANGUAGE, target):
        return
    if language not in NAMES:
        raise Refused(f"{language} is not supported")
    is_translated(language, target)
