"""`mujaz serve`."""

import click

from service import garbage
from service.cli import Choices


@click.command()
@click.option("--host", help="Address to listen on [default: server.host, 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port [default: server.port, 8000].")
@click.option("--no-monitor", is_flag=True, help="Leave the polling of feeds to `mujaz monitor`.")
@click.pass_obj
def serve(choices: Choices, host: str | None, port: int | None, no_monitor: bool) -> None:
    """Start the web service and its page."""
    scheduler = "false" if no_monitor else None
    with garbage.kept():
        config = choices.load(server__host=host, server__port=port, monitoring__scheduler=scheduler)
        # Imported after the configuration is known to be good: a typing mistake is answered at once.
        from service import server

    server.serve(config)
