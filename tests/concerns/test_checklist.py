"""What must be minded where somebody here may be involved, by who it may be and by nation; and who does not know."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from django.template.loader import render_to_string

from accounts.models import Nation
from concerns.checklist import checklist, do_not_tell, involved, unaware
from concerns.disclosure import Addition, Copy, Reader, disclose
from concerns.police import NI_DUTY
from concerns.routing import Party, route
from tests.pages import Page

AT = datetime(2026, 11, 21, 22, 50, tzinfo=UTC)
PARTIES = [party for party in Party if party != Party.NO]
EVERY_SET = [set(chosen) for n in range(1, 6) for chosen in combinations(PARTIES, n)]

POLICE = "Police first, before anything else"
LEAVE = "No interview, no suspension and no viewing of footage before the police advise it"
LADO = "Tell the local authority’s designated officer within one working day"
SIA = "Tell the SIA if the person may hold a licence"
AUTHOR = "Protect the author"


def points(*about, nation="england"):
    return [point.do for point in checklist(about=about, nation=nation)]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (["no"], []),
        ([], []),
        (["site"], [POLICE, LEAVE, LADO, AUTHOR]),
        (["guard"], [POLICE, LEAVE, LADO, SIA, AUTHOR]),
        (["office"], [POLICE, LEAVE, LADO, SIA, AUTHOR]),
        (["unsure"], [POLICE, LEAVE, LADO, SIA, AUTHOR]),
        (["police"], [POLICE, LEAVE, AUTHOR]),
        (["police", "site"], [POLICE, LEAVE, LADO, AUTHOR]),
        (["police", "guard"], [POLICE, LEAVE, LADO, SIA, AUTHOR]),
        (["no", "guard"], [POLICE, LEAVE, LADO, SIA, AUTHOR]),  # the card said no, a note says a guard
    ],
)
def test_the_points_by_who_may_be_involved(about, expected):
    assert points(*about) == expected


@pytest.mark.parametrize("nation", [*Nation, ""])
@pytest.mark.parametrize("about", EVERY_SET, ids=lambda about: " + ".join(sorted(about)))
def test_the_police_come_first_and_the_author_is_protected_whoever_it_is(about, nation):
    first, second, *_, last = points(*about, nation=nation)
    assert (first, second, last) == (POLICE, LEAVE, AUTHOR)


@pytest.mark.parametrize(
    ("nation", "whom"),
    [
        ("england", LADO),
        ("wales", "Tell the local authority’s designated officer for safeguarding within 24 hours"),
        ("scotland", "Tell the council’s children’s social work team"),
        ("northern_ireland", "Tell the Gateway team of the Health and Social Care Trust"),
        ("", "Tell the local authority’s children’s services"),  # no site: nobody knows the nation
    ],
)
def test_each_nation_has_its_own_words(nation, whom):
    assert points("guard", nation=nation)[2] == whom


@pytest.mark.parametrize("nation", ["wales", "scotland", "northern_ireland"])
def test_no_other_nation_is_told_of_englands_officer(nation):
    assert "LADO" not in str(checklist(about={"guard"}, nation=nation))


def test_a_card_about_an_officer_goes_to_professional_standards():
    assert (
        "Ask for professional standards, not the local desk"
        in checklist(about={"police", "guard"}, nation="england")[0].how
    )
    assert "professional standards" not in checklist(about={"guard"}, nation="england")[0].how


def test_the_duty_to_tell_the_police_is_named_in_northern_ireland_alone():
    named = {nation for nation in Nation if NI_DUTY in str(checklist(about={"guard"}, nation=nation))}
    assert named == {Nation.NORTHERN_IRELAND}


def test_the_authors_shifts_are_left_alone():
    assert "Leave their shifts and their site as they are" in checklist(about={"guard"})[-1].how


# --- who may be involved, as far as the reader may know


def seen(reader=Reader.COMPANY, *, about=("no",), note_about=("no",), site="Quillgate", held=()):
    """A card as this reader sees it."""
    told = route(urgency="prompt", about=set(about) | set(note_about), has_site=bool(site))
    copies = [Copy(who, "", "held" if who in held else "waiting", AT) for who in told]
    note = Addition("", AT, "", "guard", "", True, note_about, people=[], vehicles=[])
    facts = {"account": "…", "site": site, "about": about, "notes": [note], "told": copies, "others": True}
    return disclose(facts, {reader}, organisation="", released_at=AT)


def test_a_note_may_say_that_somebody_is_involved():
    assert involved(seen(note_about=["guard"])) == {"guard"}
    assert involved(seen(about=["site"], note_about=["police"])) == {"site", "police"}
    assert involved(seen()) == set()


def test_a_released_reader_is_not_told_who_is_involved():
    assert involved(seen(Reader.RELEASED, about=["guard"], note_about=["site"])) == set()


# --- who does not know


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("no", ""),
        ("site", "The customer does not know. Do not tell them."),
        ("guard", "The manager and the customer do not know. Do not tell them."),
        ("unsure", "The manager and the customer do not know. Do not tell them."),
        ("office", "The manager, head office and the customer do not know. Do not tell them."),
        ("police", ""),
    ],
)
@pytest.mark.parametrize("reader", [Reader.AUTHOR, Reader.COMPANY])
def test_whoever_might_speak_to_them_is_told_who_does_not_know(reader, about, expected):
    assert do_not_tell(seen(reader, about=[about])) == expected


@pytest.mark.parametrize("about", [{"site"}, {"guard"}, {"unsure"}, {"office"}, {"site", "police"}])
def test_a_released_reader_is_warned_of_the_customer_alone(about):
    """Who else does not know would say who may be involved."""
    assert do_not_tell(seen(Reader.RELEASED, about=about)) == "The customer does not know. Do not tell them."


def test_a_customer_on_hold_for_the_police_does_not_know():
    assert do_not_tell(seen(held=["customer"])) == "The customer does not know. Do not tell them."


@pytest.mark.parametrize(("about", "expected"), [("no", []), ("guard", []), ("office", ["head office"])])
def test_without_a_site_nobody_of_the_site_is_missed(about, expected):
    assert unaware(seen(about=[about], site=None)) == expected


@pytest.mark.parametrize("reader", [Reader.CUSTOMER, Reader.POLICE])
@pytest.mark.parametrize("about", ["no", "guard", "office"])
def test_customer_and_police_learn_nothing_from_who_is_absent(reader, about):
    assert do_not_tell(seen(reader, about=[about])) == ""


# --- on a page


def test_the_page_shows_each_point_once_and_who_does_not_know():
    context = {"checklist": checklist(about={"guard"}, nation="england"), "do_not_tell": "The customer does not know."}
    page = Page(render_to_string("concerns/_checklist.html", context))
    assert [item.text.split(".")[0] for item in page.all("li")] == points("guard")
    assert "The customer does not know." in [line.text for line in page.all("p")]


def test_the_page_shows_nothing_where_nobody_may_be_involved():
    assert render_to_string("concerns/_checklist.html", {"checklist": []}).strip() == ""
