"""What a server says with each published file: one table of headers, as rules for nginx, Caddy, and static hosts.

`preview` serves a release on loopback as they would.
"""
