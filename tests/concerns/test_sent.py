"""What the author is shown once a card is stored: whom to ring, who can see it, who was not told, and no more."""

from datetime import datetime
from itertools import combinations

import pytest

from accounts.models import Organisation, Site
from accounts.roles import Role
from concerns.models import Delivery, Event, Status
from concerns.routing import Party, Recipient
from concerns.times import LONDON
from tests.cards import add_note, send_card
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

CONTROL_ROOM, HEAD_OFFICE, LEAD = "tel:+442079460141", "tel:+442079460100", "tel:+442079460117"
WHISTLEBLOWING = "tel:08000280285"
PARTIES = [party for party in Party if party != Party.NO]
SETS = [["no"], *(list(some) for n in range(1, 6) for some in combinations(PARTIES, n))]


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def sent(sign_in, cast, site):
    """A function that sends a card of Asha's with these answers, and gives the page that she sees then."""

    def send(**answers):
        concern = send_card(cast["asha"], **{"site": site} | answers)
        return Page(sign_in("asha").get(f"/concerns/{concern}/sent/"))

    return send


def links(page):
    return {link["href"] for link in page.by_id("main-content").all("a")}


def ids(page):
    return {element["id"] for element in page.all()}


def section(page, name):
    (found,) = [part for part in page.all("section") if part["aria-labelledby"] == name]
    return found


# --- Whom to ring -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", SETS, ids="-".join)
def test_the_number_is_that_of_the_first_from_whom_it_is_not_withheld(sent, about):
    number = LEAD if "office" in about else HEAD_OFFICE if {"guard", "unsure"} & set(about) else CONTROL_ROOM
    page = sent(about=about)
    assert links(page) & {CONTROL_ROOM, HEAD_OFFICE, LEAD} == {number}
    assert [link["href"] for link in section(page, "ring").all("a")] == [number]


@pytest.mark.parametrize(
    ("about", "heading", "warned"),
    [
        ("no", "Now ring your control room", False),
        ("site", "Now ring your control room", False),
        ("guard", "Now ring head office", True),
        ("office", "Now ring your safeguarding lead", True),
        ("unsure", "Now ring head office", True),
    ],
)
def test_the_control_room_is_not_to_be_rung_where_the_manager_is_not_told(sent, about, heading, warned):
    text = section(sent(about=[about]), "ring").text
    assert text.startswith(heading)
    assert ("Do not ring your control room" in text) == warned


def test_somewhere_else_it_is_head_office(sent):
    ring = section(sent(site=None, zone="", place="the street"), "ring")
    assert [link["href"] for link in ring.all("a")] == [HEAD_OFFICE]
    assert "Your card names no site" in ring.text


def test_a_site_without_a_control_room_has_the_companys_number_under_its_own_name(sent, site):
    Site.objects.filter(pk=site.pk).update(control_room_phone="")
    ring = section(sent(site=Site.objects.get(pk=site.pk)), "ring")
    assert [link["href"] for link in ring.all("a")] == [HEAD_OFFICE]
    assert "control room" not in next(ring.all("a")).text


@pytest.mark.parametrize("about", ["no", "guard", "office"])
def test_a_company_without_numbers_still_has_the_page(sent, site, about):
    Organisation.objects.filter(pk=site.contractor_id).update(phone="", lead_phone="")
    Site.objects.filter(pk=site.pk).update(control_room_phone="")
    assert not list(section(sent(site=Site.objects.get(pk=site.pk), about=[about]), "ring").all("a"))


# --- The police ---------------------------------------------------------------------------------------------------

RAILWAY = "Wexmoor Parkway Station"


@pytest.mark.parametrize(
    ("urgency", "place", "numbers"),
    [
        ("emergency", "Quillgate Shopping Centre", ["tel:999", "tel:101", "tel:02079460204"]),
        ("prompt", "Quillgate Shopping Centre", ["tel:999", "tel:101", "tel:02079460204"]),
        ("prompt", RAILWAY, ["tel:999", "sms:61016", "tel:0800405040", "tel:02079460204"]),
    ],
)
def test_the_police_are_rung_by_the_number_of_that_place(sent, urgency, place, numbers):
    call = section(sent(urgency=urgency, site=Site.objects.get(name=place), zone=""), "police")
    assert [link["href"] for link in call.all("a") if ":" in link["href"]] == numbers
    assert "Say “Operation Makesafe”. Give the reference" in call.text
    when = {"emergency": "Ring the police now", "prompt": "Ring the police by 00:26"}
    assert call.text.startswith(when[urgency])


def test_the_author_is_led_to_what_to_say_and_to_the_line_that_says_they_rang(sent):
    call = section(sent(urgency="prompt"), "police")
    (reference,) = {element.text for element in call.all("span") if element["class"] == "cse-ref"}
    ours = {link["href"] for link in call.all("a") if ":" not in link["href"]}
    assert ours == {f"/concerns/{reference}/script/", f"/concerns/{reference}/told/police_call/"}


