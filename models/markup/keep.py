"""Elements that are copied with all they hold: `ignore_tags`, `translate="no"`, class `notranslate`, code."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import arabic
from models.markup import elements
from models.markup.options import MarkupOptions
from models.markup.parse import Token, attributes, decode, partners


@dataclass(frozen=True, slots=True)
class _Rules:
    options: MarkupOptions
    ignored: frozenset[str]
    splitting: frozenset[str]

    def keeps(self, token: Token) -> bool:
        if token.name in self.ignored:
            return True
        html = self.options.kind == "html"
        if html and token.name in elements.VERBATIM:
            return True
        raw = token.raw.lower()
        if "translate" not in raw:
            return False
        found = attributes(token.raw)
        return found.get("translate", "").strip().lower() == "no" or (
            html and "notranslate" in found.get("class", "").lower().split()
        )


def keep(tokens: Sequence[Token], options: MarkupOptions) -> list[Token]:
    """`tokens` with each such element as one `kept` token. One without an end tag goes on to the next tag
    that ends a sentence. Note marks (`sup`, `sub` without Arabic letters) are kept too."""
    rules = _Rules(
        options,
        options.named(options.ignore_tags),
        elements.SPLITTING | options.named(options.splitting_tags),
    )
    other = partners(tokens)
    result: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        end = 0
        if token.kind == "open" and rules.keeps(token):
            end = _end(tokens, i, other[i], rules.splitting)
        elif token.kind == "open" and token.name in elements.RAISED and options.kind == "html":
            end = _raised_end(tokens, i, other[i])
        if end:
            result.append(_kept(tokens[i:end], options))
        else:
            result.append(token)
        i = max(end, i + 1)
    return result


def _end(tokens: Sequence[Token], start: int, partner: int, splitting: frozenset[str]) -> int:
    if partner > start:
        return partner + 1
    end = start + 1
    while end < len(tokens) and not (tokens[end].kind != "text" and tokens[end].name in splitting):
        end += 1
    return end


def _raised_end(tokens: Sequence[Token], start: int, partner: int) -> int:
    """Note marks are short; anything longer is text that happens to be raised."""
    if not start < partner <= start + 9:
        return 0
    inner = "".join(t.raw for t in tokens[start + 1 : partner] if t.kind == "text")
    return 0 if arabic.has_arabic(decode(inner, "html")) else partner + 1


def _kept(tokens: Sequence[Token], options: MarkupOptions) -> Token:
    text = "".join(decode(t.raw, options.kind) for t in tokens if t.kind == "text")
    return Token("kept", "".join(t.raw for t in tokens), tokens[0].name, " ".join(text.split()))
