"""Waiting rooms in the shape of four vendors' pages, in three languages."""

from collections.abc import Callable
from typing import NamedTuple

import httpx

from tests.fault_matrix.fault import BUSY, Fault, Reply

WHY = "A waiting room says that many people want appointments, and nothing else: every answer stays, with its date."


class Words(NamedTuple):
    """The texts of a waiting room in one language."""

    code: str
    room: str
    in_line: str
    wait: str


ENGLISH = Words("en", "Virtual Waiting Room", "You are now in line.", "Your estimated wait time is 12 minutes.")
SPANISH = Words(
    "es", "Sala de espera virtual", "Ahora está en la fila.", "Su tiempo de espera estimado es de 12 minutos."
)
FRENCH = Words(
    "fr", "Salle d’attente virtuelle", "Vous êtes dans la file d’attente.", "Temps d’attente estimé : 12 minutes."
)
LANGUAGES = {"English": ENGLISH, "Spanish": SPANISH, "French": FRENCH}


def queue_it(words: Words) -> str:
    return f"""<!DOCTYPE html><html lang="{words.code}"><head><title>{words.in_line}</title>
<link rel="stylesheet" href="https://static.queue-it.net/css/queue.css"></head><body class="queue before">
<div id="lbHeaderH2">{words.in_line}</div><p id="MainPart_lbWhichIsIn">{words.wait}</p>
<script src="https://static.queue-it.net/script/queueclient.min.js"></script></body></html>"""


def cloudflare(words: Words) -> str:
    return f"""<!DOCTYPE html><html lang="{words.code}"><head><title>{words.room}</title>
<meta http-equiv="refresh" content="20"></head><body><main><h1>{words.in_line}</h1><p>{words.wait}</p>
<p>Waiting Room powered by Cloudflare</p></main></body></html>"""


def akamai(words: Words) -> str:
    return f"""<html lang="{words.code}"><head><title>{words.room}</title>
<meta http-equiv="refresh" content="30"></head><body><h2>{words.in_line}</h2><div class="progress">{words.wait}</div>
</body></html>"""


def prepmod(words: Words) -> str:
    return f"""<!DOCTYPE html><html lang="{words.code}"><body><div class="text-center"><p>{words.room}</p>
<p>{words.in_line}</p><p>{words.wait}</p></div></body></html>"""


def _room(page: str, **headers: str) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.page(page, headers=headers)


MAKERS = {"Queue-it": queue_it, "Cloudflare": cloudflare, "Akamai": akamai, "PrepMod": prepmod}

FAULTS = (
    *(
        Fault(
            name=f"waiting room of {maker} in {language}",
            why=WHY,
            outcomes=BUSY,
            respond=_room(page(words)),
            any_page=True,
        )
        for maker, page in MAKERS.items()
        for language, words in LANGUAGES.items()
    ),
    Fault(
        name="waiting room with status 503",
        why=WHY,
        outcomes=BUSY,
        respond=lambda reply: reply.page(akamai(ENGLISH), status=503, retry_after="30"),
    ),
    Fault(
        name="waiting room with max-age",
        why=f"{WHY} Its max-age says nothing about the page that people wait for.",
        outcomes=BUSY,
        respond=_room(prepmod(ENGLISH), cache_control="max-age=86400"),
    ),
)
