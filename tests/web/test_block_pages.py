"""Waiting rooms, blocks, and outages. The pages are made up, in the shape of real ones."""

from pathlib import Path

import pytest

from aggregator.errors import Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.har.recording import load_recording
from aggregator.model import Answer
from aggregator.web.block_pages import MAX_SEARCHED, redirected_to_queue, verdict
from tests.support.memory_hosts import HOME, NOW, answer


def page(title: str = "", heading: str = "", body: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body><h1><span>{heading}</span></h1>{body}</body></html>"


WAITING = [
    page("State of Alder Virtual Waiting Room"),
    page("Welcome", "Thank you, you are now in<br>line for an appointment"),
    page("", "", "<p>You are now in line.</p><footer>2 minutes</footer>"),
    page("", "", '<script src="https://static.queue-it.net/script/queueclient.js"></script>'),
    page("Please wait", "", '<div class="cf-waiting-room">'),
    "You are in the queue. Estimated wait: 12 minutes.",
    page("Sala de espera virtual"),
    page("", "", "<p>Ahora está en la fila.</p><footer>2 minutos</footer>"),
    page("Hospital", "Está en la cola"),
    page("Salle d’attente virtuelle"),
    page("", "", "<p>Vous êtes dans la file d'attente.</p>"),
]
REFUSED = [
    page("Access Denied", "Access Denied", "You don't have permission to access this server."),
    page("Attention Required! | Cloudflare", "Sorry, you have been blocked"),
    page("Just a moment..."),
    page("", "", '<form id="cf-chl-widget">'),
    page("Pardon Our Interruption", ""),
    page("", "", "Request unsuccessful. Incapsula incident ID: 1-2"),
    page("Access to this page has been denied", "", '<div id="px-captcha">'),
    page("Robot or human?", "", "<p>Please complete the CAPTCHA to go on.</p>"),
]
BROKEN = [
    page("Application Error", "", '<iframe src="//www.herokucdn.com/error-pages/application-error.html">'),
    page("502 Bad Gateway", "502 Bad Gateway", "<hr>nginx"),
    "<html><body><b>Http/1.1 Service Unavailable</b></body></html>",
    page("Clinics", "This site is temporarily unavailable"),
    page("Down for maintenance", "", "Please call the captcha desk"),
    page("Sitio en mantenimiento", "Volvemos pronto"),
    page("Site en maintenance", "À bientôt"),
    page("Runtime Error", "Server Error in '/' Application."),
    page("clinics.example.org | 522: Connection timed out", "Connection timed out Error code 522"),
    page("We're sorry, but something went wrong (500)"),
    page("Server Error (500)"),
    page("", "Error establishing a database connection"),
]
TOO_OFTEN = [
    page("429 Too Many Requests", "429 Too Many Requests"),
    page("Access limited", "You are being rate limited"),
]
NOT_KNOWN = [
    "",
    page("Find a clinic", "Clinics", "<p>Please sit in the waiting room.</p>"),
    page("Cabinet médical", "Rendez-vous", "<p>Nous avons une salle d'attente et une maintenance le lundi.</p>"),
    page("Clínica", "Citas", "<p>Espere en la sala de espera.</p>"),
    page("Find a clinic", "Clinics", "<div class='g-recaptcha'></div><p>This site is protected by reCAPTCHA</p>"),
    page("Find a clinic", "401 Elm Street", "<p>Closed for scheduled maintenance on Sunday.</p>"),
    page("Find a clinic", "Clinics", "<script>if (x) location = '/waiting-room'; // Access Denied</script>"),
    "<script>var message = 'Access Denied';</script><p>Find a clinic</p>",
    '{"clinics": []}',
    "<" * MAX_SEARCHED,
    "<h1>" * MAX_SEARCHED,
    "x" * MAX_SEARCHED + page("Virtual Waiting Room"),
]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (body, kind)
        for kind, bodies in ((WaitingRoom, WAITING), (Refused, REFUSED), (Throttled, TOO_OFTEN), (Unreachable, BROKEN))
        for body in bodies
    ],
)
def test_block_pages_and_waiting_rooms_are_recognized(body: str, kind: type[VisitError]) -> None:
    found = verdict(answer(body))
    assert type(found) is kind
    assert "https://clinics.example.org/search" in str(found)


@pytest.mark.parametrize("body", NOT_KNOWN)
def test_a_real_page_that_mentions_such_things_is_not_a_block_page(body: str) -> None:
    assert verdict(answer(body)) is None


def test_a_block_page_in_another_charset_is_recognized() -> None:
    marked = Answer(url=HOME, status=200, headers={}, body=WAITING[0].encode("utf-16"), fetched_at=NOW)
    assert type(verdict(marked)) is WaitingRoom


def test_the_sites_own_estimated_wait_is_passed_on() -> None:
    later = page("Waiting room", "", "You then have 10 minutes to book. Your estimated wait is now 1 hour.")
    for body, minutes in [(WAITING[2], 2), (WAITING[5], 12), (later, 60), (WAITING[0], None)]:
        found = verdict(answer(body))
        assert found and found.wait_minutes == minutes


def test_only_a_waiting_room_has_an_estimated_wait() -> None:
    found = verdict(answer(page("Down for maintenance", "", "Estimated: 45 minutes.")))
    assert isinstance(found, Unreachable) and found.wait_minutes is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_401_or_403_is_a_block_unless_it_is_a_waiting_room(status: int) -> None:
    assert type(verdict(answer("", status))) is Refused
    assert type(verdict(answer(BROKEN[1], status))) is Refused
    assert type(verdict(answer(WAITING[0], status))) is WaitingRoom


def test_a_challenge_is_recognized_by_its_header() -> None:
    assert type(verdict(answer("<html></html>", cf_mitigated="challenge"))) is Refused


@pytest.mark.parametrize(
    ("url", "queue"),
    [
        ("https://alder.queue-it.net/?c=alder&t=https%3A%2F%2Fclinics.example.org", True),
        ("https://queue-it.net/", True),
        ("https://waitingroom.example.org/", True),
        ("https://clinics.example.org/waiting-room?next=/search", True),
        ("https://clinics.example.org/search?from=waitingroom", False),
        ("https://notqueue-it.net.example.org/", False),
    ],
)
def test_a_waiting_room_is_recognized_by_its_url(url: str, queue: bool) -> None:
    assert redirected_to_queue(url) is queue
    assert (type(verdict(answer("", url=url))) is WaitingRoom) is queue


def test_of_all_recorded_good_responses_only_waiting_rooms_are_recognized_as_such(captures: Path) -> None:
    found: dict[str, list[int | None]] = {}
    for path in sorted(captures.glob("*/*.har")):
        for entry in (one for one in load_recording([path]).entries if one.response.status < 400):
            seen = verdict(answer(entry.body.decode("utf-8", "replace"), entry.response.status, entry.request.url))
            if seen is not None:
                found.setdefault(path.stem, []).append(seen.wait_minutes)
    assert found == {"visit-waiting-room-then-pages-2021-05-13": [1, 1]}
