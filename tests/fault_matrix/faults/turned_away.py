"""Captchas, challenges, and sign-in pages, with status 200 and others."""

from collections.abc import Callable

import httpx

from tests.fault_matrix.fault import BLOCKED, CHANGED, Fault, Reply

WHY = "We are turned away, and a resident may not be: every answer stays, with its date, and we do not insist."


def _html(title: str, body: str) -> str:
    return f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body>{body}</body></html>'


CAPTCHAS = {
    "reCAPTCHA": _html("Are you a human?", '<h1>Please complete the captcha</h1><div class="g-recaptcha"></div>'),
    "hCaptcha": _html("One more step", '<p>Verify you are human to go on.</p><div class="h-captcha"></div>'),
    "Cloudflare's": _html("Just a moment...", '<div id="cf-chl-widget"></div><p>Checking your browser.</p>'),
    "Cloudflare's attention": _html("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
    "Imperva's": _html(
        "", '<iframe src="/_Incapsula_Resource">Request unsuccessful. Incapsula incident ID: 7</iframe>'
    ),
    "PerimeterX's": _html("Access to this page has been denied", '<div id="px-captcha"></div>'),
    "Akamai's": _html("Access Denied", "<h1>Access Denied</h1>You don't have permission to access this server."),
    "Distil's": _html("Pardon Our Interruption", "<h1>Pardon Our Interruption...</h1>"),
}
SIGN_IN = _html("Sign in", '<h1>Sign in</h1><form action="/login" method="post"><input name="password"></form>')


def _page(body: str, status: int = 200, **headers: str) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.page(body, status=status, headers=headers)


FAULTS = (
    *(
        Fault(name=f"captcha: {name}{f' with status {status}' if status != 200 else ''}", why=WHY, outcomes=BLOCKED,
              respond=_page(body, status), any_page=True)
        for name, body in CAPTCHAS.items()
        for status in ((200, 403, 503) if name == "Cloudflare's" else (200, 403))
    ),
    Fault(name="challenge in a header", why=WHY, outcomes=BLOCKED,
          respond=_page(_html("clinics.example.org", "<p>…</p>"), cf_mitigated="challenge")),
    Fault(name="page to sign in", why=WHY, outcomes=CHANGED | BLOCKED, respond=_page(SIGN_IN)),
)  # fmt: skip
