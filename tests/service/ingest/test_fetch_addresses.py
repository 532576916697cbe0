"""Which addresses are public: the tables against the neighbours of each range, and against `ipaddress`."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.addresses import parse, refusal


@pytest.mark.parametrize(
    "address",
    [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "8.8.8.8",
        "2606:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2001:200::1", "2003::1",
        "2001:db7::1", "2001:db9::1", "2a00::5eff:a00:1",
    ],
)  # fmt: skip
def test_public(address: str) -> None:
    assert refusal(parse(address)) is None


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_passes(address: ipaddress.IPv4Address) -> None:
    if refusal(address) is None:
        assert address.is_global
        assert not any((address.is_private, address.is_multicast, address.is_reserved))
        assert not any((address.is_loopback, address.is_link_local, address.is_unspecified))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_clothes_never_passes(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for prefix, shift in (
        ("::ffff:0:0", 0), ("::", 0), ("64:ff9b::", 0), ("64:ff9b:1::", 0), ("2002::", 80), ("2001::", 0),
        ("::ffff:0:0:0", 0), ("2a00:1450::5efe:0:0", 0),
    ):  # fmt: skip
        dressed = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number << shift)
        assert refusal(dressed) is not None


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "::g"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear"):
        parse(text)
