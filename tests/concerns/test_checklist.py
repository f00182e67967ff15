"""What must be minded where somebody here may be involved, by who it may be and by nation; and who does not know."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Nation, Site
from concerns import actions
from concerns.checklist import checklist, do_not_tell, had_it, involved, kept_out
from concerns.disclosure import Addition, Copy, KeptOut, Reader, disclose
from concerns.models import Delivery, Event, record, record_opened
from concerns.models.delivery import ANEW
from concerns.police import NI_DUTY
from concerns.routing import Party, Recipient, route, withheld
from tests.cards import add_note, send_card
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


USUAL = [Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.CUSTOMER]


def seen(reader=Reader.COMPANY, *, about=("no",), note_about=("no",), site="Quillgate", held=(), had=()):
    """A card as this reader sees it."""
    everybody = set(about) | set(note_about)
    told = route(urgency="prompt", about=everybody, has_site=bool(site))
    usual = USUAL if site else [Recipient.HEAD_OFFICE]
    closed = [who for who in usual if who in withheld(everybody) or who in held]
    copies = [Copy(who, "", "held" if who in held else "waiting", AT) for who in told]
    note = Addition("", AT, "", "guard", "", True, note_about, people=[], vehicles=[])
    facts = {"account": "…", "site": site, "about": about, "notes": [note], "told": copies, "others": True}
    facts["kept_out"] = [KeptOut(who, who in held, who in had) for who in closed]
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
    """Who else does not know would say who may be involved; whether the customer had it, that a note closed it."""
    for had in ([], ["customer"], ["manager", "customer"]):
        assert do_not_tell(seen(Reader.RELEASED, about=about, had=had)) == "Do not speak to the customer about it."


def test_a_customer_on_hold_for_the_police_does_not_know():
    assert do_not_tell(seen(held=["customer"])) == "The customer does not know. Do not tell them."


@pytest.mark.parametrize("reader", [Reader.COMPANY, Reader.RELEASED])
def test_a_customer_on_hold_who_was_sent_it_is_not_said_not_to_know(reader):
    said = "The customer had it before. Nothing more is shown to them. Do not speak to them about it."
    assert do_not_tell(seen(reader, held=["customer"], had=["customer"])) == said


@pytest.mark.parametrize(
    ("had", "expected"),
    [
        (
            ["manager"],
            "The customer does not know. Do not tell them. "
            "The manager had it before. Nothing more is shown to them. Do not speak to them about it.",
        ),
        (
            ["manager", "customer"],
            "The manager and the customer had it before. Nothing more is shown to them. Do not speak to them about it.",
        ),
    ],
)
@pytest.mark.parametrize("reader", [Reader.AUTHOR, Reader.COMPANY])
def test_who_had_it_before_is_told_apart_from_who_does_not_know(reader, had, expected):
    assert do_not_tell(seen(reader, note_about=["guard"], had=had)) == expected


def test_who_had_it_is_said_alone_where_nobody_rings():
    card = seen(note_about=["guard"], had=["manager"])
    assert had_it(card) == "The manager had it before. Nothing more is shown to them."
    assert had_it(seen(note_about=["guard"])) == ""


@pytest.mark.parametrize(("about", "expected"), [("no", []), ("guard", []), ("office", ["head office"])])
def test_without_a_site_nobody_of_the_site_is_missed(about, expected):
    assert kept_out(seen(about=[about], site=None), had_it=False) == expected


@pytest.mark.parametrize("reader", [Reader.CUSTOMER, Reader.POLICE])
@pytest.mark.parametrize("about", ["no", "guard", "office"])
def test_customer_and_police_learn_nothing_from_who_is_absent(reader, about):
    for had in ([], ["manager", "customer"]):
        assert do_not_tell(seen(reader, about=[about], held=["customer"], had=had)) == ""


# --- on a page


def test_the_page_shows_each_point_once_and_who_does_not_know():
    context = {"checklist": checklist(about={"guard"}, nation="england"), "do_not_tell": "The customer does not know."}
    page = Page(render_to_string("concerns/_checklist.html", context))
    assert [item.text.split(".")[0] for item in page.all("li")] == points("guard")
    assert "The customer does not know." in [line.text for line in page.all("p")]


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def said(sign_in):
    """A function that gives the sentences of a page that say whom nobody speaks to, as somebody reads them."""

    def read(who, concern, path=""):
        page = Page(sign_in(who).get(f"/concerns/{concern}/{path}"))
        says = re.compile("not know. (Do|Please do) not|had it before|speak to the customer")
        return [line.text for line in page.all("p") if says.search(line.text)]

    return read


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def on_hold(concern, by):
    until = timezone.now() + timedelta(days=3)
    actions.hold(delivery=copy_for(concern, "customer"), by=by, officer="DS Pell", reference="", until=until)


def message_left(copy):
    """As the worker keeps it: on the copy, and in the history."""
    Delivery.objects.filter(pk=copy.pk).update(sent_at=timezone.now())
    record(Event.Verb.SENT, copy.concern, detail={"recipient": copy.recipient})


def nothing(copy, cast):
    pass


def acknowledged(copy, cast):
    actions.acknowledge(delivery=copy, by=cast[{"manager": "moss", "customer": "cole"}[copy.recipient]])


def told(copy, cast):
    actions.record_told(delivery=copy, by=cast["hana"], whom="Dee", at=timezone.now())


def received(copy, cast):
    actions.receive(delivery=copy, name="Dee, 4417")


def sent(copy, cast):
    message_left(copy)


def sent_and_begun_anew(copy, cast):
    message_left(copy)
    Delivery.objects.filter(pk=copy.pk).update(**ANEW)


def opened(copy, cast):
    record_opened(copy.concern, by=cast[{"manager": "moss", "customer": "cole"}[copy.recipient]])


WAYS = [acknowledged, told, received, sent, sent_and_begun_anew, opened]
BEFORE = "The {} had it before. Nothing more is shown to them."
NOT_KNOWN = "The {} does not know. Do not tell them."


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["asha", "hana"])
def test_a_note_does_not_make_people_forget(cast, site, said, who, way):
    concern = send_card(cast["asha"], site=site)
    way(copy_for(concern, "manager"), cast)
    add_note(concern, cast["asha"], about=["guard"])
    had = f"{NOT_KNOWN} {BEFORE} Do not speak to them about it.".format("customer", "manager")
    assert said(who, concern) == [had]
    assert said(who, concern, "script/") == [
        NOT_KNOWN.format("customer").replace("Do not", "Please do not"),
        f"{BEFORE} Please do not speak to them about it.".format("manager"),
    ]


@pytest.mark.parametrize("way", [received, sent, sent_and_begun_anew, opened])
@pytest.mark.parametrize("who", ["moss", "hana", "priya"])
def test_a_hold_does_not_make_the_customer_forget(cast, site, said, who, way):
    concern = send_card(cast["asha"], site=site)
    way(copy_for(concern, "customer"), cast)
    on_hold(concern, cast["hana"])
    for path in ("", "print/"):
        (line,) = said(who, concern, path)
        assert line.startswith(f"{BEFORE.format('customer')} Do not speak to them about it. Asked for by DS Pell")


def test_the_page_of_a_hold_says_that_it_takes_nothing_back(cast, site, sign_in):
    concern = send_card(cast["asha"], site=site)
    text = Page(sign_in("hana").get(f"/concerns/{concern}/hold/")).text
    assert "If they were sent it or opened it before, the officer must know: a hold cannot take that back." in text


def test_a_hold_before_anything_was_sent_says_that_the_customer_does_not_know(cast, site, said):
    concern = send_card(cast["asha"], site=site)
    on_hold(concern, cast["hana"])
    assert said("moss", concern)[0].startswith(NOT_KNOWN.format("customer"))


@pytest.mark.parametrize("way", [nothing, *WAYS])
def test_a_released_manager_is_not_told_what_the_customer_had(cast, site, said, way):
    concern = send_card(cast["asha"], site=site)
    way(copy_for(concern, "customer"), cast)
    add_note(concern, cast["asha"], about=["guard"])
    actions.release(delivery=copy_for(concern, "manager"), by=cast["hana"], reason="It was not him.")
    for path in ("", "print/"):
        assert said("moss", concern, path) == ["Do not speak to the customer about it."]
    assert said("moss", concern, "script/") == ["Please do not speak to the customer about it."]
    assert said("moss", concern, "pack/") == []


def test_whoever_wrote_the_card_has_not_had_it_for_their_role(cast, site, said):
    concern = send_card(cast["moss"], site=site, about=["guard"])
    record_opened(concern, by=cast["moss"])
    assert said("hana", concern) == ["The manager and the customer do not know. Do not tell them."]


def test_whoever_read_another_copy_that_was_passed_on_has_not_had_it_for_their_role(cast, site, said):
    concern = send_card(cast["asha"], site=site, about=["guard"])
    cast["lena"].role = "manager"  # of another site
    cast["lena"].save()
    actions.pass_on(delivery=copy_for(concern, "head_office"), person=cast["lena"], by=cast["hana"], reason="Help.")
    assert said("lena", concern)
    assert said("hana", concern) == ["The manager and the customer do not know. Do not tell them."]


def test_police_and_customer_read_nothing_of_who_had_it(cast, site, said, sign_in):
    concern = send_card(cast["asha"], site=site)
    acknowledged(copy_for(concern, "manager"), cast)
    acknowledged(copy_for(concern, "customer"), cast)
    add_note(concern, cast["asha"], about=["guard"])
    assert said("priya", concern) == said("priya", concern, "pack/") == []
    assert sign_in("cole").get(f"/concerns/{concern}/").status_code == 404


@pytest.mark.parametrize(("way", "expected"), [(acknowledged, [BEFORE.format("manager")]), (nothing, [])])
def test_the_page_of_a_release_says_who_had_it_before(cast, site, sign_in, way, expected):
    concern = send_card(cast["asha"], site=site)
    way(copy_for(concern, "manager"), cast)
    add_note(concern, cast["asha"], about=["guard"])
    text = Page(sign_in("hana").get(f"/concerns/{concern}/release/")).text
    assert re.findall(r"The manager had it before\. Nothing more is shown to them\.", text) == expected
    assert "were not told" not in text


def test_the_page_shows_nothing_where_nobody_may_be_involved():
    assert render_to_string("concerns/_checklist.html", {"checklist": []}).strip() == ""
