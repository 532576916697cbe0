"""Which IP addresses may be fetched from: public unicast ones, and no other.

The ranges are those of the IANA special-purpose registries (RFC 6890 and updates), written out with their
names so that a refusal can say which one it met, and so that they don't depend on the Python version's
`ipaddress.is_global`, which still has the last word. IPv6 is the other way round: only 2000::/3 is global
unicast, so everything else is refused, and the special ranges in it too. Addresses that carry an IPv4 address
through a translator or tunnel (NAT64, 6to4, Teredo, ISATAP) are refused altogether: where such a packet comes
out is not ours to know.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
#: host name and port -> its addresses as text, in the order to try them. Raises OSError.
Resolver = Callable[[str, int], Sequence[str]]

_V4 = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private network"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.169.254/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("168.63.129.16/32", "cloud metadata"),  # public by number, but Azure answers it inside the machine
        ("172.16.0.0/12", "private network"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private network"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6 = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::1/128", "loopback"),
        ("::/128", "this host"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001:2::/48", "benchmarking"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fd00:ec2::254/128", "cloud metadata"),
        ("fd20:ce::254/128", "cloud metadata"),
        ("fc00::/7", "private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Middle of an ISATAP interface identifier (RFC 5214); an IPv4 address follows.
_ISATAP = (0x00005EFE, 0x02005EFE)


def system_resolve(host: str, port: int) -> list[str]:
    """What the machine's resolver says now. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def parse(text: str) -> Address:
    """A resolver's answer as an address; the zone of a link-local one is dropped. Raises ValueError."""
    return ip_address(text.partition("%")[0])


def refusal(address: Address) -> str | None:
    """The name of the range that keeps `address` from being fetched; None when it is public."""
    if isinstance(address, IPv4Address):
        return _first(address, _V4) or (None if address.is_global else "reserved")
    if address.ipv4_mapped is not None:
        return refusal(address.ipv4_mapped) or "IPv4-mapped"
    special = _first(address, _V6)
    if special is not None:
        return special
    if address not in _GLOBAL_UNICAST or not address.is_global:
        return "reserved"
    return "ISATAP" if int(address) >> 32 & 0xFFFFFFFF in _ISATAP else None


def _first(address: Address, table: Sequence[tuple[IPv4Network | IPv6Network, str]]) -> str | None:
    return next((name for network, name in table if address in network), None)
