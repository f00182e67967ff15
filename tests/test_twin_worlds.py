"""Withheld leaves no trace: two worlds that differ by one concern are the same for everybody from whom it is withheld.

Somebody walks through both worlds: every address of the service, and a path that turns pages, looks references up and
presses buttons. Each answer is kept whole (status, headers, cookies, body, queries), and the two walks must be equal.
What is new each time by nature (tokens, the keys of empty forms) is put to rest, and the clock stands still.
"""

import re
import uuid
from datetime import datetime, timedelta
from itertools import combinations
from typing import NamedTuple

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions as people
from accounts.models import Organisation, Site, User
from accounts.roles import Role
from accounts.shift import Entry
from concerns import actions, digest, worker
from concerns.models import Concern, Delivery
from concerns.routing import Party, Recipient, withheld
from concerns.times import LONDON
from concerns.views.queue import Show
from guidance.models import Helpline, Page
from tests.addresses import KEYS, admin_address, desk_of, ours, under
from tests.cards import PERSON, VEHICLE, add_note, send_card
from tests.concerns.timeline import Timeline
from tests.conftest import FULL_COUNTS

pytestmark = pytest.mark.usefixtures("clock")

STORED, TYPED = "7K3M92QF", ["7K3M-92QF", "7k3m 92qf", "7K3M9-2QF", "7K3M-92Q", "AAAA-AAAA", "", "\0", "7" * 99]
PARTIES = [party.value for party in Party if party != Party.NO]
SETS = [list(some) for n in (1, 5) for some in combinations(PARTIES, n)]  # test_routing has all of them
ROLES = {
    "moss": Recipient.MANAGER,
    "hana": Recipient.HEAD_OFFICE,
    "cole": Recipient.CUSTOMER,
    "priya": Recipient.POLICE,
}


# --- Two worlds ---------------------------------------------------------------------------------------------------


class Answer(NamedTuple):
    """All that a person, or somebody who watches the line or the database, can tell from one request."""

    step: str
    status: int
    headers: dict
    cookies: dict
    body: str
    queries: list


class Walker:
    """Somebody with a browser, who keeps every answer."""

    def __init__(self, user):
        self.client, self.answers = Client(), []
        if user:
            self.client.force_login(user)

    def go(self, method, address, **data):
        queries = []
        with connection.execute_wrapper(
            lambda execute, sql, *rest: (queries.append(at_rest(sql)), execute(sql, *rest))[1]
        ):
            response = getattr(self.client, method.lower())(address, data)
        cookies = {name: {**cookie, "expires": ""} for name, cookie in response.cookies.items()}
        headers = {**response.headers, "Expires": ""}  # of the machine's own clock, where there is one
        body = at_rest(response.content.decode(errors="replace"))
        self.answers.append(Answer(f"{method} {address}", response.status_code, headers, cookies, body, queries))
        return response


