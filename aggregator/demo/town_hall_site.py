"""Simulates a town's list of clinics without an adapter, which docs/add-a-provider.md shows how to write.

GET /clinics -> a page of four clinics with a link to the next page; /clinics?vaccine=NAME -> those with that vaccine,
and a sentence if there are none.
"""

from datetime import timedelta
from html import escape
from typing import NamedTuple

from aggregator.demo.made_up_places import JANSSEN, MODERNA, PFIZER
from aggregator.demo.simulated_site import Reply, SimulatedRequest
from aggregator.demo.world import World

CLINICS_PATH = "/clinics"
PER_PAGE = 4

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Town of Saltmarsh</title></head>
<body>
<h1>Clinics of the town</h1>
<form action="{path}"><label>Vaccine <input name="vaccine"></label> <button>Show</button></form>
{rows}
<footer><p>A simulated town hall.</p></footer>
</body>
</html>
"""
LIST = """<ul class="clinics">
{rows}
</ul>
{pager}"""
ROW = """<li class="clinic">
<h2>{name}</h2>
<p class="address">{address}</p>
<p><span class="date">{day}</span>, <span class="hours">{hours}</span></p>
<p class="vaccine">{product}</p>
<p class="left">{left}</p>
{note}<a href="/book?clinic={number}">Book</a>
</li>"""


class _Clinic(NamedTuple):
    name: str
    address: str
    in_days: int
    hours: str
    product: str
    left: int
    note: str = ""


_HALL = "Saltmarsh Town Hall", "1 Marsh Road, Saltmarsh MA, 01928"
_CLINICS = (
    _Clinic(*_HALL, 1, "9:00 am - 12:00 pm", MODERNA, 0),
    _Clinic(*_HALL, 3, "9:00 am - 3:00 pm", MODERNA, 14),
    _Clinic("Saltmarsh Library", "22 Heron Street, Saltmarsh MA, 01928", 2, "1:00 pm - 6:00 pm", PFIZER, 5),
    _Clinic("Ferry Landing", "3 Wharf Street, Gullhaven MA, 01919", 4, "10:00 am - 2:00 pm", PFIZER, 0),
    _Clinic(
        "Heron Street School", "70 Heron Street, Saltmarsh MA, 01928", 5, "3:00 pm - 7:00 pm", PFIZER, 30, "Ages 12-17."
    ),
    _Clinic(*_HALL, 8, "9:00 am - 3:00 pm", JANSSEN, 40, "Residents of Saltmarsh only."),
)


def clinics(world: World, asked: SimulatedRequest) -> Reply | None:
    """The list of clinics; days are relative to today, so that all clinics are in the future."""
    if asked.path != CLINICS_PATH:
        return None
    wanted = asked.query.get("vaccine", "")
    found = [each for each in enumerate(_CLINICS) if wanted.lower() in each[1].product.lower()]
    number = int(asked.query.get("page", "1"))
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    further = f'<a class="next" href="{CLINICS_PATH}?page={number + 1}">Next</a>'
    rows = "\n".join(_row(*each, world) for each in shown)
    pager = further if len(found) > number * PER_PAGE else ""
    body = LIST.format(rows=rows, pager=pager) if shown else "<p>No clinics are planned.</p>"
    return Reply(body=PAGE.format(path=CLINICS_PATH, rows=body))


def _row(number: int, clinic: _Clinic, world: World) -> str:
    return ROW.format(
        name=escape(clinic.name),
        address=escape(clinic.address),
        day=f"{world.today + timedelta(days=clinic.in_days):%m/%d/%Y}",
        hours=clinic.hours,
        product=escape(clinic.product),
        left=f"{clinic.left} places left" if clinic.left else "Full",
        note=f'<p class="note">{escape(clinic.note)}</p>\n' if clinic.note else "",
        number=number,
    )
