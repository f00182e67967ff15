"""While no worker is heard of, every reader sees whom to ring instead; the same whatever concerns there are."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Site, User
from accounts.roles import Kind
from concerns.models import Heartbeat
from concerns.silence import numbers
from tests.cards import send_card
from tests.pages import Page

READERS = ["moss", "hana", "lena", "cole", "priya", "stan"]
LATE = "Messages are late. Ring instead."


def beat(ago=5):
    Heartbeat.objects.create(worker=uuid.uuid4(), at=timezone.now() - timedelta(seconds=ago))


def seen(answer):
    """{the number: where it leads} of the banner; None where there is none."""
    boxes = [box for box in Page(answer).all("section") if box["aria-labelledby"] == "silent"]
    return {next(link.all("strong")).text: link["href"] for link in boxes[0].all("a")} if boxes else None


def whom(user):
    return [number.whom for number in numbers(user)]


# --- Who sees it, and when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", READERS)
def test_every_reader_is_told_while_no_worker_is_heard_of(sign_in, who):
    client = sign_in(who)
    assert LATE in Page(client.get("/")).text
    beat(ago=121)
    assert LATE in Page(client.get("/")).text
    beat()
    assert LATE not in Page(client.get("/")).text


@pytest.mark.parametrize("who", READERS)
def test_it_is_on_every_page_of_theirs(sign_in, concern, who):
    client = sign_in(who)
    paths = ["/", "/me/", "/guidance/", "/privacy/", "/accounts/2fa/", concern.get_absolute_url(), "/nowhere/"]
    paths += ["/sites/", "/report/"] if who in ("moss", "hana", "lena") else []
    for path in paths:
        assert seen(client.get(path)), path


@pytest.mark.parametrize("who", ["asha", "ada"])
def test_whoever_is_sent_no_message_is_not_told(sign_in, who):
    for path in ("/me/", "/guidance/"):
        assert seen(sign_in(who).get(path)) is None


@pytest.mark.parametrize("path", ["/guidance/", "/privacy/", "/accounts/login/", "/nowhere/"])
def test_nor_is_a_stranger(client, db, path):
    assert seen(client.get(path)) is None


@pytest.mark.parametrize("who", READERS)
def test_one_small_query_asks_while_all_is_well(sign_in, who, django_assert_num_queries):
    client = sign_in(who)
    beat()
    with django_assert_num_queries(3) as asked:  # the session, the person, and a heartbeat
        client.get(reverse("privacy"))
    assert "concerns_heartbeat" in asked[-1]["sql"]


@pytest.mark.parametrize("who", READERS)
def test_it_is_the_same_whatever_concerns_there_are(cast, sign_in, who):
    client = sign_in(who)
    before = seen(client.get("/me/"))
    for about in ("no", "guard", "office", "site", "police"):
        send_card(cast["asha"], about=[about], urgency="emergency")
    assert seen(client.get("/me/")) == before


# --- Whom they ring -----------------------------------------------------------------------------------------------


def test_a_manager_rings_the_control_rooms_of_their_sites(cast):
    assert whom(cast["moss"]) == [
        "Harrowmere Services control room",
        "Quillgate Shopping Centre control room",
        "Wexmoor Parkway Station control room",
        "Brightkeep Security, any hour",
        "safeguarding lead",
        "Wexmoor Police",
        "police, this shift",
        "child in danger now",
    ]
    cast["moss"].sites.set(Site.objects.filter(name="Harrowmere Services"))
    assert [room for room in whom(cast["moss"]) if "control room" in room] == ["Harrowmere Services control room"]


@pytest.mark.parametrize("who", ["hana", "lena"])
def test_the_office_rings_the_same_and_not_another_company(cast, who):
    assert whom(cast[who]) == whom(cast["moss"])
    assert not [room for room in whom(cast[who]) if "Pellmoor" in room or "Harcourt" in room]


def test_where_sites_are_many_the_company_is_rung(cast):
    site = Site.objects.get(name="Harrowmere Services")
    site.pk, site.name = uuid.uuid4(), "A fourth"
    site.save(force_insert=True)
    assert whom(cast["hana"])[0] == "Brightkeep Security, any hour"
    assert "Quillgate Shopping Centre control room" in whom(cast["moss"])


@pytest.mark.parametrize("who", ["cole", "priya"])
def test_customer_and_police_ring_the_companies_at_their_sites(cast, who):
    assert whom(cast[who]) == ["Brightkeep Security, any hour", "Harcourt Guarding, any hour"]
    Site.objects.filter(contractor=cast["stan"].organisation).update(closed_at=timezone.now())
    assert whom(cast[who]) == ["Brightkeep Security, any hour"]


def test_they_are_few_for_a_force_with_many_companies(cast):
    site = Site.objects.get(name="Harrowmere Services")
    for number in range(20):
        company = Organisation.objects.create(
            name=f"Company {number:02}",
            kind=Kind.COMPANY,
            phone=f"+4420794607{number:02}",
            default_force=cast["priya"].organisation,
        )
        site.pk, site.contractor = uuid.uuid4(), company
        site.save(force_insert=True)
    assert len(numbers(cast["priya"])) == 6


def test_the_numbers_are_there_to_tap(sign_in):
    found = seen(sign_in("moss").get("/me/"))
    assert found["020 7946 0100"] == "tel:+44-20-7946-0100"
    assert found["020 7946 0204"] == "tel:02079460204"
    assert (found["101"], found["999"]) == ("tel:101", "tel:999")


def test_a_number_is_there_once(cast):
    Site.objects.update(control_room_phone="+442079460100")
    Organisation.objects.filter(kind=Kind.POLICE).update(number_to_ring="101")
    found = [number.href for number in numbers(cast["moss"])]
    assert found == ["tel:+44-20-7946-0100", "tel:+44-20-7946-0117", "tel:101", "tel:999"]


@pytest.mark.parametrize("typed", ["020 7946 0204 ext 5", "101, option 2", "0800 40 50 40 (24 hours)"])
def test_what_is_more_than_a_number_is_read_and_not_tapped(cast, sign_in, typed):
    Organisation.objects.filter(kind=Kind.POLICE).update(number_to_ring=typed)
    answer = sign_in("moss").get("/me/")
    assert typed not in seen(answer)
    assert f"{typed} Wexmoor Police" in Page(answer).text.replace("\u00a0", " ")
    assert "" not in seen(answer).values()


def test_what_nobody_entered_is_left_out(cast, sign_in):
    Site.objects.update(control_room_phone="")
    Organisation.objects.update(phone="", lead_phone="", number_to_ring="")
    assert whom(User.objects.get(pk=cast["moss"].pk)) == ["police, this shift", "child in danger now"]
    assert numbers(cast["cole"]) == []
    answer = sign_in("cole").get("/me/")
    assert seen(answer) == {}
    assert LATE in Page(answer).text


def test_a_manager_without_a_site_rings_the_companys_own_force(cast):
    cast["moss"].sites.clear()
    assert "Wexmoor Police" in whom(cast["moss"])
