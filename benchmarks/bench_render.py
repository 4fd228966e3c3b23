"""Measures rendering a snapshot of 500 places, 40 with appointments, against a plain Jinja2 loop over the same cards.

The reference starts from finished cards and escapes what it prints, as ours does. Its templates print the same facts:
each offer in an index, and each place on its own page, without head, style, script, or footer. Ours starts from the
places, so it also decides what the cards show.
"""

import gc
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from measure import Table, cpu_seconds, figure, medians, must, seconds
from synthetic import NOW, county, snapshot
from tables import Benchmark

from aggregator.config.region import Region
from aggregator.exports.every_export import export_files
from aggregator.model import Available, Snapshot
from aggregator.published_file import File
from aggregator.release.publisher import publish
from aggregator.site.cards import PlacePage, place_view
from aggregator.site.chart import Chart, chart
from aggregator.site.pages import page_files
from aggregator.wording.context import render_context

LIMIT = 4.0  # times as long as the plain loop


class Size(NamedTuple):
    """Number of places, of those with appointments, and rounds."""

    places: int
    offering: int
    rounds: int


LINKS = """{% for link in links if link %}<a href="{{ link.href }}">{{ link.text }}</a> {% endfor %}"""
SAID = """{{ said.before }} {% if said.moment %}<time datetime="{{ said.moment.iso }}" data-age="{{ said.source }}">
{{- said.moment.text }}</time>{% endif %}{{ said.old }}{{ said.after }}"""
CARD = (
    """<h3><a href="place/{{ c.id }}/">{{ c.name }}</a></h3>
<p>{{ c.address }} {{ c.postal_code }} {{ c.kind }}</p><p>{{ c.headline }}</p><p>{{ c.offered }}</p>
<ul>{% for d in c.days %}<li>{{ d.when }} {{ d.what }} {{ d.dose }}</li>{% endfor %}</ul><p>{{ c.more_days }}</p>
{% for r in c.restrictions %}<p>{{ r.label }} {{ r.lead }} {{ r.text }}</p>{% endfor %}
{% set links = [c.link, c.call, c.directions] %}{% set said = c.checked_line %}{{ c.since }}"""
    + LINKS
    + SAID
)
PLACE = (
    """{% set c = p.card %}<h1>{{ c.name }}</h1>
<p>{{ c.address }} {{ c.postal_code }} {{ c.kind }}</p><p>{{ c.headline }}</p><p>{{ c.offered }}</p>
{% for r in c.restrictions %}<p>{{ r.label }} {{ r.text }}</p>{% endfor %}
<ul>{% for d in p.all_days %}<li>{{ d.when }} {{ d.what }} {{ d.dose }} {{ d.times }}
{%- if d.book %}<a href="{{ d.book.href }}">{{ d.book.text }}</a>{% endif %}</li>{% endfor %}</ul>
<p>{{ p.gone }} {{ p.description }} {% if p.approximate %}Approximate{% endif %} {{ p.changed_at }}</p>
{% if chart %}<svg viewBox="{{ chart.box }}"><path d="{{ chart.none }}"/><path d="{{ chart.unsure }}"/>
<path d="{{ chart.had }}"/></svg><p>{{ chart.alternative }} {{ chart.seen }} {{ chart.usual }}</p>{% endif %}
<ul>{% for line in p.history %}<li>{{ line }}</li>{% endfor %}</ul>
{% for v in p.source_answers %}<p>{{ v.title }} {{ v.answer }} {{ v.valid_at }} {% set said = v.checked_line %}"""
    + SAID
    + """{% if v.public_url %}<a href="{{ v.public_url.href }}">{{ v.public_url.text }}</a>{% endif %}</p>{% endfor %}
{% set links = [c.link, c.call, c.directions, p.info] %}{% set said = c.checked_line %}"""
    + LINKS
    + SAID
)


class Decided(NamedTuple):
    """What to show for a place, ready for layout."""

    page: PlacePage
    chart: Chart | None


def plain(index: Template, page: Template, places: Sequence[Decided]) -> list[bytes]:
    offers = [one.page.card for one in places if one.page.card.available is Available.YES]
    return [
        index.render(offers=offers).encode(),
        *(page.render(p=place, chart=drawn).encode() for place, drawn in places),
    ]


def of_places(known: Snapshot, region: Region) -> list[File]:
    """The home page, the place pages, and single pages such as the status page, but no lists by ZIP code or town."""
    return [
        file
        for file in page_files(known, region)
        if not file.path.startswith(("zip/", "town/", "feeds/")) and not file.path.endswith((".ics", ".png"))
    ]


def making(known: Snapshot, region: Region) -> float:
    """Seconds of CPU for rendering our pages from the snapshot; the list of pages is computed beforehand."""
    files = of_places(known, region)
    return cpu_seconds(lambda: [file.make() for file in files])


def rendering(known: Snapshot, region: Region, rounds: int) -> list[float]:
    """Milliseconds for our pages and for the plain ones."""
    spoken = render_context(known, region, "en")
    places = [Decided(place_view(place, spoken), chart(place, spoken)) for place in known.places]
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    index = environment.from_string("{% for c in offers %}" + CARD + "{% endfor %}")
    page = environment.from_string(PLACE)
    listed, *pages = (made.decode() for made in plain(index, page, places))
    offers = [one for one in known.places if one.current.available is Available.YES]
    must(all(place.location.name in listed for place in offers), "the reference leaves offers out")
    must(all(place.location.name in of for place, of in zip(known.places, pages, strict=True)), "a page has no place")
    gc.disable()  # as `aggregator.cycle` does while it builds a release
    try:
        return medians(
            lambda: making(known, region),
            lambda: cpu_seconds(lambda: plain(index, page, places)),
            rounds=rounds,
        )
    finally:
        gc.enable()


def information(known: Snapshot, region: Region) -> list[float]:
    """Milliseconds for data files, and for writing a release of finished files (with both compressions)."""
    files = [*of_places(known, region), *export_files(known, region)]
    minutes = count()
    with TemporaryDirectory() as folder:
        return medians(
            lambda: seconds(lambda: [file.make() for file in export_files(known, region)]),
            lambda: seconds(lambda: publish(files, Path(folder) / "public", NOW + timedelta(minutes=next(minutes)))),
            rounds=3,
        )


def measured(size: Size) -> Table:
    known, region = snapshot(size.places, size.offering), county()
    pages = [file.path for file in of_places(known, region) if file.path.startswith("place/")]
    must(len(pages) == size.places, f"{len(pages)} places were rendered instead of {size.places}")
    ours, reference = rendering(known, region, size.rounds)
    data, release = information(known, region)
    lines = (
        figure("CPU of all pages, beside a plain Jinja2 loop", ours, reference=reference, limit=LIMIT),
        figure("data files and subscriptions", data),
        figure("release written, files compressed", release),
    )
    title = f"A snapshot of {size.places} places, {size.offering} with appointments, to files"
    return Table(title, lines, {"pages of places made": len(pages)})


BENCHMARK = Benchmark("bench_render", measured, full=Size(500, 40, rounds=7), tiny=Size(12, 4, rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
