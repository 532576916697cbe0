"""HTML and XML translated with their markup.

    source -> tokens (parse, keep) -> blocks -> one call of the pipeline -> links -> place -> write -> shape

Nothing but the words changes: what is not translated comes back byte for byte, and the result is read again
and compared with the source tag for tag. `docs/markup.md` has the rules and what they were measured to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.arabic import has_arabic
from models.document import Notice, TextTranslation
from models.markup.blocks import Piece, pieces
from models.markup.links import Links
from models.markup.nodes import Block
from models.markup.options import MarkupOptions
from models.markup.parse import Dialect
from models.markup.place import Placer
from models.markup.shape import shape
from models.markup.write import escape, in_order, untouched, write
from models.translator import TranslateOptions

__all__ = ["APPROXIMATE", "KEPT", "SIMPLIFIED", "MarkupOptions", "MarkupTranslation", "translate_markup"]

#: Codes of the notices.
APPROXIMATE = "markup_approximate"
SIMPLIFIED = "markup_simplified"
KEPT = "markup_kept"
#: Inline tags nested deeper than this are nobody's prose; placing them takes time for each level.
MAX_DEPTH = 64

Translate = Callable[[Sequence[str], TranslateOptions], list[TextTranslation]]


@dataclass(frozen=True, slots=True)
class MarkupTranslation:
    """`text` is the markup with English words. `blocks` are the translations of its texts, in order."""

    source: str
    text: str
    blocks: tuple[TextTranslation, ...]
    notices: tuple[Notice, ...] = ()


def translate_markup(
    pipeline_translate: Translate,
    sources: Sequence[str],
    markup: MarkupOptions = MarkupOptions(),  # noqa: B008 - frozen
    options: TranslateOptions = TranslateOptions(),  # noqa: B008 - frozen
) -> list[MarkupTranslation]:
    """One result per source, same order; all texts of all sources go to the pipeline in one call, with word
    alignment and without alternatives. Broken markup is no error. Raises what the pipeline raises."""
    parsed = [pieces(source, markup) for source in sources]
    texts = [piece.text for parts in parsed for piece in parts if isinstance(piece, Block)]
    western = any(has_arabic(text) for text in texts)
    # <br> and <pre> mean their line breaks
    wanted = replace(options, alignments=True, alternatives=0, unwrap=False, western=western)
    results = iter(pipeline_translate(texts, wanted) if texts else [])
    return [
        _Document(source, parts, [next(results) for p in parts if isinstance(p, Block)], markup).result()
        for source, parts in zip(sources, parsed, strict=True)
    ]


class _Document:
    """One source on its way back to markup."""

    def __init__(
        self,
        source: str,
        parts: Sequence[Piece],
        results: Sequence[TextTranslation],
        markup: MarkupOptions,
    ) -> None:
        self._source = source
        self._parts = parts
        self._results = results
        self._dialect: Dialect = markup.kind
        self._approximate = self._simplified = 0

    def result(self) -> MarkupTranslation:
        """The first way of writing it that keeps all tags. Anything but the first is for broken markup, where
        a quotation mark or a `<` of the text can turn what follows into something else."""
        wanted = shape(self._source, self._dialect)
        for quotes, simple in ((False, False), (True, False), (False, True), (True, True)):
            text = self._written(quotes, simple)
            if shape(text, self._dialect) == wanted:
                return MarkupTranslation(self._source, text, tuple(self._results), self._notices())
        notices = (*_language(self._results), Notice(KEPT, "The markup is too broken: nothing was changed."))
        return MarkupTranslation(self._source, self._source, tuple(self._results), notices)

    def _written(self, quotes: bool, simple: bool) -> str:
        self._approximate = self._simplified = 0
        results = iter(self._results)
        return "".join(
            p if isinstance(p, str) else self._block(p, next(results), quotes, simple) for p in self._parts
        )

    def _block(self, block: Block, result: TextTranslation, quotes: bool, simple: bool) -> str:
        if all(t.text == t.segment.span.of(result.source) for t in result.translations):
            return untouched(block, harmless=simple)
        if not block.roots:
            return escape(result.english, block.mode, quotes)
        if not simple and block.depth <= MAX_DEPTH:
            links = Links(result)
            placer = Placer(links)
            text = write(block, result.english, placer.place(block.roots), quotes)
            if shape(text, block.dialect) == shape(block.raw, block.dialect):
                self._approximate += links.estimated or placer.estimated > 0
                return text
        self._simplified += 1
        return in_order(block, result.english, quotes)

    def _notices(self) -> tuple[Notice, ...]:
        found = list(_language(self._results))
        if self._approximate:
            found.append(
                Notice(
                    APPROXIMATE,
                    f"In {_blocks(self._approximate)} tags stand about where their words are: the model told "
                    "too little about which words belong together.",
                )
            )
        if self._simplified:
            found.append(
                Notice(
                    SIMPLIFIED,
                    f"In {_blocks(self._simplified)} tags stand in the order of the source, not round the "
                    "words they belong to.",
                )
            )
        return tuple(found)


def _blocks(count: int) -> str:
    return "one block" if count == 1 else f"{count} blocks"


def _language(results: Sequence[TextTranslation]) -> tuple[Notice, ...]:
    """The blocks' own notices once each; that some of many blocks are in another language is one remark."""
    every = [notice for result in results for notice in result.notices]
    untouched = [r for r in results if any(n.code == "not_arabic" for n in r.notices)]
    if len(untouched) == len(results):
        return tuple(dict.fromkeys(every))
    found = dict.fromkeys(n for n in every if n.code != "not_arabic")
    foreign = sum(any(c.isalpha() for c in r.source) for r in untouched)
    if foreign:
        many = f"{_blocks(foreign)} of {len(results)}"
        found[Notice("mixed_language", f"{many} came back untouched: not Arabic.")] = None
    return tuple(found)