def at_rest(text):
    """The same text without what is new each time by nature."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", text)
    text = re.sub(r'(name="(?:note-)?submission_key" value=)"[0-9a-f-]{36}"', r"\1", text)
    text = re.sub(r"_django_curs_\w+", "cursor", text)
    return re.sub(r'"s\d+_x\d+"', "savepoint", text)


@pytest.fixture
def post(clock, monkeypatch):
    """The worker's clock and all the letters that left; the clock stands where the walk's does until it is moved."""
    return Timeline(monkeypatch)


@pytest.fixture
def world(cast, post):
    """Everything but the concern in question: guidance, somebody who was invited, and two pages of other concerns."""
    call_command("load_guidance", verbosity=0)
    site = Site.objects.get(name="Quillgate Shopping Centre")
    others = [
        send_card(cast["asha"], site=site, urgency=u) for u in ("routine", "prompt", "routine") for _ in range(10)
    ]
    for concern in others[:6]:
        for copy in concern.deliveries.all():
            actions.acknowledge(delivery=copy, by=cast[{"manager": "moss"}.get(copy.recipient, "hana")])
    post.work()
    invited = people.take_on(entry=Entry("Kit", staff_number="B17"), sites=[site], by=cast["moss"])
    token = people.invite(person=invited, by=cast["moss"])
    desk = desk_of(others[-1])
    return {"site": site, "visible": others[-1], "token": token, "guard": cast["asha"], "desk": desk, "post": post}


def walk(user, world, happened):
    """All the answers that this person gets in the world where this has happened, which is then undone."""
    cache.clear()  # the rate limits
    with transaction.atomic():
        happened()
        world["post"].work()
        user = user and User.objects.get(pk=user.pk)
        answers = [*look_everywhere(user, world), *take_a_path(user, world)]
        transaction.set_rollback(True)
    return answers


def look_everywhere(user, world):
    """Every address, read and written, each as if nothing had been touched before."""
    walker = Walker(user)
    fresh = walker.client.cookies.output()
    for address in addresses(user, world):
        for method in ("GET", "POST"):
            with transaction.atomic():
                walker.go(method, address)
                transaction.set_rollback(True)
            walker.client.cookies.load(fresh) if fresh else walker.client.cookies.clear()
    return walker.answers


def addresses(user, world):
    things = {name: world[name] for name in ("guard", "site", "token", "desk")}
    yield from ours(TYPED[0], **things).values()
    if user is None:
        yield from (reverse(name, args=KEYS.get(name)) for name, _, _ in under("accounts/"))
    if user and user.role == Role.ADMIN:
        kept = {model._meta.model_name: model.objects.first() for model in (Organisation, Site, User, Page, Helpline)}
        yield from (admin_address(name, kept) for name, _, _ in under("admin/") if name != "admin:")


def take_a_path(user, world):
    """What a busy reader does, one step after the other, in one browser."""
    walker, visible = Walker(user), world["visible"]
    turn_all_pages(walker, "/")
    for query in (f"urgency=prompt&site={world['site'].pk}", "urgency=x&site=x&after=x&before=x&older=x"):
        walker.go("GET", f"/concerns/?{query}")
    for show in Show:
        walker.go("GET", f"/concerns/?show={show}")
    for typed in TYPED:
        walker.go("GET", "/concerns/find/", reference=typed)
    for reference in (TYPED[0], TYPED[-1], visible):
        press_all_buttons(walker, reference)
    walker.go("GET", "/concerns/")
    walker.go("GET", "/report/")
    return walker.answers


def turn_all_pages(walker, address):
    """This page, and each that a link on it leads on to."""
    waiting, seen = [address], set()
    while waiting and len(seen) < 9:
        here = waiting.pop(0)
        seen.add(here)
        response = walker.go("GET", here)
        links = re.findall(r'href="(\?(?:[^"]*)(?:after|before|older)=[^"]*)"', response.content.decode())
        waiting += [
            address + link.replace("&amp;", "&") for link in links if address + link.replace("&amp;", "&") not in seen
        ]


DECISIONS = {
    "ask": {"text": "Which door?"},
    "answer": {"text": "The one by the lifts."},
    "close": {"outcome": "duplicate", "duplicate_of": TYPED[0]},
    "pass-on": {"reason": "She works that shift."},
    "release": {"recipient": "manager", "reason": "He was on leave."},
    "keep-from": {"name": "a", "find": "1"},
}

TELLING = {
    "told/police": {"how": "101", "whom": "Kim", "at": "2320", "log": "412"},
    "told/customer": {"how": "phone", "whom": "Jo", "at": "2320"},
    "hold": {
        "officer": "PC Pell",
        "reference": "1",
        "until_time": "1200",
        "until_on-day": "25",
        "until_on-month": "11",
        "until_on-year": "2026",
    },
    "saved": {"whom": "Jo", "where": "A safe"},
}


def press_all_buttons(walker, reference):
    card, words = f"/concerns/{reference}/", {"note-text": "He came back.", "note-about": "no"}
    walker.go("GET", card)
    walker.go("POST", f"{card}note/", **words)
    walker.go("POST", f"{card}note/", **words, add="people")
    walker.go("POST", f"{card}told/", told_whom="Dee", told_at="2320")
    walker.go("POST", f"{card}acknowledge/", writer=walker.client.session.get("_auth_user_id", ""))
    for page, typed in {**TELLING, **DECISIONS}.items():
        walker.go("POST", f"{card}{page}/", **typed)
    walker.go("GET", card)
    walker.go("GET", f"{card}print/")
    walker.go("GET", f"{card}script/")


# --- What happens in one of them ----------------------------------------------------------------------------------


def from_the_start(cast, world, about):
    """The card itself says who may be involved."""
    full = {"people": [PERSON], "vehicles": [VEHICLE], "urgency": "emergency"}
    send_card(cast["asha"], site=world["site"], reference=STORED, about=about, **full)


def by_a_later_note(cast, world, about):
    """Everybody had it, read it and answered it, and a note closes it to them."""
    concern = send_card(cast["asha"], site=world["site"], reference=STORED)
    for copy in concern.deliveries.all():
        actions.acknowledge(delivery=copy, by=cast["moss"])
    for name in ROLES:
        Walker(cast[name]).go("GET", f"/concerns/{TYPED[0]}/")
    add_note(concern, cast["asha"], about=about)


def by_two_notes(cast, world, about):
    """And a second note says that nobody is involved after all: it opens nothing."""
    by_a_later_note(cast, world, about)
    add_note(Concern.objects.get(reference=STORED), cast["asha"], about=["no"])


def blind(name, about):
    """Whether a concern about these is withheld from this person, or was never addressed to them."""
    if name == "lena":
        return "office" not in about
    return name not in ROLES or ROLES[name] in withheld(about)


def answers_to(name):
    """The answers to `about` that leave this person without the concern: all of them for whom they decide, or each on
    its own. Whoever has no copy in any case is as blind with one as with five.
    """
    found = [about for about in (["no"], *SETS) if blind(name, about)]
    if not (FULL_COUNTS and name in ROLES):
        found = [about for about in found if len(about) == 1]
    return found if FULL_COUNTS or name in ROLES else found[:1]


def same(one, other):
    for here, there in zip(one, other, strict=True):
        assert here == there, here.step


# --- They are the same --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nobody", "moss", "hana", "lena", "cole", "priya", "ada", "stan"])
def test_a_withheld_concern_leaves_no_trace(cast, world, name):
    without = walk(cast.get(name), world, lambda: None)
    for about in answers_to(name):
        same(walk(cast.get(name), world, lambda about=about: from_the_start(cast, world, about)), without)
    for history in (by_a_later_note, by_two_notes) if name in ROLES else ():
        same(walk(cast[name], world, lambda history=history: history(cast, world, answers_to(name)[0])), without)


DESKS = {
    "moss": ["moss@demo.example", "room@demo.example"],
    "hana": ["hana@demo.example", "office@demo.example"],
    "cole": ["cole@demo.example", "customer@demo.example"],
    "priya": ["priya@demo.example", "intelligence@demo.example"],
}


def letters(post, addresses, happened, hours):
    """All that leaves for these addresses in so many hours after this has happened, which is then undone."""
    with transaction.atomic():
        start, before = post.now, len(post.left)
        happened()
        for _ in range(hours):
            worker.beat(uuid.UUID(int=0))
            post.spend(timedelta(hours=1))
        left = [(str(at), letter) for at, letter in post.left[before:] if letter.to in addresses]
        post.now = start
        transaction.set_rollback(True)
    return sorted((at, letter.subject, no_tokens(letter.text)) for at, letter in left)


def filmed(cast, world, about):
    """A routine card, and a camera that may have seen it: two mornings with a digest and both warnings are to come."""
    return send_card(cast["asha"], site=world["site"], reference=STORED, about=about, **CAMERA)


def held(cast, world, about):
    """And the police ask that the customer is not told for 20 hours."""
    copy, until = filmed(cast, world, about).deliveries.get(recipient="customer"), timezone.now() + timedelta(hours=20)
    actions.hold(delivery=copy, by=cast["hana"], officer="PC Pell", reference="1", until=until)


def no_tokens(text):
    """The same without the signature of a link, which is made anew each time."""
    return re.sub(r"/desk/\S+", "/desk/", text)


CAMERA = {"camera": "4", "camera_from": datetime(2026, 11, 20, 22, 0, tzinfo=LONDON)}
SAVE, LOOK = f"Please open {TYPED[0]}: something must be saved", f"Please look at {TYPED[0]} again"
SAYS = {"moss": {SAVE, LOOK}, "hana": {SAVE, digest.SUBJECT}, "cole": {SAVE}, "priya": {SAVE}}  # where it is shown


@pytest.fixture
def filmed_site(cast):
    """A site with a duty desk for everybody, where footage is kept for three days."""
    Organisation.objects.filter(name="Brightkeep Security").update(head_office_mailbox="office@demo.example")
    Site.objects.update(control_room_mailbox="room@demo.example", customer_mailbox="customer@demo.example", cctv_days=3)
    return {"site": Site.objects.get(name="Quillgate Shopping Centre")}


@pytest.mark.parametrize(("happened", "hours"), [(from_the_start, 5), (filmed, 40), (held, 40)])
@pytest.mark.parametrize("name", DESKS)
def test_no_message_of_a_withheld_concern_leaves_for_whom_it_is_withheld_from(
    cast, post, filmed_site, name, happened, hours
):
    urgency = "prompt" if happened is from_the_start else "routine"
    send_card(cast["asha"], site=filmed_site["site"], urgency=urgency, **CAMERA)
    without = letters(post, DESKS[name], lambda: None, hours)
    assert without
    for about in [about for about in answers_to(name) if len(about) == 1]:
        if happened is held and Recipient.CUSTOMER in withheld(about):
            continue  # there is nobody to hold it from
        told = letters(post, DESKS[name], lambda about=about: happened(cast, filmed_site, about), hours)
        assert told == without, about


@pytest.mark.parametrize("name", DESKS)
def test_a_concern_that_is_not_withheld_is_found_among_the_messages(cast, post, filmed_site, name):
    shown = next(about for about in (["no"], *SETS) if not blind(name, about))
    found = []
    for happened in (filmed, held):
        found += letters(post, DESKS[name], lambda happened=happened: happened(cast, filmed_site, shown), 40)
    assert {subject for _, subject, text in found if TYPED[0] in text} >= SAYS[name]


MOVES = {
    "moss to head office": ("moss", "guard", {"role": Role.HEAD_OFFICE}),
    "hana to lead": ("hana", "office", {"role": Role.LEAD}),
    "cole to the company": ("cole", "site", {"role": Role.HEAD_OFFICE, "organisation": "asha"}),
    "priya to the company": ("priya", "police", {"role": Role.HEAD_OFFICE, "organisation": "asha"}),
    "moss to the police": ("moss", "guard", {"role": Role.POLICE, "organisation": "priya"}),
}
if FULL_COUNTS:
    MOVES |= {
        "moss to lead": ("moss", "office", {"role": Role.LEAD}),
        "moss to guard": ("moss", "unsure", {"role": Role.GUARD}),
        "hana to manager": ("hana", "office", {"role": Role.MANAGER}),
        "moss to another company": ("moss", "guard", {"organisation": "stan"}),
        "moss to admin": ("moss", "guard", {"role": Role.ADMIN, "organisation": None}),
    }


def move(cast, user, changes):
    """They are somebody else from now on; a manager cares for all the company's places."""
    user = User.objects.get(pk=user.pk)
    for column, value in changes.items():
        setattr(user, column, cast[value].organisation if column == "organisation" and value else value)
    user.save()
    user.sites.set(Site.objects.all())


