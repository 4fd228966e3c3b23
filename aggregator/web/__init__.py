"""The polite web client: the only room that connects to booking systems, and the only one that imports httpx.

`client` sends the requests of a visit. `hosts` holds what visits share, `pace` and `rest` limit the request rate,
`guard`, `connect`, and `ip_rules` the allowed hosts and addresses, `robots` obeys robots.txt, and `body` limits sizes.
`validators` makes requests conditional, `status` and `block_pages` classify answers that are not the page, and
`replay_transport` answers from a recording.
"""
