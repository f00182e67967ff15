"""What a message says: what is asked, a link, and whom to ring; and what it gives away, which is nothing."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from accounts.models import Organisation, Site, User
from concerns import actions, messages
from concerns.models import Delivery, KeptFrom, Kind, Message
from concerns.routing import Party, Recipient
from tests.cards import send_card
from tests.pages import Page

PARTIES = [party.value for party in Party if party != Party.NO]
ABOUT = [["no"], *(list(some) for size in range(1, len(PARTIES) + 1) for some in combinations(PARTIES, size))]
READERS = [who.value for who in Recipient if who != Recipient.POLICE_CALL]
KINDS = [kind for kind in Kind if kind != Kind.DIGEST]
COMPANY, LEAD, FORCE = "020 7946 0100", "020 7946 0117", "020 7946 0204"


def letter(copy, kind=Kind.FIRST, now=None):
    """What this copy's message says, as it leaves for a desk."""
    now = now or timezone.now()
    return messages.letter(Message(kind=kind, delivery=copy, about=copy, made_at=now), "desk@demo.example", now)


def copy_for(concern, recipient):
    return concern.deliveries.filter(recipient=recipient, withheld_at=None).first()


def told(concern):
    """The copies that somebody is sent messages about."""
    return concern.deliveries.filter(withheld_at=None).exclude(recipient="police_call")


def rung(concern, recipient):
    """The sentence of the message that says whom to ring, and the bare number."""
    found = letter(copy_for(concern, recipient))
    (sentence,) = [line for line in found.text.splitlines() if line.startswith("If you cannot")] or [""]
    return sentence, found.facts["ring"]


# --- Whom to ring -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_lead", [True, False], ids=["a lead's number", "no lead's number"])
@pytest.mark.parametrize("about", [about for about in ABOUT if "police" in about], ids=" + ".join)
def test_nobody_is_sent_to_an_officers_own_force(cast, about, has_lead):
    if not has_lead:
        Organisation.objects.update(lead_phone="")
    for copy in told(send_card(cast["asha"], about=about)):
        found = letter(copy)
        for words in (found.text, found.html, found.facts["ring"]):
            assert "Wexmoor" not in words
            assert FORCE not in words
            assert "0204" not in words


@pytest.mark.parametrize("about", ABOUT, ids=" + ".join)
def test_each_reader_rings_a_number_that_may_know_of_it(cast, about):
    found = {copy.recipient: letter(copy).facts["ring"] for copy in told(send_card(cast["asha"], about=about))}
    of_company = LEAD if "office" in about else COMPANY
    expected = dict.fromkeys(READERS, of_company)
    expected |= {"head_office": LEAD, "lead": "101" if "police" in about else FORCE}
    assert found == {recipient: expected[recipient] for recipient in found}
    assert found.keys() & {"police", "standards"}


def test_the_lead_rings_the_force_where_no_officer_may_be_involved(cast):
    concern = send_card(cast["asha"], about=["office"])
    assert rung(concern, "lead") == (f"If you cannot, ring Wexmoor Police on {FORCE}.", FORCE)


@pytest.mark.parametrize("recipient", ["head_office", "lead"])
def test_about_an_officer_they_ring_101_and_no_force_is_named(cast, recipient):
    Organisation.objects.update(lead_phone="")
    concern = send_card(cast["asha"], about=["police"] if recipient == "head_office" else ["police", "office"])
    assert rung(concern, recipient) == ("If you cannot, ring 101.", "101")


@pytest.mark.parametrize("about", [["office"], ["office", "police"]])
def test_a_released_reader_does_not_learn_from_a_number_whether_an_officer_may_be_involved(cast, about):
    Organisation.objects.update(lead_phone="")
    concern = send_card(cast["asha"], about=about)
    copy = concern.deliveries.get(recipient="head_office")
    actions.release(delivery=copy, by=cast["lena"], reason="It was somebody else.")
    assert rung(concern, "head_office") == ("If you cannot, ring 101.", "101")