@pytest.mark.parametrize(("name", "about", "changes"), MOVES.values(), ids=MOVES)
def test_another_post_opens_nothing(cast, world, name, about, changes):
    def later(happened):
        happened()
        move(cast, cast[name], changes)

    without = walk(cast[name], world, lambda: later(lambda: None))
    same(walk(cast[name], world, lambda: later(lambda: from_the_start(cast, world, [about]))), without)


@pytest.mark.parametrize("others", [25, 99])
def test_no_count_and_no_page_end_gives_it_away(cast, world, others):
    for _ in range(others - Delivery.objects.addressed_to(cast["moss"]).open().count()):
        send_card(cast["asha"], site=world["site"])
    walker = Walker(cast["moss"])
    walker.go("GET", "/concerns/")
    from_the_start(cast, world, ["guard"])
    walker.go("GET", "/concerns/")
    assert walker.answers[0] == walker.answers[1]


# --- And the walk would tell --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["moss", "cole"])
def test_a_concern_that_is_not_withheld_is_seen_on_the_walk(cast, world, name):
    without = walk(cast[name], world, lambda: None)
    found = walk(cast[name], world, lambda: from_the_start(cast, world, ["no"]))
    different = {here.step for here, there in zip(found, without, strict=False) if here != there}
    assert {
        "GET /",
        "GET /concerns/",
        f"GET /concerns/{TYPED[0]}/",
        f"POST /concerns/{TYPED[0]}/acknowledge/",
    } <= different
