"""The address by which people reach the service, while a request is answered."""

from flask import request

from service.context import current


def root() -> str:
    """Without a slash at the end: the configured address, else the one that this request was sent to."""
    config = current().config
    configured = config.public_url if config.server.public_url is not None else None
    return configured or request.root_url.rstrip("/")