@pytest.mark.parametrize("typed", ["101", " 101 ", ""])
def test_a_force_without_a_number_of_its_own_is_rung_at_101(cast, typed):
    Organisation.objects.filter(name="Wexmoor Police").update(number_to_ring=typed)
    assert rung(send_card(cast["asha"], about=["office"]), "lead") == ("If you cannot, ring 101.", "101")


@pytest.mark.parametrize(
    ("about", "recipient", "number"),
    [
        ("no", "manager", COMPANY),
        ("no", "customer", COMPANY),
        ("no", "police", COMPANY),
        ("no", "head_office", LEAD),
        ("office", "police", LEAD),
        ("police", "standards", COMPANY),
    ],
)
def test_it_says_whose_number_it_is_and_not_that_it_is_the_leads(cast, about, recipient, number):
    concern = send_card(cast["asha"], about=[about])
    assert rung(concern, recipient) == (f"If you cannot, ring Brightkeep Security on {number}.", number)


def test_nobody_is_told_to_ring_where_no_number_was_entered(cast):
    Organisation.objects.update(phone="", lead_phone="")
    assert rung(send_card(cast["asha"]), "manager") == ("", "")


@pytest.mark.parametrize(
    ("number", "links"), [(FORCE, ["tel:02079460204"]), ("020 7946 0204 ext 5", []), ("101, option 2", [])]
)
def test_a_number_is_tapped_only_where_it_is_nothing_but_a_number(cast, number, links):
    Organisation.objects.filter(name="Wexmoor Police").update(number_to_ring=number)
    page = Page(letter(copy_for(send_card(cast["asha"], about=["office"]), "lead")).html)
    assert [link["href"] for link in page.all("a") if link["href"].startswith("tel:")] == links
    assert f"ring Wexmoor Police on {number}." in page.text


# --- What is asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_control_room_system_is_told_what_is_asked(concern, kind, late):
    copy = copy_for(concern, "manager")
    found = letter(copy, kind, now=copy.due_at + timedelta(hours=1 if late else -1))
    assert found.facts["asks"] == found.subject
    assert str(concern) in found.facts["asks"]
    assert ("by" in found.facts) == (kind in ("first", "reminder", "escalation"))
    assert found.facts.get("by", "") in found.facts["asks"]


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_it_says_is_a_reference_a_time_a_link_and_a_number(cast, kind):
    concern = send_card(cast["asha"], urgency="emergency", about=["office"])
    site = Site.objects.get(pk=concern.site_id)
    for copy in told(concern):
        found = letter(copy, kind)
        assert found.facts.keys() - {"by"} == {"reference", "asks", "link", "ring"}
        for word in (site.name, site.postcode, "mergency", "danger", "Asha", "girl", "lead", "office"):
            assert word not in found.subject + found.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_lock_screen_shows_no_name_and_no_number(concern, kind):
    for copy in told(concern):
        subject = letter(copy, kind).subject
        assert "Brightkeep" not in subject
        assert "020" not in subject


# --- Which mailboxes it goes to -----------------------------------------------------------------------------------

ROOM = "room@demo.example"


def somebody(organisation, role, **facts):
    """Somebody new of this organisation."""
    facts = {"name": "Odd", "email": f"odd-{role}@demo.example"} | facts
    return User.objects.create_user(organisation=organisation, role=role, **facts)


def keep(concern, person):
    KeptFrom.objects.create(concern=concern, user=person, recipient="")


@pytest.fixture
def rooms(cast):
    """One control room for all sites of all companies; its system takes messages too."""
    Site.objects.update(control_room_mailbox=ROOM, control_room_webhook="https://room.example/in")


