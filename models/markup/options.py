"""What a caller may say about markup."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class MarkupOptions:
    """`ignore_tags`: elements copied with all they hold. `splitting_tags` end a sentence,
    `non_splitting_tags` never do; both come before what is known of HTML elements or found out about XML ones
    (`outline_detection`: an element splits unless one of its name stands next to text). HTML names in any
    case."""

    kind: Literal["html", "xml"] = "html"
    ignore_tags: tuple[str, ...] = ()
    splitting_tags: tuple[str, ...] = ()
    non_splitting_tags: tuple[str, ...] = ()
    outline_detection: bool = True

    def named(self, names: tuple[str, ...]) -> frozenset[str]:
        """Names as the tokenizer writes them."""
        cleaned = (name.strip().strip("<>/") for name in names)
        return frozenset(n.lower() if self.kind == "html" else n for n in cleaned if n)
