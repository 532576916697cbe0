"""Column types that mean the same on SQLite and PostgreSQL."""

import re
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An instant. PostgreSQL keeps the zone; SQLite has none, so there it is UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class AnyText(TypeDecorator[str]):
    """A string that comes back to the letter, whatever is in it. PostgreSQL's text can't hold U+0000, and
    neither database half of a surrogate pair; such a character is written as U+001A and four hexadecimal
    digits, and so is U+001A itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _UNSTORABLE.sub(_escaped, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None or "\x1a" not in value else _ESCAPE.sub(_character, value)


_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPE = re.compile("\x1a([0-9a-f]{4})")


def _escaped(match: re.Match[str]) -> str:
    return f"\x1a{ord(match[0]):04x}"


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
