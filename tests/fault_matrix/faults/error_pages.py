"""Error pages with status 200, in the shape that servers use."""

from collections.abc import Callable

import httpx

from tests.fault_matrix.fault import BLOCKED, BUSY, CHANGED, DOWN, Fault, Reply, http_date

WHY = "An error page says nothing about appointments, whatever its status: every answer stays, with its date."
MAINTENANCE = """<!DOCTYPE html><html lang="en"><head><title>Scheduled maintenance</title></head><body>
<h1>Scheduled maintenance</h1><p>We will be back soon.</p></body></html>"""


def _nginx(head: str) -> str:
    return (
        f"<html>\r\n<head><title>{head}</title></head>\r\n<body>\r\n<center><h1>{head}</h1></center>\r\n"
        "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
    )


def _apache(head: str, text: str) -> str:
    return (
        f'<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>{head}</title>\n</head><body>\n'
        f"<h1>{head}</h1>\n<p>{text}</p>\n<hr>\n<address>Apache Server at port 443</address>\n</body></html>\n"
    )


def _cloudflare(code: str, head: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en-US"><head><title>clinics.example.org | {code}: {head}</title></head><body>'
        f'<div id="cf-wrapper"><div id="cf-error-details"><h1><span>{head}</span> <span>Error code {code}</span></h1>'
        "<p>Visit the company's site for more information.</p><h2>What happened?</h2></div></div></body></html>"
    )


def _iis(head: str, text: str) -> str:
    return (
        f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html><head><title>{head}</title></head><body>'
        f'<div id="header"><h1>Server Error</h1></div><div id="content"><fieldset><h2>{head}</h2><h3>{text}</h3>'
        "</fieldset></div></body></html>"
    )


