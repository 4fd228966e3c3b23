"""The polite web client: the only room that opens a connection to a booking system.

`client` asks for one page on behalf of one source; `pace` says how often, `guard` where to, `robots` whether at all,
`body` how much, `validators` how to ask again cheaply, `status` and `recognise` what an answer that is not a page
means, `har` replays recorded answers. httpx and tenacity are known in this room alone.
"""
