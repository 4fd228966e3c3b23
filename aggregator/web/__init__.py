"""The polite web client: the only room that opens a connection to a booking system.

`client` asks for one page on behalf of one source; `pace` says how often, `guard` where to, `robots` whether at all,
`body` how much, `validators` how to ask again cheaply, `status` and `recognise` what an answer that is not a page
means, `har` replays recorded answers. httpx and tenacity are known in this room alone.
"""

from aggregator.web.age import oldest
from aggregator.web.block_pages import verdict
from aggregator.web.client import Client, Hosts, host_name, look_up_many, user_agent
from aggregator.web.monitor_ping import ping
from aggregator.web.pace import next_visit
from aggregator.web.replay_transport import ReplayTransport
from aggregator.web.rest import MemoryWaits
from aggregator.web.shared_pace import SharedPace
from aggregator.web.status import REDIRECTS
from aggregator.web.validators import MemoryAnswers, StoredAnswer, max_age

__all__ = [
    "REDIRECTS",
    "Client",
    "Hosts",
    "MemoryAnswers",
    "MemoryWaits",
    "ReplayTransport",
    "SharedPace",
    "StoredAnswer",
    "host_name",
    "look_up_many",
    "max_age",
    "next_visit",
    "oldest",
    "ping",
    "user_agent",
    "verdict",
]