HEROKU = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Application Error</title>
<style>html,body,iframe{margin:0;border:0;height:100%}</style></head><body>
<iframe src="//www.herokucdn.com/error-pages/application-error.html"></iframe></body></html>"""
HEROKU_BARE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>iframe{border:0}</style></head><body>
<iframe src="//www.herokucdn.com/error-pages/application-error.html"></iframe></body></html>"""
ASP = """<!DOCTYPE html><html><head><title>Runtime Error</title></head><body bgcolor="white"><span>
<h1>Server Error in '/' Application.<hr></h1><h2><i>Runtime Error</i></h2></span><b>Description: </b>An application
error occurred on the server.</body></html>"""
IIS_WELCOME = '<html><head><title>IIS Windows Server</title></head><body><div id="container"></div></body></html>'
NGINX_WELCOME = "<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body></html>"
PAGES: dict[str, tuple[str, str]] = {
    "Heroku, application error": (HEROKU, "DOWN"),
    "Heroku, frame only": (HEROKU_BARE, "DOWN"),
    "nginx, 500": (_nginx("500 Internal Server Error"), "DOWN"),
    "nginx, 502": (_nginx("502 Bad Gateway"), "DOWN"),
    "nginx, 503": (_nginx("503 Service Temporarily Unavailable"), "DOWN"),
    "nginx, 504": (_nginx("504 Gateway Time-out"), "DOWN"),
    "nginx, 403": (_nginx("403 Forbidden"), "BLOCKED"),
    "nginx, 404": (_nginx("404 Not Found"), "CHANGED"),
    "nginx, 429": (_nginx("429 Too Many Requests"), "BUSY"),
    "nginx, welcome": (NGINX_WELCOME, "CHANGED"),
    "Apache, 500": (_apache("500 Internal Server Error", "The server encountered an internal error."), "DOWN"),
    "Apache, 503": (_apache("503 Service Unavailable", "The server is temporarily unable to service you."), "DOWN"),
    "IIS, runtime error": (ASP, "DOWN"),
    "IIS, 500": (_iis("500 - Internal server error.", "There is a problem with the resource."), "DOWN"),
    "IIS, 503": ("<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD><BODY><h2>Service Unavailable</h2><hr>"
                 "<p>HTTP Error 503. The service is unavailable.</p></BODY></HTML>", "DOWN"),
    "IIS, 403": (_iis("403 - Forbidden: Access is denied.", "You do not have permission to view this."), "BLOCKED"),
    "IIS, 404": (_iis("404 - File or directory not found.", "It might have been removed."), "CHANGED"),
    "IIS, welcome": (IIS_WELCOME, "CHANGED"),
    "Cloudflare, 502": (_cloudflare("502", "Bad gateway"), "DOWN"),
    "Cloudflare, 520": (_cloudflare("520", "Web server is returning an unknown error"), "DOWN"),
    "Cloudflare, 521": (_cloudflare("521", "Web server is down"), "DOWN"),
    "Cloudflare, 522": (_cloudflare("522", "Connection timed out"), "DOWN"),
    "Cloudflare, 523": (_cloudflare("523", "Origin is unreachable"), "DOWN"),
    "Cloudflare, 524": (_cloudflare("524", "A timeout occurred"), "DOWN"),
    "Cloudflare, 525": (_cloudflare("525", "SSL handshake failed"), "DOWN"),
    "Cloudflare, 1015": (_cloudflare("1015", "You are being rate limited"), "BUSY"),
    "Cloudflare, 1020": (_cloudflare("1020", "Access denied"), "BLOCKED"),
    "Rails, 500": ("<!DOCTYPE html><html><head><title>We're sorry, but something went wrong (500)</title></head>"
                   "<body><h1>We're sorry, but something went wrong.</h1></body></html>", "DOWN"),
    "Django, 500": ("<!doctype html><html><head><title>Server Error (500)</title></head><body>"
                    "<h1>Server Error (500)</h1></body></html>", "DOWN"),
    "WordPress, database": ("<html><head><title>Database Error</title></head><body><h1>Error establishing a database "
                            "connection</h1></body></html>", "DOWN"),
    "maintenance": (MAINTENANCE, "DOWN"),
    "maintenance, under": ("<html><head><title>Under maintenance</title></head><body><h1>This site is under maintenance"
                           "</h1></body></html>", "DOWN"),
    "maintenance in Spanish": ('<html lang="es"><head><title>Sitio en mantenimiento</title></head><body><h1>Sitio en '
                               "mantenimiento</h1><p>Volvemos pronto.</p></body></html>", "DOWN"),
    "maintenance in French": ('<html lang="fr"><head><title>Site en maintenance</title></head><body><h1>Site en '
                              "maintenance</h1><p>À bientôt.</p></body></html>", "DOWN"),
}  # fmt: skip
OUTCOMES = {"DOWN": DOWN, "BLOCKED": BLOCKED, "BUSY": BUSY, "CHANGED": CHANGED}


def _page(body: str, **headers: str) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.page(body, headers=headers)


def _dated_now(reply: Reply) -> httpx.Response:
    return reply.page(MAINTENANCE, last_modified=http_date(reply.now))


FAULTS = (
    *(
        Fault(name=f"page: {name}", why=WHY, outcomes=OUTCOMES[outcome], respond=_page(body), any_page=True)
        for name, (body, outcome) in PAGES.items()
    ),
    Fault(name="maintenance with max-age", why=f"{WHY} Its max-age says nothing about the page that it stands for.",
          outcomes=DOWN, respond=_page(MAINTENANCE, cache_control="max-age=86400")),
    Fault(name="maintenance as of now", why=f"{WHY} The 304 of the server that is well again must not bring it back.",
          outcomes=DOWN, respond=_dated_now, validators="date"),
    Fault(name="maintenance with the page's ETag", why=f"{WHY} A 304 must not bring it back.", outcomes=DOWN,
          respond=lambda reply: reply.page(MAINTENANCE, etag=reply.etag)),
)  # fmt: skip
