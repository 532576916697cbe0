"""Who a request comes from, and what that lets them do and see."""

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["translate", "feeds", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller. Rows are stamped with `owner` (a team, or the key itself) and seen by that owner alone;
    `key_id` is whom usage is counted for. `daily_characters`: the key's own quota, None for the default."""

    owner: str
    key_id: str
    scopes: frozenset[Scope]
    daily_characters: int | None = None


#: Everyone, where no keys are needed.
LOCAL = Principal("local", "local", frozenset(SCOPES))
