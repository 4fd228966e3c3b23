"""A client that records its answers, for captures and for `aggregator try`."""

from aggregator.config import Source
from aggregator.errors import VisitError
from aggregator.model import Answer, Request
from aggregator.web import Client, Hosts


class RecordingClient(Client):
    """Records each good answer with its request in `answered`, in order, and the first error in `failed`."""

    def __init__(self, source: Source, hosts: Hosts) -> None:
        super().__init__(source, hosts)
        self.answered: list[tuple[Request, Answer]] = []
        self.failed: VisitError | None = None

    async def get(self, request: Request) -> Answer:
        try:
            answer = await super().get(request)
        except VisitError as error:
            self.failed = self.failed or error
            raise
        self.answered.append((request, answer))
        return answer
