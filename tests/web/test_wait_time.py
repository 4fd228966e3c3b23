"""The estimated wait shown by a waiting room. The pages are made up, in the shape of real ones."""

import pytest

from aggregator.web.wait_time import LONGEST, wait_minutes

FOOTER = "<h1>You are now in line.</h1><footer><span>&copy; 2021 Alder Partnership.\n1&nbsp;minute\n</span></footer>"


@pytest.mark.parametrize(
    ("page", "minutes"),
    [
        (FOOTER, 1),
        ("<p>Estimated wait</p><p>4 minutes</p>", 4),
        ("Your estimated wait time is <b>12</b> minutes.", 12),
        ("Estimated wait:<br>45 min", 45),
        ("<p>You then have 10 minutes to book.</p><p>Your estimated wait is now 1 hour.</p>", 60),
        ("The waiting time is currently 1 hour and 5 minutes.", 65),
        ("Expect a 45-minute wait.", 45),
        ("Your wait is between 10 and 15 minutes.", 15),
        ("Your wait: 30 minutes to 1 hour", 60),
        ("<title>Please wait</title><div>about 2 hours</div>", 120),
        (f"Your wait is {LONGEST} minutes", LONGEST),
        ("Su tiempo de espera estimado es de 12 minutos.", 12),
        ("Tiempo de espera: 1 hora y 5 minutos", 65),
        ("Espera: de 10 a 15 minutos", 15),
        ("Temps d’attente estimé : 12 minutes.", 12),
        ("Votre temps d'attente est d'environ 1 heure et 10 minutes.", 70),
        ("<p>Vous êtes dans la file d'attente.</p><p>environ 2 heures</p>", 120),
    ],
)
def test_an_estimated_wait_is_read_in_minutes(page: str, minutes: int) -> None:
    assert wait_minutes(page) == minutes


@pytest.mark.parametrize(
    "page",
    [
        "",
        "You are now in line. Thank you for your patience.",
        "Your estimated wait is 0 minutes. You then have 10 minutes to book.",
        f"Your wait is {LONGEST + 1} minutes.",
        "Your wait is 25 hours.",
        "Your wait is 12345 minutes.",
        "Your wait is 1.5 hours.",
        "Your wait is more than 1 hour.",
        "Your wait is 30 seconds.",
        "There are 300 people before you.",
    ],
)
def test_a_missing_or_implausible_estimate_is_none(page: str) -> None:
    assert wait_minutes(page) is None


@pytest.mark.parametrize(
    "page",
    [
        "<title>Please wait</title><p>This page refreshes every 2 minutes.</p>",
        "<p>Please wait your turn.</p><p>You then have <b>10 minutes</b> to book.</p>",
        "<script>var wait = '5 minutes';</script><style>/* wait 5 minutes */</style>",
        "The waiting room opens 30 minutes before the clinic.",
    ],
)
def test_other_times_on_the_page_are_not_read_as_an_estimate(page: str) -> None:
    assert wait_minutes(page) is None


@pytest.mark.parametrize("piece", ["wait ", "1 ", "1 hour ", "wait 1-", "<", "<p>", "&nbsp;", "more than ", ". "])
def test_hostile_pages_are_read_in_time(piece: str) -> None:
    assert wait_minutes(piece * (65536 // len(piece))) is None