@pytest.mark.parametrize("role", ["guard", "manager"])
@pytest.mark.usefixtures("rooms")
def test_a_control_room_of_two_sites_is_sent_nothing_that_is_kept_from_somebody_at_the_other(cast, role):
    first, second = list(cast["moss"].sites.all())[:2]
    concern = send_card(cast["asha"], site=first)
    assert copy_for(concern, "manager").desk() == {"email": ROOM, "webhook": "https://room.example/in"}
    keep(concern, somebody(second.contractor, role, sites=[second]))
    assert copy_for(concern, "manager").desk() == {}


@pytest.mark.usefixtures("rooms")
def test_only_an_address_that_somebody_kept_from_it_reads_is_left_out(cast):
    first, second = list(cast["moss"].sites.all())[:2]
    Site.objects.filter(pk=second.pk).update(control_room_webhook="")
    concern = send_card(cast["asha"], site=first)
    keep(concern, somebody(second.contractor, "guard", sites=[second]))
    Site.objects.filter(pk=second.pk).update(control_room_mailbox="")
    assert copy_for(concern, "manager").desk().keys() == {"email", "webhook"}
    Site.objects.filter(pk=second.pk).update(control_room_mailbox=ROOM.upper())
    assert copy_for(concern, "manager").desk().keys() == {"webhook"}


# Where else a control room's address stands, and who reads it there.
ELSEWHERE = [
    ("cole", "customer", lambda cast: Site.objects.update(customer_mailbox=ROOM.upper())),
    ("hana", "head_office", lambda cast: Organisation.objects.update(head_office_mailbox=ROOM.upper())),
    ("priya", "police", lambda cast: Organisation.objects.update(intelligence_mailbox=ROOM.upper())),
]


@pytest.mark.parametrize(("whose", "role", "enter"), ELSEWHERE, ids=[role for _, role, _ in ELSEWHERE])
@pytest.mark.usefixtures("rooms")
def test_a_mailbox_that_another_kind_of_desk_has_too_counts_as_read_there(cast, whose, role, enter):
    concern = send_card(cast["asha"])
    keep(concern, somebody(cast[whose].organisation, role))
    assert "email" in copy_for(concern, "manager").desk()
    enter(cast)
    assert "email" not in copy_for(concern, "manager").desk()


@pytest.mark.parametrize("recipient", ["manager", "head_office", "customer", "police"])
@pytest.mark.parametrize("works", [True, False])
def test_a_mailbox_that_is_the_own_address_of_somebody_kept_from_it_is_sent_nothing(cast, recipient, works):
    Site.objects.update(control_room_mailbox="Odd@demo.example", customer_mailbox="Odd@demo.example")
    Organisation.objects.update(head_office_mailbox="Odd@demo.example", intelligence_mailbox="Odd@demo.example")
    concern = send_card(cast["asha"])
    assert copy_for(concern, recipient).desk() == {"email": "Odd@demo.example"}
    other = cast["stan"].organisation  # where no desk has it
    keep(concern, somebody(other, "lead", email="odd@demo.example", is_active=works))
    assert copy_for(concern, recipient).desk() == {}


def test_the_standards_desk_is_sent_nothing_where_the_ordinary_desk_reads_its_mailbox(cast):
    concern = send_card(cast["asha"], about=["police"])
    assert copy_for(concern, "standards").desk() == {"email": "standards@demo.example"}
    Organisation.objects.filter(name="Wexmoor Police").update(intelligence_mailbox="Standards@demo.example")
    assert copy_for(concern, "standards").desk() == {}


@pytest.mark.usefixtures("rooms")
def test_a_leaver_reads_no_desk(cast):
    concern = send_card(cast["asha"])
    gone = somebody(concern.company, "guard", sites=[concern.site])
    keep(concern, gone)
    assert not copy_for(concern, "manager").desk()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert copy_for(concern, "manager").desk()


@pytest.mark.usefixtures("rooms")
def test_where_nobody_is_kept_from_it_one_query_says_so(concern, django_assert_num_queries):
    copy = Delivery.objects.select_related("concern", "site", "organisation").get(concern=concern, recipient="manager")
    with django_assert_num_queries(1):
        assert copy.desk()
