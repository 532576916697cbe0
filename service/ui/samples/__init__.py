"""Articles to try the page with, written for this project. First line: the headline."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    label: str

    def read(self) -> tuple[str, str]:
        """Headline and text."""
        return _read(self.name)


SAMPLES = (
    Sample("news", "a news item"),
    Sample("report", "a report in long sentences"),
    Sample("interview", "an interview"),
)


@cache
def _read(name: str) -> tuple[str, str]:
    whole = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    title, _, text = whole.partition("\n")
    return title.strip(), text.strip()
