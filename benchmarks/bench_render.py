"""A snapshot of 500 places, 40 with appointments, to pages; beside a plain Jinja2 loop over the same cards.

The reference has its cards ready and escapes what it prints, as ours does. Its templates print the same facts of each
place, once in the index and once on a page of its own, with no head, style, script or footer.
"""

from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, Template
from measure import Row, medians, must, seconds, show
from synthetic import NOW, county, snapshot

from aggregator.config.region import Region
from aggregator.exports.export_files import export_files
from aggregator.model import Available, Snapshot
from aggregator.published_file import File
from aggregator.release.publisher import publish
from aggregator.site.cards import PlacePage, place_view
from aggregator.site.pages import page_files
from aggregator.wording.render_context import render_context

PLACES = 500
OFFERING = 40
ROUNDS = 7

SAID = """{{ c.said.before }} {% if c.said.moment %}<time datetime="{{ c.said.moment.iso }}">
{{- c.said.moment.text }}</time>{% endif %}{{ c.said.after }}"""
LINKS = """{% for link in links if link %}<a href="{{ link.href }}">{{ link.text }}</a> {% endfor %}"""
OFFER = """<h3><a href="place/{{ c.id }}/">{{ c.name }}</a></h3>
<p>{{ c.address }} {{ c.postal_code }} {{ c.kind }}</p><p>{{ c.headline }}</p>
<ul>{% for d in c.days %}<li>{{ d.when }} {{ d.what }} {{ d.dose }}</li>{% endfor %}</ul><p>{{ c.more_days }}</p>
{% for r in c.restrictions %}<p>{{ r.label }} {{ r.lead }} {{ r.text }}</p>{% endfor %}
{% set links = [c.link, c.call] %}"""
OTHER = """<li><a href="place/{{ c.id }}/">{{ c.name }}</a> {{ c.town }} {{ c.postal_code }}
{% for r in c.restrictions %}<p>{{ r.label }} {{ r.lead or r.text }}</p>{% endfor %}</li>
{% set links = [c.link] %}"""
INDEX = (
    "{% for c in offers %}" + OFFER + LINKS + SAID + "{% endfor %}"
    "{% for c in others %}" + OTHER + LINKS + SAID + "{% endfor %}"
)
PLACE = (
    """{% set c = p.card %}<h1>{{ c.name }}</h1>
<p>{{ c.address }} {{ c.postal_code }} {{ c.kind }}</p><p>{{ c.headline }}</p>
{% for r in c.restrictions %}<p>{{ r.label }} {{ r.text }}</p>{% endfor %}
<ul>{% for d in p.all_days %}<li>{{ d.when }} {{ d.what }} {{ d.dose }} {{ d.times }}
{%- if d.book %}<a href="{{ d.book.href }}">{{ d.book.text }}</a>{% endif %}</li>{% endfor %}</ul>
<p>{{ p.gone }} {{ p.description }} {{ p.approximate }} {{ p.source }} {{ p.valid_at }} {{ p.changed_at }}</p>
<ul>{% for line in p.history %}<li>{{ line }}</li>{% endfor %}</ul>
{% set links = [c.link, c.call, p.info, p.directions, p.door] %}"""
    + LINKS
    + SAID
)


def plain(index: Template, page: Template, places: tuple[PlacePage, ...]) -> list[bytes]:
    cards = [place.card for place in places]
    offers = [card for card in cards if card.available is Available.YES]
    others = [card for card in cards if card.available is not Available.YES]
    return [
        index.render(offers=offers, others=others).encode(),
        *(page.render(p=place).encode() for place in places),
    ]


def of_places(known: Snapshot, region: Region) -> list[File]:
    """The pages that the reference has, too: the lists around postal codes and of towns are beside the comparison."""
    return [
        file
        for file in page_files(known, region)
        if not file.path.startswith(("zip/", "town/", "feeds/")) and not file.path.endswith((".ics", ".png"))
    ]


def rendering(known: Snapshot, region: Region) -> list[float]:
    """Milliseconds: our pages, plain ones."""
    spoken = render_context(known, region, "en")
    places = tuple(place_view(place, spoken) for place in known.places)
    environment = Environment(autoescape=True)
    index, page = environment.from_string(INDEX), environment.from_string(PLACE)
    first = plain(index, page, places)[0].decode()
    must(all(place.card.name in first for place in places), "the reference leaves places out")
    return medians(
        lambda: seconds(lambda: [file.make() for file in of_places(known, region)]),
        lambda: seconds(lambda: plain(index, page, places)),
        rounds=ROUNDS,
    )


def information(known: Snapshot, region: Region) -> list[float]:
    """Milliseconds: data files, and writing a release (with both compressions) of files that are ready."""
    files = [*of_places(known, region), *export_files(known, region)]
    minutes = count()
    with TemporaryDirectory() as folder:
        return medians(
            lambda: seconds(lambda: [file.make() for file in export_files(known, region)]),
            lambda: seconds(lambda: publish(files, Path(folder) / "public", NOW + timedelta(minutes=next(minutes)))),
            rounds=3,
        )


def main() -> None:
    known, region = snapshot(PLACES, OFFERING), county()
    pages = [file.path for file in of_places(known, region) if file.path.startswith("place/")]
    must(len(pages) == PLACES, f"{len(pages)} places were rendered instead of {PLACES}")
    ours, reference = rendering(known, region)
    data, release = information(known, region)
    show(
        f"A snapshot of {PLACES} places ({OFFERING} with appointments) to files",
        (
            Row("all pages, beside a plain Jinja2 loop", ours, reference, 3.0),
            Row("data files", data),
            Row("release written (with compressed twins)", release),
        ),
    )


if __name__ == "__main__":
    main()
