"""Decides which IP addresses we may connect to: public ones only, or with `loopback` only this machine.

An address embedded in another one (IPv4-mapped, 6to4, NAT64) is judged by the inner address. Obsolete embeddings are
always refused.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from aggregator.errors import Refused

_HIDDEN = tuple(
    map(
        ip_network,
        (
            "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
            "2001::/32",  # Teredo
            "::/96",  # IPv4-compatible, given up
            "::ffff:0:0:0/96",  # SIIT, IPv4-translated
            "fec0::/10",  # site-local, given up
            "192.88.99.0/24",  # relays of 6to4, given up
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # the IPv4 address is its end


@lru_cache(maxsize=1024)
def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is written as; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def check_address(name: str, ip: IPv4Address | IPv6Address, *, loopback: bool) -> None:
    """Raises Refused if we may not connect to `ip`, the address of `name`."""
    if not (_is_loopback(ip) if loopback else _is_public(ip)):
        rule = "`loopback = true` allows only this machine" if loopback else "only public addresses are allowed"
        raise Refused(f"{name} is at {ip}; {rule}; check the url in the region file")


def _is_loopback(ip: IPv4Address | IPv6Address) -> bool:
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    real = ip
    if isinstance(ip, IPv6Address):
        inside = IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None
        real = ip.ipv4_mapped or ip.sixtofour or inside or ip
    return real.is_global and not real.is_multicast and not any(real in network for network in _HIDDEN)
