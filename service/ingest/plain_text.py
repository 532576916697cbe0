"""HTML as feeds hold it, whole or escaped or hardly any, as plain text."""

import re
from typing import Any

#: What XML and HTML parsers stumble over: control characters, half a surrogate pair.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
#: What ends a line of text. A tag ends at the next one at the latest: a thousand tags without an end would
#: otherwise be searched to the end of the text a thousand times.
_BLOCKS = re.compile(
    r"<(?:/?(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote|section|article)|br|hr)\b[^<>]*>", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")


def plain_text(markup: str) -> str:
    """HTML, escaped once or twice or not at all, as text with its paragraphs. Text that only looks like
    markup stays as it is."""
    for _ in range(2):
        if "<" not in markup and "&" not in markup:
            break
        markup = _without_tags(markup)
    paragraphs = (_SPACE.sub(" ", line).strip() for line in markup.split("\n"))
    return "\n".join(line for line in paragraphs if line)


def _without_tags(markup: str) -> str:
    has_tags = _TAG.search(markup) is not None
    if not has_tags and "&" not in markup:
        return markup
    import lxml.etree  # the process that watches the workers has no use for it
    import lxml.html

    # Line breaks of the source mean nothing in HTML; blocks and <br> do.
    flat = _SPACE.sub(" ", markup) if has_tags else markup
    flat = _BLOCKS.sub("\n", FORBIDDEN.sub("", flat))
    fragment: Any = lxml.html.fromstring(f"<div>{flat}</div>")
    lxml.etree.strip_elements(fragment, "script", "style", with_tail=False)
    return str(fragment.text_content())
