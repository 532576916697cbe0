"""What a person sent with the page's form, or why it can't be used, in words for that person."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.document import Article
from models.pipeline import SummaryOptions
from models.summarize import Length

MAX_SENTENCES = 50
MAX_WORDS = 2000


class FormProblem(Exception):
    """The form can't be used; shown beside it with everything that was typed kept."""

    def __init__(
        self,
        title: str,
        detail: str,
        status: int = 422,
        retry_after: int | None = None,
        *,
        field: str = "text",
    ) -> None:
        """`field`: the name of the one to look at."""
        super().__init__(f"{title} {detail}")
        self.field = field
        self.title = title
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as typed. `shown`: the fingerprint of the article that the result beside the form is of."""

    title: str = ""
    text: str = ""
    length: str = "3"
    unit: str = "sentences"
    author: str = ""
    published: str = ""
    shown: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Form":
        """Browsers send line ends as CRLF whatever the text had; the article gets plain line feeds. A field
        sent twice, which no browser does with this form, counts as not sent."""
        known = {name: fields.get(name) for name in cls.__slots__}
        return cls(**{k: v.replace("\r\n", "\n") for k, v in known.items() if isinstance(v, str)})

    def fingerprint(self) -> str:
        """Tells whether headline and text are still the same."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode("utf-8", "surrogatepass")).hexdigest()

    def cleared(self) -> "Form":
        """For an article that comes as a file: without the headline and the text of the result beside the
        form, where nobody has touched them."""
        return replace(self, title="", text="") if self.shown == self.fingerprint() else self

    def article(self) -> Article:
        """The typed article. Raises `FormProblem` when there is none."""
        if not self.text.strip():
            raise FormProblem("There is no article yet.", "Paste the Arabic text, or choose a file.")
        return Article(
            self.text,
            title=self.title.strip() or None,
            author=self.author.strip() or None,
            published=self.published.strip() or None,
        )

    def options(self, method: str) -> SummaryOptions:
        """The wanted length. Raises `FormProblem` for anything but a whole number in range."""
        most = MAX_WORDS if self.unit == "words" else MAX_SENTENCES
        number = int(self.length) if self.length.strip().isdecimal() else 0
        if not 1 <= number <= most:
            remedy = f"Choose 1 to {most} {'words' if self.unit == 'words' else 'sentences'}."
            raise FormProblem("That summary length doesn't work.", remedy, field="length")
        length = Length(words=number) if self.unit == "words" else Length(sentences=number)
        return SummaryOptions(length=length, method=method)
