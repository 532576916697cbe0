"""A tokenizer for HTML and XML that loses nothing: the tokens' `raw` joined are the source, byte for byte.

It follows the HTML standard's tokenizer where that decides what is a tag (quoted `>`, comments, raw text
elements, a `<` before anything but a letter), and never fails: what a browser would drop (a tag that the end
of the text cuts off) is text here. Time is linear in the source, also for hostile input: every search that
can run to the end of the text is made at most once in vain.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.markup import elements

Dialect = Literal["html", "xml"]
Kind = Literal["text", "open", "close", "void", "opaque", "cdata", "kept"]

_REST = r"""
    (?:[\s/]++
     |[^\s/>][^\s/>=]*+
      (?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>)))?+
    )*+>
"""
_TAG = {
    "html": re.compile(rf"<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+){_REST}", re.VERBOSE),
    "xml": re.compile(rf"<(?P<end>/?)(?P<name>[^\W\d][^\s/>]*+){_REST}", re.VERBOSE),
}
#: Once a tag has run to the end of the text, tags with `<` or `>` in an attribute are no longer believed.
_PLAIN_TAG = {
    "html": re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][^\s/<>]*+)[^<>]*+>"),
    "xml": re.compile(r"<(?P<end>/?)(?P<name>[^\W\d][^\s/<>]*+)[^<>]*+>"),
}
_TAG_START = {"html": re.compile(r"</?[A-Za-z]"), "xml": re.compile(r"</?[^\W\d]")}
_MARKUP = re.compile(r"<[!?/\w]")
_COMMENT_END = re.compile(r"--!?>")
_SUBSET = re.compile(r"<![^\[>]*+\[.*?\]\s*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""[\s/]([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_XML_ENTITY = re.compile(r"&(?:#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);")
_UNKNOWN_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_:][\w:.-]*;")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the source. `name` is that of the tag, in lower case for HTML.

    `opaque`: comments, declarations, raw text elements whole. `kept`: an element whole, or an entity, that is
    copied as it is; `text` is what a reader sees of it. `cdata`: a CDATA section of XML, whole."""

    kind: Kind
    raw: str
    name: str = ""
    text: str = ""


def tokenize(source: str, dialect: Dialect) -> list[Token]:
    """All of `source`, in order. Never raises."""
    return _Tokenizer(source, dialect).run()


def decode(raw: str, dialect: Dialect) -> str:
    """Text with its entities read; what isn't one stays."""
    if "&" not in raw:
        return raw
    pattern = _ENTITY if dialect == "html" else _XML_ENTITY
    return pattern.sub(lambda m: html.unescape(m[0]), raw)


