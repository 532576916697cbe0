"""What the service answers with, beside the pipeline's own results: translations of lists of texts, and the
notices that say which of them one speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import detect
from models.document import Notice, TextTranslation
from models.markup import MarkupTranslation


@dataclass(frozen=True, slots=True)
class Translated:
    """The answer to a list of texts; `languages` goes with them one by one."""

    results: list[TextTranslation]
    languages: list[str]
    warnings: tuple[Notice, ...]
    total_ms: float
    translate_ms: float


@dataclass(frozen=True, slots=True)
class TranslatedMarkup:
    """The answer to a list of marked-up texts; `languages` (of their words) goes with them one by one."""

    results: list[MarkupTranslation]
    languages: list[str]
    warnings: tuple[Notice, ...]
    total_ms: float
    translate_ms: float

    @property
    def cached_segments(self) -> int:
        return sum(block.cached_segments for r in self.results for block in r.blocks)


def language_warnings(languages: Sequence[str]) -> tuple[Notice, ...]:
    """Says which Arabic-script texts are in another language: they are translated as if they were Arabic."""
    return merged(
        [
            numbered(
                (Notice("not_arabic", f"The text looks like {language}, not Arabic."),), n, len(languages)
            )
            for n, language in enumerate(languages)
            if language in detect.ARABIC_SCRIPT and language != "ar"
        ]
    )


def numbered(notices: Sequence[Notice], index: int, total: int) -> tuple[Notice, ...]:
    """With several texts a notice says which one it speaks of."""
    if total == 1:
        return tuple(notices)
    return tuple(Notice(n.code, f"texts[{index}]: {n.message}") for n in notices)


def merged(groups: Sequence[Sequence[Notice]]) -> tuple[Notice, ...]:
    """Each notice once, in order."""
    return tuple(dict.fromkeys(notice for group in groups for notice in group))
