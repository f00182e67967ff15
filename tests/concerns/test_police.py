"""How the police are told: which numbers, in which order, and what to say first, by place and by who it may be."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from concerns.disclosure import Copy
from concerns.police import NI_DUTY, how_to_tell
from concerns.routing import Party, Recipient, route
from tests.pages import Page

AT = datetime(2026, 11, 21, 22, 50, tzinfo=UTC)


class Force(SimpleNamespace):
    def __init__(self, number_to_ring="020 7946 0204", code_word="Operation Makesafe"):
        super().__init__(number_to_ring=number_to_ring, code_word=code_word)

    def __str__(self):
        return "Wexmoor Police"


def card(*, urgency="prompt", about="no", nation="england", railway=False, site=True):
    """As much of a disclosed card as a list holds."""
    told = [Copy(who, "", "waiting", AT) for who in route(urgency=urgency, about={about}, has_site=site)]
    place = SimpleNamespace(is_railway=railway, nation=nation) if site else None
    return {"urgency": urgency, "site": place, "told": told}


def told(force=None, **answers):
    return how_to_tell(card(**answers), force or Force())


def addresses(telling):
    return [number.address for number in telling.numbers]


DESK = "tel:02079460204"
TRANSPORT = ["sms:61016", "tel:0800405040"]


@pytest.mark.parametrize(
    ("nation", "railway", "about", "expected"),
    [
        ("england", False, "no", ["tel:999", "tel:101", DESK]),
        ("scotland", False, "no", ["tel:999", "tel:101", DESK]),
        ("wales", False, "guard", ["tel:999", "tel:101", DESK]),
        ("northern_ireland", False, "no", ["tel:999", "tel:101", DESK]),
        ("england", True, "no", ["tel:999", *TRANSPORT, DESK]),
        ("scotland", True, "office", ["tel:999", *TRANSPORT, DESK]),
        ("wales", True, "unsure", ["tel:999", *TRANSPORT, DESK]),
        ("northern_ireland", True, "no", ["tel:999", "tel:101", DESK]),  # no transport police there
        ("england", False, "police", ["tel:999", "tel:101"]),
        ("england", True, "police", ["tel:999", "tel:101"]),
        ("northern_ireland", True, "police", ["tel:999", "tel:101"]),
    ],
)
@pytest.mark.parametrize("urgency", ["emergency", "prompt", "routine"])
def test_which_numbers_there_are(urgency, nation, railway, about, expected):
    assert addresses(told(urgency=urgency, nation=nation, railway=railway, about=about)) == expected


def test_a_place_without_a_site_has_101_and_the_forces_desk():
    assert addresses(told(site=False)) == ["tel:999", "tel:101", DESK]


@pytest.mark.parametrize(
    ("urgency", "railway", "stands_out"),
    [
        ("emergency", False, ["tel:999"]),
        ("emergency", True, ["tel:999"]),
        ("prompt", False, ["tel:101"]),
        ("routine", False, ["tel:101"]),
        ("prompt", True, ["sms:61016"]),
    ],
)
def test_one_number_stands_out(urgency, railway, stands_out):
    numbers = told(urgency=urgency, railway=railway).numbers
    assert [number.address for number in numbers if number.weight] == stands_out


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("020 7946 0204", "tel:02079460204"),
        ("+44 (0)20 7946 0204", "tel:+442079460204"),
        ("(01632) 960-204", "tel:01632960204"),
        ("101, option 2", ""),  # shown, but not tapped: a tap would ring something else
        ("0800 40 50 40 (24 hours)", ""),
    ],
)
def test_a_desks_number_is_tapped_only_where_it_is_nothing_but_a_number(typed, address):
    desk = told(Force(number_to_ring=typed)).numbers[-1]
    assert (desk.address, desk.title, desk.label) == (address, typed, "Wexmoor Police")


@pytest.mark.parametrize("typed", ["", " ", "101", "101 "])
def test_no_desk_stands_beside_101_where_the_force_has_none(typed):
    assert addresses(told(Force(number_to_ring=typed))) == ["tel:999", "tel:101"]


def test_the_forces_own_word_is_said():
    assert told(Force(code_word="HALO")).say == "Say “HALO”."
    assert told(Force(code_word="")).say == ""


@pytest.mark.parametrize("urgency", ["emergency", "prompt", "routine"])
def test_about_an_officer_the_local_desk_learns_nothing(urgency):
    telling = told(urgency=urgency, about="police", railway=True)
    assert telling.say == (
        "Ask for the professional standards desk of Wexmoor Police. "
        "Do not tell the local desk what it is about, unless a child is in danger now."
    )
    assert "Makesafe" not in str(telling)
    assert DESK not in addresses(telling)


def test_who_may_not_know_whose_desk_it_is_for_is_given_999_alone():
    """A released reader of a card about an officer sees neither desk, and must not learn why."""
    seen = card(about="police")
    seen["told"] = [copy for copy in seen["told"] if copy.recipient != Recipient.STANDARDS]
    telling = how_to_tell(seen, Force())
    assert addresses(telling) == ["tel:999"]
    assert telling.say == "Somebody else tells the police about this one, unless a child is in danger now."
    assert not telling.mind


@pytest.mark.parametrize("about", [party for party in Party if party != Party.POLICE])
def test_whoever_rings_from_elsewhere_asks_for_the_sites_force(about):
    elsewhere = "101 reaches the police of the place where you are. If you are not at the site, ask for Wexmoor Police."
    assert told(about=about).mind == [elsewhere]


def test_a_text_promises_no_answer():
    assert told(railway=True).mind == ["A text may not be answered at once. If it cannot wait, ring."]


@pytest.mark.parametrize("about", ["no", "police"])
def test_the_duty_to_tell_is_named_in_northern_ireland_alone(about):
    assert NI_DUTY in told(nation="northern_ireland", about=about).mind
    for nation in ("england", "scotland", "wales"):
        assert NI_DUTY not in told(nation=nation, about=about).mind


# --- on a page


def page(telling, **more):
    context = {"police": telling, "reference": "7K3M-92QF", "script_url": "/concerns/7K3M-92QF/#script"} | more
    return Page(render_to_string("concerns/_police_block.html", context))


def test_the_page_has_a_link_for_each_number_and_one_to_the_script():
    links = [link["href"] for link in page(told(railway=True)).all("a")]
    assert links == ["tel:999", *TRANSPORT, DESK, "/concerns/7K3M-92QF/#script"]


def test_the_page_says_the_word_and_the_reference():
    said = page(told()).all("p")[0].text
    assert said == "Say “Operation Makesafe”. Give the reference 7K3M-92QF."


def test_a_number_that_cannot_be_tapped_is_still_read():
    shown = page(told(Force(number_to_ring="101, option 2")))
    assert "101, option 2 Wexmoor Police" in [tile.text for tile in shown.all("li")]
    assert "" not in [link["href"] for link in shown.all("a")]


def test_on_red_ground_the_first_two_numbers_stand_and_none_is_red():
    tiles = page(told(urgency="emergency", railway=True), alarm=True).all("a")
    assert [tile["href"] for tile in tiles] == ["tel:999", "sms:61016", "/concerns/7K3M-92QF/#script"]
    assert {tile["class"] for tile in tiles} == {"cse-tap"}
