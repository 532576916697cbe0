"""What a person sent with the page's form, or why it can't be used, in words for that person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.document import Article
from models.pipeline import SummaryOptions
from models.summarize import Length

MAX_SENTENCES = 50
MAX_WORDS = 2000


class FormProblem(Exception):
    """The form can't be used; shown beside it with everything that was typed kept."""

    def __init__(self, title: str, detail: str, status: int = 422, retry_after: int | None = None) -> None:
        super().__init__(f"{title} {detail}")
        self.title = title
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as typed."""

    title: str = ""
    text: str = ""
    length: str = "3"
    unit: str = "sentences"
    author: str = ""
    published: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Form":
        """Browsers send line ends as CRLF whatever the text had; the article gets plain line feeds. A field
        sent twice, which no browser does with this form, counts as not sent."""
        known = {name: fields.get(name) for name in cls.__slots__}
        return cls(**{k: v.replace("\r\n", "\n") for k, v in known.items() if isinstance(v, str)})

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
            what = "words" if self.unit == "words" else "sentences"
            raise FormProblem("That summary length doesn't work.", f"Choose 1 to {most} {what}.")
        length = Length(words=number) if self.unit == "words" else Length(sentences=number)
        return SummaryOptions(length=length, method=method)
