"""URLs as they may be fetched: parsed once, strictly, by this module alone.

Servers are attacked through differences between two parsers: one checks, the other connects. Here the parts
found by the check are the parts that are sent; no library reads the URL again. Host names are read as
browsers do (WHATWG URL): percent-decoding, IDNA with UTS 46 mapping, and every spelling of an IPv4 address
(hexadecimal, octal, one number), so that each is judged by the address it stands for.
"""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, unquote, urljoin

import idna

from service.ingest.addresses import Address
from service.ingest.fetch_errors import FetchRefused

MOST_CHARACTERS = 8192
#: Bytes of an address that is kept under an index: a page of PostgreSQL's holds 2,700.
MOST_KEPT = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}

_START = re.compile(r"(https?)://([^/?#]*)([^#]*)", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
#: Persian and Urdu addresses hold these in words; every other invisible character is refused.
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect and what to ask for. `host` is ASCII, lower case, without brackets; `address` is set
    when it is an address and not a name. `path` holds the query."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None

    @property
    def netloc(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def parse(url: str) -> Target:
    """The target of an absolute http or https URL; its fragment is dropped. Raises `FetchRefused`."""
    if len(url) > MOST_CHARACTERS:
        raise FetchRefused("too_long", f"The URL is longer than {MOST_CHARACTERS} characters.")
    if any(c == "\\" or (c not in _JOINERS and unicodedata.category(c) in _INVISIBLE) for c in url):
        raise FetchRefused("characters", "The URL holds a space, backslash or invisible character.")
    found = _START.match(url)
    if found is None:
        raise FetchRefused("scheme", "Only http:// and https:// URLs are fetched.")
    scheme, authority, path = found[1].lower(), found[2], found[3]
    if "@" in authority:
        raise FetchRefused("credentials", "The URL holds a user name or password; they are not sent.")
    written, port = _split(authority)
    host, address = parse_host(written)
    return Target(scheme, host, DEFAULT_PORTS[scheme] if port is None else port, _encoded(path), address)


def is_too_long_to_keep(url: str) -> bool:
    """Whether an address has more than `MOST_KEPT` bytes."""
    return len(url.encode("utf-8", "surrogatepass")) > MOST_KEPT


def join(base: Target, location: str) -> Target:
    """Where a redirect leads, judged like any other URL. Raises `FetchRefused`."""
    try:
        return parse(urljoin(base.url, location.strip().replace(" ", "%20")))
    except ValueError:
        raise FetchRefused("host", "The page redirects to something that is not a URL.") from None


def parse_netloc(entry: str) -> tuple[str, int]:
    """An entry of `fetch.allow`, `host:port`, in the form of `Target`. Raises ValueError."""
    try:
        written, port = _split(entry)
        host, _ = parse_host(written)
    except FetchRefused:
        port = None
    if port is None:
        raise ValueError("an entry of fetch.allow must be host:port, such as feeds.lan:8080 or [fd00::5]:80")
    return host, port


def parse_host(written: str) -> tuple[str, Address | None]:
    """The host as it is resolved, and its address when it is one. Raises `FetchRefused`."""
    if written.startswith("["):
        try:
            six = IPv6Address(written[1:-1])
        except AddressValueError:
            raise _no_host() from None
        if six.scope_id is not None:
            raise FetchRefused("zone", "The URL holds an IPv6 address with a zone.")
        return str(six), six
    host = _ascii(written).removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        four = _ipv4(labels)
        return str(four), four
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _no_host()
    return host, None


def _split(authority: str) -> tuple[str, int | None]:
    """Host and port as written; no port, or an empty one, is None."""
    host, colon, port = authority, "", ""
    if not authority.endswith("]"):
        host, colon, port = authority.rpartition(":")
        if not colon:
            host, port = authority, ""
    if (host.startswith("[") != host.endswith("]")) or (":" in host and not host.startswith("[")):
        raise _no_host()
    if not port:
        return host, None
    if not (port.isascii() and port.isdigit()) or len(port) > 5 or not 0 < int(port) < 65536:
        raise FetchRefused("port", "The URL's port is not a number from 1 to 65535.")
    return host, int(port)


def _ascii(host: str) -> str:
    """The host percent-decoded once, mapped and in the ASCII form that is resolved."""
    try:
        host = unquote(host, errors="strict")
        return host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError, ValueError):
        raise _no_host() from None


def _ipv4(labels: list[str]) -> IPv4Address:
    """The address in any of the spellings that inet_aton and browsers take (WHATWG "IPv4 parser")."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        raise _no_host()
    try:
        numbers = [_number(label) for label in labels]
        *high, low = numbers
        if any(part > 255 for part in high) or low >= 256 ** (5 - len(numbers)):
            raise _no_host()
        return IPv4Address(low + sum(part << 8 * (3 - place) for place, part in enumerate(high)))
    except ValueError:  # 08 and 09 look octal and are not
        raise _no_host() from None


def _number(label: str) -> int:
    if len(label) > 40:
        raise _no_host()
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if len(label) > 1 and label.startswith("0") else 10)


def _encoded(path: str) -> str:
    """Path and query in ASCII: percent-encoded UTF-8, but for what is percent-encoded already."""
    path = quote(_STRAY_PERCENT.sub("%25", path), safe="%/?:@!$&'()*+,;=-._~[]|")
    return path if path.startswith("/") else f"/{path}"


def _no_host() -> FetchRefused:
    return FetchRefused("host", "The URL's host is not a valid name or address.")