@pytest.mark.parametrize(
    "answers", [{"urgency": "routine"}, {"urgency": "prompt", "police_called": True, "police_log": "412"}]
)
def test_nobody_is_sent_to_the_telephone_without_need(sent, answers):
    assert "police" not in ids(sent(**answers))


def test_a_card_about_an_officer_asks_for_professional_standards(sent):
    assert "Ask for the professional standards desk of Wexmoor Police" in section(sent(about=["police"]), "police").text
    assert "professional standards" not in section(sent(about=["guard"]), "police").text


# --- Who can see it, who was not told -----------------------------------------------------------------------------


def test_it_says_who_can_see_it_and_by_when_they_must_answer(sent):
    listed = [item.text for item in sent(urgency="emergency").all("li") if "task-list" in item["class"]]
    assert listed == [
        "Manager Waiting by 23:41",
        "Head office Waiting by 00:26",
        "Customer Waiting by 03:26",
        "Police Copy: Waiting by 03:26",
        "Police Call: Waiting by 23:41",
    ]


NAMED = {"manager": "Manager", "head_office": "Head office", "customer": "Customer", "police": "Local police desk"}


@pytest.mark.parametrize("about", SETS, ids="-".join)
def test_it_says_who_was_not_told_and_gives_the_whistleblowing_line_only_then(sent, about):
    page = sent(about=about)
    withheld = {copy.recipient for copy in Delivery.objects.all() if copy.status == Status.WITHHELD}
    assert ("not-told" in ids(page), WHISTLEBLOWING in links(page)) == (bool(withheld), bool(withheld))
    if withheld:
        named = next(section(page, "not-told").all("strong")).text
        assert set(named.split(", ")) == {NAMED[recipient] for recipient in withheld}


def test_it_gives_back_what_the_author_said(sent):
    said = section(sent(about=["guard", "office"]), "not-told").text
    assert "You said: a guard or security manager here; someone at our head office." in said


@pytest.mark.parametrize("about", [["no"], ["office", "police"]], ids="-".join)
def test_it_claims_nothing_that_has_not_happened(sent, about):
    text = sent(about=about).by_id("main-content").text
    assert "A message is not an answer." in text
    for claim in ("has been told", "have been told", "has been informed", "we have sent", "was notified", "has seen"):
        assert claim not in text.lower()


def test_it_offers_a_note_and_support_and_the_card(sent):
    page = sent()
    (reference,) = {element.text for element in page.all("span") if element["class"] == "cse-ref"}
    assert {f"/concerns/{reference}/note/", f"/concerns/{reference}/", "tel:+442079460118", "tel:08088005000"} <= links(
        page
    )


# --- I told them --------------------------------------------------------------------------------------------------


@pytest.fixture
def tell(sign_in, cast, site):
    """A function that records whom Asha rang about a card with these answers, and gives the card and the response."""

    def told(card=None, who="asha", posted=None, **answers):
        card = card or send_card(cast["asha"], **{"site": site} | answers)
        posted = posted or {"told_whom": "Dee, duty desk", "told_at": "2320"}
        return card, sign_in(who).post(f"/concerns/{card}/told/", posted)

    return told


@pytest.mark.parametrize(("about", "recipient"), [("no", "manager"), ("guard", "head_office"), ("office", "lead")])
def test_telling_them_ends_the_delivery_of_whoever_was_rung(tell, cast, about, recipient):
    card, response = tell(about=[about])
    assert response.url == f"/concerns/{card}/"
    (copy,) = card.deliveries.exclude(told_at=None)
    assert (copy.recipient, copy.told_by, copy.told_whom) == (recipient, cast["asha"], "Dee, duty desk")
    assert f"{copy.told_at:%d %H:%M}" == "21 23:20"


def test_somewhere_else_it_ends_head_offices(tell):
    card, _ = tell(site=None)
    assert [copy.recipient for copy in card.deliveries.exclude(told_at=None)] == ["head_office"]


def test_once_told_nobody_is_asked_to_ring_again(tell, sign_in):
    card, _ = tell()
    assert "ring" not in ids(Page(sign_in("asha").get(f"/concerns/{card}/sent/")))
    page = Page(sign_in("asha").get(f"/concerns/{card}/"))
    assert "Manager Told 23:20, Dee, duty desk" in page.text
    assert "next" not in ids(page)


def test_the_first_answer_stands_and_the_line_is_shown_again(tell):
    card, _ = tell()
    _, again = tell(card, posted={"told_whom": "Somebody else", "told_at": "2325"})
    text = Page(again).by_id("main-content").text
    assert again.status_code == 409
    assert "Somebody has this already." in text
    assert "Somebody else" in text
    assert card.deliveries.get(recipient="manager").told_whom == "Dee, duty desk"


def test_the_same_line_twice_is_one_and_ends_like_the_first(tell):
    card, _ = tell()
    assert tell(card)[1].url == f"/concerns/{card}/"
    assert Event.objects.filter(concern_id=card.pk, verb="told").count() == 1


