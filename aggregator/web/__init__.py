"""The polite web client: the only room that connects to booking systems, and the only one that imports httpx.

`client` sends the requests of a visit. `hosts` holds what visits share, `pace` and `rest` limit the request rate,
`guard`, `connect`, and `ip_rules` the allowed hosts and addresses, `robots` obeys robots.txt, `guest_cookies` keeps
those of a guest session, and `body` limits sizes.
`validators` makes requests conditional, `status` and `block_pages` classify answers that are not the page, and
`replay_transport` answers from a recording.
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
