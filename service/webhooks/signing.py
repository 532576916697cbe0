"""How a receiver knows that a message is from us, and fresh: HMAC-SHA256 (RFC 2104) over the time of sending
and the body. docs/webhooks.md has the receiver's side."""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whs_"


def new_secret() -> str:
    """A secret of 256 random bits for one webhook."""
    return PREFIX + base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()


def signature(secret: str, sent: int, body: bytes) -> str:
    """The value of `Mujaz-Signature` for `body`, sent at Unix time `sent`. `v1` names the method, so that
    another one can stand beside it one day."""
    digest = hmac.new(secret.encode(), b"%d.%b" % (sent, body), hashlib.sha256).hexdigest()
    return f"t={sent},v1={digest}"