@pytest.mark.parametrize("path", ["", "sent/"])
def test_a_line_of_somebody_else_who_is_signed_in_is_given_back(sign_in, cast, site, path):
    card = send_card(cast["asha"], site=site)
    at = f"/concerns/{card}/told/"
    posted = Page(sign_in("asha").get(f"/concerns/{card}/{path}")).posted(at) | {"told_whom": "Dee, duty desk"}
    response = sign_in("moss").post(at, posted)
    assert response.status_code == 403
    again = Page(response).posted(at)
    assert (again["told_whom"], again["told_at"]) == (["Dee, duty desk"], posted["told_at"])
    assert "This line was started by somebody else." in Page(response).text
    assert sign_in("asha").post(at, Page(response).posted(at)).status_code == 302


def test_a_line_that_names_no_writer_is_not_lost_either(tell, cast, site):
    card = send_card(cast["asha"], site=site)
    _, response = tell(card, who="moss")
    assert response.status_code == 404
    assert "Dee, duty desk" in str(Page(response).posted(f"/concerns/{card}/told/"))


@pytest.mark.parametrize(
    ("now", "at", "sentence"),
    [
        ((22, 1, 19), "0500", "That is still to come."),
        ((21, 23, 26), "2242", "That is before it was seen. Check the day and the time."),
    ],
)
def test_nobody_was_rung_before_it_was_seen(tell, clock, now, at, sentence):
    clock(2026, 11, *now)
    seen_at = datetime(2026, 11, 21, 22, 43, tzinfo=LONDON)
    card, response = tell(posted={"told_whom": "Dee", "told_at": at}, seen_at=seen_at)
    assert response.status_code == 422
    assert [(said, box["id"]) for said, box in Page(response).errors()] == [(sentence, "told_at")]
    assert not card.deliveries.exclude(told_at=None).exists()


@pytest.mark.parametrize(
    ("posted", "errors"),
    [
        ({"told_whom": "", "told_at": "99"}, {"told_whom", "told_at"}),
        ({"told_whom": "D" * 201, "told_at": ""}, {"told_whom", "told_at"}),
        ({"told_whom": "D\0", "told_at": "2320"}, {"told_whom"}),
        ({"x": ""}, {"told_whom", "told_at"}),
    ],
)
def test_what_is_wrong_is_pointed_out_and_kept(tell, posted, errors):
    card, response = tell(posted=posted)
    page = Page(response)
    assert response.status_code == 422
    assert {target["id"] for _, target in page.errors()} == errors
    assert page.posted(f"/concerns/{card}/told/")["told_whom"] == [posted.get("told_whom", "")]
    assert not card.deliveries.exclude(told_at=None).exists()


def test_a_number_that_was_shown_before_a_note_ends_nobody_elses_delivery(tell, sign_in, cast, site):
    card = send_card(cast["asha"], site=site)
    posted = Page(sign_in("asha").get(f"/concerns/{card}/sent/")).posted(f"/concerns/{card}/told/")
    add_note(card, cast["hana"], about=["guard"])
    _, response = tell(card, posted=posted | {"told_whom": "Dee, control room"})
    assert response.status_code == 422
    assert "Now ring head office" in Page(response).text
    assert not card.deliveries.exclude(told_at=None).exists()


# --- Only the author ----------------------------------------------------------------------------------------------

OTHERS = ["moss", "hana", "lena", "cole", "priya", "ada", "stan"]


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("about", ["no", "office"])
def test_nobody_but_the_author_reaches_it(sign_in, tell, cast, who, about):
    card = send_card(cast["asha"], about=[about])
    missing = sign_in(who).get("/concerns/AAAA-AAAA/sent/")
    response = sign_in(who).get(f"/concerns/{card}/sent/")
    assert (response.status_code, response.content) == (404, missing.content)
    assert tell(card, who=who)[1].status_code == 404
    assert not card.deliveries.exclude(told_at=None).exists()


def test_an_author_who_has_left_the_company_does_not_reach_it(sign_in, cast, concern):
    cast["asha"].organisation = cast["stan"].organisation
    cast["asha"].save()
    assert sign_in("asha").get(f"/concerns/{concern}/sent/").status_code == 404


@pytest.mark.parametrize("who", ["moss", "hana", "lena"])
def test_a_manager_who_wrote_the_card_reaches_it(sign_in, cast, site, who):
    card = send_card(cast[who], site=site, about=["guard"])
    assert sign_in(who).get(f"/concerns/{card}/sent/").status_code == 200


def test_a_customer_who_was_its_author_once_reaches_neither_it_nor_the_telephone(sign_in, cast, concern):
    cast["asha"].role, cast["asha"].organisation = Role.CUSTOMER, cast["cole"].organisation
    cast["asha"].save()
    assert sign_in("asha").get(f"/concerns/{concern}/sent/").status_code == 404
    assert Recipient.CUSTOMER in {copy.recipient for copy in concern.deliveries.all()}
    page = Page(sign_in("asha").get(f"/concerns/{concern}/"))
    assert f"/concerns/{concern}/told/" not in {form["action"] for form in page.all("form")}
