"""Which IP addresses may be requested."""

from ipaddress import ip_address

import pytest

from aggregator.errors import Refused
from aggregator.web.ip_rules import check_address

ADDRESSES = [
    ("8.8.8.8", True, False),
    ("2001:4860:4860::8888", True, False),
    ("127.0.0.1", False, True),
    ("::1", False, True),
    ("::ffff:127.0.0.1", False, True),
    ("::ffff:10.0.0.1", False, False),
    ("10.1.2.3", False, False),
    ("192.168.0.1", False, False),
    ("169.254.169.254", False, False),
    ("fe80::1", False, False),
    ("100.64.0.1", False, False),
    ("224.0.1.1", False, False),
    ("0.0.0.0", False, False),
    ("64:ff9b::808:808", True, False),
    ("64:ff9b::7f00:1", False, False),
    ("64:ff9b::a00:1", False, False),
    ("64:ff9b:1::808:808", False, False),
    ("2002:808:808::1", True, False),
    ("2002:7f00:1::", False, False),
    ("2002:a9fe:a9fe::", False, False),
    ("::127.0.0.1", False, False),
    ("::8.8.8.8", False, False),
    ("::ffff:8.8.8.8", True, False),
    ("::ffff:0:7f00:1", False, False),
    ("::ffff:0:808:808", False, False),
    ("fec0::1", False, False),
    ("fd00::1", False, False),
    ("192.88.99.1", False, False),
    ("2001:0:808:808::1", False, False),
]


@pytest.mark.parametrize(("address", "public", "loopback"), ADDRESSES)
def test_only_public_addresses_are_allowed_and_with_loopback_only_this_machine(
    address: str, public: bool, loopback: bool
) -> None:
    for only_loopback, good in [(False, public), (True, loopback)]:
        if good:
            check_address("clinics.example.org", ip_address(address), loopback=only_loopback)
        else:
            with pytest.raises(Refused, match=r"clinics\.example\.org is at .*; (only public|`loopback = true`)"):
                check_address("clinics.example.org", ip_address(address), loopback=only_loopback)
