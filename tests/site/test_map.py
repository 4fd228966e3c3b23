"""The map: where marks are drawn, in which order, and what the picture offers without JavaScript."""

import random
import re
from itertools import accumulate
from math import cos, radians
from xml.etree import ElementTree

import brotli
import pytest

from aggregator.geography import outline, postal_areas
from aggregator.model import Available
from aggregator.site.map import MapMark, MapView, Mark, linking, map_view
from aggregator.site.templates import environment
from aggregator.wording.languages import language
from tests.support.snapshots import HOSTILE

BOSTON, WORCESTER, PITTSFIELD = (42.36, -71.06), (42.26, -71.80), (42.45, -73.25)
NULL_ISLAND = (0.0, 0.0)
OUTSIDE = (-9, -9)
SVG = "{http://www.w3.org/2000/svg}"


def mark(
    spot: tuple[float, float] | None, available: Available = Available.NO, name: str = "Town hall", id: str = "aaaa"
) -> Mark:
    latitude, longitude = spot or (None, None)
    return Mark(id, name, available, latitude, longitude)


def view(*marks: Mark, states: tuple[str, ...] = ("MA",), country: str = "US") -> MapView:
    made = map_view(marks, states, country)
    assert made is not None
    return made


def points(path: str) -> list[tuple[int, int]]:
    """The points in the path data of dots."""
    assert re.fullmatch(r"(M-?\d+[ -]\d+h0)*", path)
    return [(int(x), int(y)) for x, y in re.findall(r"M(-?\d+) ?(-?\d+)h0", path)]


