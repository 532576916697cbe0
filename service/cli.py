"""The `mujaz` command. Its commands live in `cli_*.py` by topic and are imported when they are called, so
that `mujaz --help` answers at once."""

import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import cli_errors
from service.version import VERSION

if TYPE_CHECKING:
    from service.config import Config

#: Command -> where it is, and the line that `mujaz --help` shows (the command's own, tested to be the same).
COMMANDS = {
    "summarize": ("service.cli_texts:summarize", "Translate an article and summarise it in both languages."),
    "translate": ("service.cli_texts:translate", "Translate an article, or one text a line."),
    "batch": (
        "service.cli_batch:batch",
        "Translate a file of JSON Lines into another; goes on where it stopped.",
    ),
    "serve": ("service.cli_serve:serve", "Start the web service and its page."),
    "models": ("service.cli_models:models", "List, fetch, verify and remove models."),
    "keys": ("service.cli_keys:keys", "Make, list and revoke the keys that callers show."),
    "feeds": (
        "service.cli_feeds:feeds",
        "Follow Arabic feeds: add, list, import, export, poll, health.",
    ),
    "stories": ("service.cli_stories:stories", "List what the feeds report, each event once."),
    "search": ("service.cli_search:search", "Search the entries of feeds, last published first."),
    "watch": (
        "service.cli_watches:watch",
        "Be told what comes in: add, list, show, remove, preview, alerts.",
    ),
    "monitor": (
        "service.cli_feeds:monitor",
        "Poll feeds and translate what comes in, without a web server.",
    ),
    "digest": (
        "service.cli_digests:digest",
        "Write a digest of the news, or have digests made at set hours.",
    ),
    "config": ("service.cli_config:config", "Show or check the configuration."),
    "doctor": ("service.cli_doctor:doctor", "Say what works, what doesn't and what to do about it."),
    "train": (
        "service.cli_training:train_command",
        "Train an Arabic-to-English Marian model from parallel text.",
    ),
    "finetune": (
        "service.cli_training:finetune_command",
        "Adapt a model to your own translations, and show the gain on pairs held out.",
    ),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What was said before the command: it holds for every command."""

    config_file: Path | None = None
    model: str | None = None

    def load(self, **settings: str | int | None) -> "Config":
        """The configuration. `settings` (`model__name`, `server__port` …) were said on the command line and
        win; they go the way of the environment's, so that they are checked like those. Raises `ConfigError`.
        """
        from service.config import load_config

        said = {"model__name": self.model} | {k: v for k, v in settings.items() if v is not None}
        variables = {f"MUJAZ_{name.upper()}": str(value) for name, value in said.items() if value is not None}
        return load_config(self.config_file, os.environ | variables)


class LazyGroup(click.Group):
    """A group that knows its commands' names and help, and imports a command when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; known errors become one line and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read our output has enough (`mujaz … | head`). Python would complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(cli_errors.BROKEN_PIPE)
        except KeyboardInterrupt:
            ctx.exit(cli_errors.INTERRUPTED)
        except Exception as error:
            known = None if isinstance(error, click.ClickException) else cli_errors.failure(error)
            if known is None:
                raise
            raise known from error
        return result


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Configuration file [default: config.yaml where there is one].",
)
@click.option("--model", metavar="NAME|PATH", help="Model to use instead of the configured one.")
@click.version_option(VERSION, "-V", "--version", prog_name="mujaz")
@click.pass_context
def main(ctx: click.Context, config_file: Path | None, model: str | None) -> None:
    """Arabic articles in, English translations and bilingual summaries out, on your own machine."""
    ctx.obj = Choices(config_file, model)
