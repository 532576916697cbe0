"""`mujaz config show` and `mujaz config check`."""

import json

import click

from service.cli import Choices


@click.group()
def config() -> None:
    """Show or check the configuration."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
@click.pass_obj
def show(choices: Choices, as_json: bool) -> None:
    """Print every option as it is in effect: defaults, file, environment and --model put together."""
    import yaml

    options = choices.load().model_dump(mode="json")
    if as_json:
        click.echo(json.dumps(options, ensure_ascii=False, indent=2))
    else:
        click.echo(yaml.safe_dump(options, allow_unicode=True, sort_keys=False).rstrip())


@config.command()
@click.pass_obj
def check(choices: Choices) -> None:
    """Say whether the configuration can be used; if not, everything that is wrong with it (exit code 2)."""
    loaded = choices.load()
    click.echo(f"The configuration is fine. Model: {loaded.model.name}. Data: {loaded.data_path}")