def corners(path: str) -> list[list[tuple[int, int]]]:
    """The points of each ring of an outline."""
    rings = []
    for x, y, steps in re.findall(r"M(\d+) (\d+)l([-\d ]+)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        moves = zip(numbers[::2], numbers[1::2], strict=True)
        rings.append(list(accumulate(moves, lambda at, by: (at[0] + by[0], at[1] + by[1]), initial=(int(x), int(y)))))
    return rings


def at(shown: MapView, spot: tuple[float, float]) -> tuple[int, int]:
    """The point at which the script draws a position."""
    x, y = (spot[1] - shown.west) * shown.x_per_degree, (shown.north - spot[0]) * shown.y_per_degree
    return round(x), round(y)


def html(shown: MapView, root: str = "./") -> str:
    return str(environment(language("en", "US")).get_template("map.html").module.map(shown, root))  # type: ignore[attr-defined]


def svg(shown: MapView, root: str = "./") -> str:
    found = re.search(r"<svg.*</svg>", html(shown, root), re.DOTALL)
    assert found
    return found[0]


def picture(shown: MapView, root: str = "./") -> ElementTree.Element:
    return ElementTree.fromstring(svg(shown, root).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


# --- where marks are drawn ------------------------------------------------------------------------------------------


def test_a_position_is_drawn_where_the_script_computes_it() -> None:
    shown = view(mark(BOSTON), mark(PITTSFIELD))
    assert points(shown.none) == [at(shown, BOSTON), at(shown, PITTSFIELD)]


def test_west_is_left_and_north_is_up() -> None:
    shown = view(mark(BOSTON), mark(PITTSFIELD))
    (boston_x, boston_y), (pittsfield_x, pittsfield_y) = points(shown.none)
    assert pittsfield_x < boston_x
    assert pittsfield_y < boston_y


def test_a_kilometer_has_the_same_length_in_both_directions() -> None:
    shown = view(mark(BOSTON))
    assert shown.x_per_degree / shown.y_per_degree == pytest.approx(cos(radians(42.07)), abs=0.001)


def test_the_outline_is_fully_drawn_and_fills_the_picture() -> None:
    shown = view(mark(BOSTON))
    drawn = [corner for ring in corners(shown.outline) for corner in ring]
    xs, ys = zip(*drawn, strict=True)
    assert (min(xs), max(xs), min(ys)) == (20, 980, 20)
    assert max(ys) == pytest.approx(shown.height - 20, abs=1)
    assert {at(shown, (latitude, longitude)) for ring in outline(("MA",), "US") for longitude, latitude in ring} == set(
        drawn
    )


def test_several_states_are_drawn_on_one_map() -> None:
    one, two = view(mark(BOSTON)), view(mark(BOSTON), states=("MA", "CT"))
    assert len(corners(two.outline)) > len(corners(one.outline))
    assert two.x_per_degree < one.x_per_degree


def test_alaska_beyond_the_antimeridian_is_drawn_left_of_the_rest() -> None:
    attu, adak, juneau = (52.9, 173.2), (51.9, -176.6), (58.3, -134.4)
    shown = view(mark(attu), mark(adak), mark(juneau), states=("AK",))
    xs = [x for x, _ in points(shown.none)]
    assert xs == sorted(xs)
    assert 0 < xs[0] < xs[-1] < shown.width
    assert 600 < shown.height < 900


# --- which marks, in which order ------------------------------------------------------------------------------------


def test_each_kind_of_answer_has_its_marks_in_the_order_of_the_places() -> None:
    yes, no, unknown = Available.YES, Available.NO, Available.UNKNOWN
    shown = view(
        mark(PITTSFIELD, no),
        mark(BOSTON, yes, "Gull Hall", "gull"),
        mark(WORCESTER, unknown),
        mark(BOSTON, no),
        mark(WORCESTER, yes, "Elm Hall", "elm"),
        mark(BOSTON, unknown),
    )
    boston, worcester = at(shown, BOSTON), at(shown, WORCESTER)
    assert points(shown.none) == [at(shown, PITTSFIELD), boston]
    assert points(shown.unknown) == [worcester, boston]
    assert shown.offers == (MapMark("gull", "Gull Hall", *boston), MapMark("elm", "Elm Hall", *worcester))


@pytest.mark.parametrize("spot", [None, NULL_ISLAND, (42.36, 71.06)], ids=["no position", "zeros", "a lost minus"])
def test_a_place_off_the_map_keeps_its_index_and_is_counted(spot: tuple[float, float] | None) -> None:
    shown = view(mark(BOSTON), mark(spot), mark(spot, Available.YES), mark(WORCESTER))
    assert points(shown.none) == [at(shown, BOSTON), OUTSIDE, at(shown, WORCESTER)]
    assert (shown.offers, shown.elsewhere) == ((), 2)


def test_a_wrong_position_does_not_shrink_the_map() -> None:
    right, wrong = view(mark(BOSTON)), view(mark(BOSTON), mark(NULL_ISLAND))
    assert (wrong.height, wrong.west, wrong.x_per_degree) == (right.height, right.west, right.x_per_degree)


def test_a_place_just_over_the_border_is_on_the_map() -> None:
    nashua = (42.95, -71.46)
    shown = view(mark(BOSTON), mark(nashua))
    assert shown.north > view(mark(BOSTON)).north
    assert points(shown.none)[1] == at(shown, nashua)
    assert points(shown.none)[1][1] > 0


@pytest.mark.parametrize("spots", [[], [None], [NULL_ISLAND, None]], ids=["no place", "no position", "only wrong ones"])
def test_without_a_place_on_it_there_is_no_map(spots: list[tuple[float, float] | None]) -> None:
    assert map_view([mark(spot) for spot in spots], ("MA",), "US") is None


# --- without an outline ---------------------------------------------------------------------------------------------


def test_without_an_outline_the_map_covers_all_places() -> None:
    dice = random.Random(4)
    spots = [(dice.uniform(45.6, 46.5), dice.uniform(4.7, 6.2)) for _ in range(50)]
    shown = view(*(mark(spot) for spot in spots), states=("01",), country="FR")
    assert (shown.outline, shown.elsewhere) == ("", 0)
    assert (min(x for x, _ in points(shown.none)), max(x for x, _ in points(shown.none))) == (20, 980)


def test_without_an_outline_places_far_from_all_others_are_off_the_map() -> None:
    spots = [(46.0, 5.0), (46.1, 5.3), (46.2, 5.2), (46.3, 5.9), NULL_ISLAND]
    shown = view(*(mark(spot) for spot in spots), states=("01",), country="FR")
    assert points(shown.none)[4] == OUTSIDE
    assert shown.elsewhere == 1


def test_a_single_place_is_in_the_middle() -> None:
    shown = view(mark((46.2, 5.2)), states=("01",), country="FR")
    ((x, y),) = points(shown.none)
    assert x == pytest.approx(shown.width / 2, abs=1)
    assert y == pytest.approx(shown.height / 2, abs=1)


@pytest.mark.parametrize("far", [(46.2, 5.9), (46.9, 5.2)], ids=["on a parallel", "on a meridian"])
def test_places_in_a_line_do_not_make_an_endless_picture(far: tuple[float, float]) -> None:
    shown = view(mark((46.2, 5.2)), mark(far), states=("01",), country="FR")
    assert 450 < shown.height < 2100


# --- the picture ----------------------------------------------------------------------------------------------------


def test_places_with_appointments_are_links_with_their_names() -> None:
    (link,) = picture(view(mark(BOSTON, Available.YES, "Gull Hall", "gull")), "../../").iter(f"{SVG}a")
    assert link.get("href") == "../../place/gull/"
    assert link.findtext(f"{SVG}title") == "Gull Hall"
    assert link.find(f"{SVG}circle") is not None


def test_the_picture_has_an_accessible_name() -> None:
    root = picture(view(mark(BOSTON)))
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Map of the places; those with appointments are links"
    assert root.get("aria-labelledby") == title.get("id")


def test_offers_not_listed_on_the_page_are_drawn_without_links() -> None:
    spots = {"aaaa": BOSTON, "bbbb": WORCESTER, "cccc": PITTSFIELD, "dddd": None}
    whole = view(*[mark(spot, Available.YES, id=id) for id, spot in spots.items()])
    shown = linking(whole, {"bbbb", "dddd"})

    assert [one.id for one in shown.offers] == ["bbbb"]
    assert points(shown.more) == [at(shown, BOSTON), at(shown, PITTSFIELD)]
    assert [link.attrib["href"] for link in picture(shown).iter(f"{SVG}a")] == ["./place/bbbb/"]
    assert [path.attrib["d"] for path in picture(shown).iter(f"{SVG}path") if path.get("class") == "more"] == [
        shown.more
    ]
    assert title(shown) == "Map of the places; the soonest of those with appointments are links"
    assert title(linking(whole, spots)) == "Map of the places; those with appointments are links"


def title(shown: MapView) -> str:
    return picture(shown).findtext(f"{SVG}title") or ""


def test_a_hostile_name_stays_text() -> None:
    root = picture(view(mark(BOSTON, Available.YES, HOSTILE)))
    assert [title.text for title in root.findall(f".//{SVG}a/{SVG}title")] == [HOSTILE]
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "marker", "path", "a", "circle"),
    }


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        (0, ""),
        (1, "1 place is not on the map, only in the lists."),
        (2, "2 places are not on the map, only in the lists."),
    ],
)
def test_the_caption_states_how_many_places_are_not_on_the_map(lost: int, expected: str) -> None:
    caption = html(view(mark(BOSTON), *[mark(None)] * lost)).partition("<figcaption")[2]
    assert (expected in caption, "not on the map" in caption) == (True, bool(lost))


def test_the_caption_explains_each_shape() -> None:
    caption = re.sub(r"<[^>]*>", "", html(view(mark(BOSTON))).partition("</svg>")[2])
    assert " ".join(caption.split()) == "● With appointments ■ No appointments ◇ Not known"


def test_a_state_with_500_places_fits_its_budget() -> None:
    dice = random.Random(4)
    areas = list(postal_areas(("MA",), "US").values())
    marks = []
    for number in range(500):
        area = dice.choice(areas)
        answer = Available.YES if number % 12 == 0 else Available.UNKNOWN if number % 12 == 1 else Available.NO
        spot = area.latitude + dice.gauss(0, 0.01), area.longitude + dice.gauss(0, 0.01)
        name = f"{dice.choice(['Alder', 'Birch', 'Gull'])} {dice.choice(['Pharmacy', 'Library'])}, {area.town}"
        marks.append(mark(spot, answer, name, "".join(dice.choices("abcdefghijklmnopqrstuvwxyz234567", k=10))))
    shown = view(*marks)
    assert len(shown.offers) > 35
    assert len(shown.outline) <= 1200
    assert len(brotli.compress(svg(shown).encode(), quality=11)) <= 4500
