"""What stands before the first element of an XML file, so that feedparser gets through it in linear time.

feedparser looks for entities and the document type with patterns that take time with the square of the white
space, and of the lines, before the first element; so both are bounded here. It also looks for the charset in
whatever the file begins with; that is a declaration of ours.
"""

import re

DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
#: Characters of a prolog that are read; the entities of XHTML take half of them.
LONGEST = 20_000
_DECLARED = re.compile(r"\s*<\?xml[^>]*\?>")
_FIRST_ELEMENT = re.compile(r"<\w")


def tidied(xml: str) -> str:
    """The XML with our declaration instead of its own, and its prolog in lines without blanks at their ends.
    A prolog that is longer than `LONGEST` is left out, and the entities that it declares with it."""
    declared = _DECLARED.match(xml)
    start = declared.end() if declared else 0
    first = _FIRST_ELEMENT.search(xml, start)
    end = first.start() if first else len(xml)
    lines = (" ".join(line.split()) for line in xml[start:end].splitlines())
    prolog = "\n".join(line for line in lines if line)
    return f"{DECLARATION}{prolog if len(prolog) <= LONGEST else ''}\n{xml[end:]}"