def attributes(raw: str) -> dict[str, str]:
    """Names in lower case and values of a start tag's attributes; of two with one name the first counts."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(raw):
        text = value[1:-1] if value[:1] in ("'", '"') else value
        found.setdefault(name.lower(), html.unescape(text))
    return found


def partners(tokens: Sequence[Token]) -> list[int]:
    """For each token the index of its other tag, -1 where there is none. An end tag takes the nearest open
    start tag of its name; what was opened in between stays without."""
    result = [-1] * len(tokens)
    stack: list[int] = []
    opened: dict[str, int] = {}
    for i, token in enumerate(tokens):
        if token.kind == "open":
            stack.append(i)
            opened[token.name] = opened.get(token.name, 0) + 1
        elif token.kind == "close" and opened.get(token.name):
            while True:
                j = stack.pop()
                opened[tokens[j].name] -= 1
                if tokens[j].name == token.name:
                    break
            result[i], result[j] = j, i
    return result


class _Tokenizer:
    def __init__(self, source: str, dialect: Dialect) -> None:
        self._source = source
        self._dialect: Dialect = dialect
        self._tag = _TAG[dialect]
        self._absent: set[str] = set()
        self._typed = False
        self._tokens: list[Token] = []
        self._text_from = 0

    def run(self) -> list[Token]:
        at = 0
        while (found := _MARKUP.search(self._source, at)) is not None:
            at = found.start()
            end = self._declaration(at) if self._source[at + 1] in "!?" else self._element(at)
            at = end or at + 1
        self._flush(len(self._source))
        return self._tokens

    def _flush(self, end: int) -> None:
        """Everything up to here that is no markup is text."""
        raw = self._source[self._text_from : end]
        self._text_from = end
        if not raw:
            return
        at = 0
        if self._dialect == "xml":  # an entity that only the document's own declarations explain
            for unknown in _UNKNOWN_ENTITY.finditer(raw):
                if unknown.start() > at:
                    self._tokens.append(Token("text", raw[at : unknown.start()]))
                self._tokens.append(Token("kept", unknown[0], unknown[0]))
                at = unknown.end()
        if at < len(raw):
            self._tokens.append(Token("text", raw[at:]))

    def _add(self, kind: Kind, start: int, end: int, name: str = "") -> int:
        self._flush(start)
        self._tokens.append(Token(kind, self._source[start:end], name))
        self._text_from = end
        return end

    def _find(self, needle: str, at: int) -> int:
        """End of the next `needle`, -1 where there is none; a vain search is made once."""
        if needle in self._absent:
            return -1
        found = self._source.find(needle, at)
        if found < 0:
            self._absent.add(needle)
            return -1
        return found + len(needle)

    def _declaration(self, at: int) -> int:
        """A comment, CDATA section, doctype or instruction; one that doesn't end takes the rest."""
        source, end = self._source, -1
        if source.startswith("<!--", at):
            end = self._comment(at)
            return self._add("opaque", at, end if end > 0 else len(source))
        if source.startswith("<![CDATA[", at):
            end = self._find("]]>", at + 9)
            if end > 0:
                return self._add("cdata" if self._dialect == "xml" else "opaque", at, end)
        elif source.startswith("<?", at) and self._dialect == "xml":
            end = self._find("?>", at)
        elif source[at : at + 9].lower() == "<!doctype" and not self._typed:
            self._typed = True
            subset = _SUBSET.match(source, at)
            end = subset.end() if subset else -1
        end = end if end > 0 else self._find(">", at)
        return self._add("opaque", at, end) if end > 0 else 0

    def _comment(self, at: int) -> int:
        if self._dialect == "xml":
            return self._find("-->", at + 4)
        for short in ("<!-->", "<!--->"):
            if self._source.startswith(short, at):
                return at + len(short)
        found = _COMMENT_END.search(self._source, at + 4)
        return found.end() if found else -1

    def _element(self, at: int) -> int:
        tag = self._tag.match(self._source, at)
        if tag is None and _TAG_START[self._dialect].match(self._source, at):
            self._tag = _PLAIN_TAG[self._dialect]
            tag = self._tag.match(self._source, at)
        if tag is None:
            return self._bogus(at)
        name = tag["name"].lower() if self._dialect == "html" else tag["name"]
        if tag["end"]:
            return self._add("close", at, tag.end(), name)
        empty = self._source.startswith("/>", tag.end() - 2)
        if self._dialect == "xml":
            return self._add("void" if empty else "open", at, tag.end(), name)
        if name in elements.RAW:
            return self._add("opaque", at, self._raw_end(name, tag.end()), name)
        if name in elements.VOID:
            return self._add("void", at, tag.end(), name)
        end = self._add("open", at, tag.end(), name)
        return self._text_only_end(name, end) if name in elements.TEXT_ONLY else end

    def _bogus(self, at: int) -> int:
        """`</` before anything but a letter: a comment to browsers."""
        if (
            self._dialect == "xml"
            or self._source[at + 1] != "/"
            or _TAG_START["html"].match(self._source, at)
        ):
            return 0
        end = self._find(">", at)
        return self._add("opaque", at, end) if end > 0 else 0

    def _text_only_end(self, name: str, at: int) -> int:
        """Where the end tag begins; `at`, when there is none and the element is taken for any other."""
        if name in self._absent:
            return at
        found = _end_tag(name).search(self._source, at)
        if found is None:
            self._absent.add(name)
            return at
        return found.start()

    def _raw_end(self, name: str, at: int) -> int:
        found = _end_tag(name).search(self._source, at) if name != "plaintext" else None
        end = self._find(">", found.end()) if found else -1
        return end if end > 0 else len(self._source)


def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
