"""`mujaz keys`: works on the store itself, so that the first key can be made before anybody can call."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from service.cli import Choices
from service.cli_errors import INPUT, Failure
from service.principal import SCOPES, Scope

if TYPE_CHECKING:
    from service.config import Config
    from service.keyring import Keyring
    from service.store.keys import Key

#: Keys read from the store at a time.
PAGE = 500


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that callers show."""


@keys.command()
@click.argument("name")
@click.option(
    "--team", metavar="T", help="Keys of a team share what they make [default: the key is by itself]."
)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    help="What it may do; can be given several times [default: translate].",
)
@click.option(
    "--daily-characters",
    type=click.IntRange(1, 10**12),
    metavar="N",
    help="Own quota of a day [default: limits.daily_characters].",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, as POST /v1/keys answers.")
@click.pass_obj
def create(
    choices: Choices, name: str, team: str | None, scopes: tuple[Scope, ...], daily_characters: int | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a key for NAME and show its secret, once."""
    from service.keyring import NewKey

    _check("NAME", name)
    if team is not None:
        _check("--team", team)
    config = choices.load()
    with _keyring(config) as keyring:
        key, secret = keyring.create(NewKey(name, team, scopes or ("translate",), daily_characters))
    if as_json:
        click.echo(_json(_fields(key) | {"secret": secret}))
        return
    click.echo(f"Key {key.id} for {key.name}: team {key.owner}, scopes {', '.join(key.scopes)}.", err=True)
    click.echo("This is its secret. It is not kept and can't be shown again:", err=True)
    click.echo(secret)
    click.echo(f"\nTry it:\n\n{_example(config, secret)}", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_keys(choices: Choices, as_json: bool) -> None:
    """List all keys, newest first, revoked ones too."""
    with _keyring(choices.load()) as keyring:
        for key in _all(keyring):
            if as_json:
                click.echo(_json(_fields(key)))
            else:
                click.echo(_line(key))


@keys.command()
@click.argument("key_id", metavar="ID")
@click.pass_obj
def revoke(choices: Choices, key_id: str) -> None:
    """Revoke the key ID (from `mujaz keys list`), for good. A running server follows within five seconds."""
    with _keyring(choices.load()) as keyring:
        if not keyring.revoke(key_id):
            raise Failure(f"There is no key {key_id}; see `mujaz keys list`.", INPUT)
    click.echo(f"Key {key_id} is revoked. What was made with it stays.", err=True)


def _check(what: str, text: str) -> None:
    """The rules of POST /v1/keys."""
    from service.api.key_schemas import LONGEST, NAME

    if not re.fullmatch(NAME, text) or len(text) > LONGEST:
        raise click.BadParameter(
            f"up to {LONGEST} letters, digits, spaces and . _ @ - are wanted, not {text[:LONGEST]!r}",
            param_hint=what,
        )


@contextmanager
def _keyring(config: "Config") -> "Iterator[Keyring]":
    """The keys of the configured store, which is made or brought up to date when it has to be."""
    from service.keyring import Keyring
    from service.store import migrate
    from service.store.database import Database

    database = Database(config.database_url)
    try:
        migrate.upgrade(database)
        yield Keyring(database)
    finally:
        database.close()


def _all(keyring: "Keyring") -> "Iterator[Key]":
    page = keyring.page(PAGE)
    while page:
        yield from page
        page = keyring.page(PAGE, page[-1].id)


def _fields(key: "Key") -> dict[str, object]:
    fields = asdict(key)
    return {"id": fields.pop("id"), "name": fields.pop("name"), "team": fields.pop("owner")} | fields


def _json(fields: dict[str, object]) -> str:
    def time(value: datetime) -> str:
        return value.isoformat().replace("+00:00", "Z")

    return json.dumps(fields, ensure_ascii=False, default=time)


def _line(key: "Key") -> str:
    quota = "" if key.daily_characters is None else f"  {key.daily_characters:,} characters a day"
    state = "" if key.revoked is None else f"  revoked {key.revoked:%Y-%m-%d}"
    team = "" if key.owner == key.id else f"  team {key.owner}"
    made = f"{key.created:%Y-%m-%d}"
    return f"{key.id}  {key.hint}…  {made}  {key.name}{team}  {','.join(key.scopes)}{quota}{state}"


def _example(config: "Config", secret: str) -> str:
    host = config.server.host if config.server.is_loopback else "SERVER"
    url = f"http://{host}:{config.server.port}{config.server.root_path}/v1/translations"
    return (
        f"curl {url} -H 'Authorization: Bearer {secret}' \\\n"
        """  -H 'Content-Type: application/json' -d '{"texts": ["صباح الخير"]}'"""
    )
