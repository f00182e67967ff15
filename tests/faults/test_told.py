"""The whole way, with a real server, a real worker and a real mail server: nobody answers, until somebody does.

The table of times is the product's; a minute of it lasts a quarter of a second.
"""

import json
import re
import time

import pytest

from accounts.models import User
from concerns.models import Concern, Delivery
from tests.faults.phone import Phone
from tests.faults.workers import until

pytestmark = pytest.mark.django_db(transaction=True)

PACE = {"minute": 0.25, "idle": 0.05}
ACCOUNT = "A man bought food for a girl who looked frightened."


@pytest.fixture
def worker(deliver):
    return deliver(**PACE)


@pytest.fixture
def server(serve):
    return serve(DJANGO_SETTINGS_MODULE="tests.faults.hasty", HASTY=json.dumps(PACE))


def send(server, asha, site):
    phone = Phone(server.port, asha)
    answer = phone.post("/report/", phone.card(site, ACCOUNT) | {"urgency": "emergency", "still_there": "yes"})
    assert answer.status == 302
    return Concern.objects.get()


def answer(server, person, concern):
    """Sign in, open the concern and press its button."""
    phone = Phone(server.port, person)
    page = phone.get(f"/concerns/{concern}/")
    assert (page.status, ACCOUNT in page.text) == (200, person.role != "customer")
    assert phone.post(f"/concerns/{concern}/acknowledge/", page.form(f"/concerns/{concern}/acknowledge/")).status == 302


def about(post, concern, name):
    return [
        letter for letter in post.letters if (letter.to, letter.reference) == (f"{name}@demo.example", str(concern))
    ]


def test_a_card_that_nobody_answers_goes_up_to_the_lead_until_somebody_does(cast, site, server, worker, post):
    concern = send(server, cast["asha"], site)
    for name in ("moss", "hana", "cole", "priya", "intelligence"):
        until(lambda name=name: about(post, concern, name))
    until(lambda: about(post, concern, "lena"))  # the end of the line
    until(lambda: len(about(post, concern, "lena")) >= 3)  # again and again
    for name in ("moss", "hana", "cole", "priya", "lena"):
        answer(server, cast[name], concern)
    call = Delivery.objects.get(concern=concern, recipient="police_call")
    assert call.escalations >= 2
    told = f"/concerns/{concern}/told/police_call/"
    moss = Phone(server.port, cast["moss"])
    said = moss.get(told).form(told) | {"how": "101", "whom": "Dee", "log": "412"}
    assert moss.post(told, said).status == 302
    assert not Delivery.objects.open().exists()
    before = len(until(lambda: quiet(post)))
    assert len(until(lambda: quiet(post))) == before


def quiet(post):
    """The letters, once no new one has come for as long as twenty minutes of the table."""
    before = len(post.letters)
    time.sleep(5)
    return post.letters if len(post.letters) == before else None


def test_the_link_of_a_duty_desk_opens_from_the_letter(cast, site, server, worker, post):
    concern = send(server, cast["asha"], site)
    (letter, *_) = until(lambda: about(post, concern, "intelligence"))
    link = re.search(r"/desk/\S+", letter.text)[0]
    desk = Phone(server.port, User.objects.get(pk=cast["priya"].pk))
    opened = desk.get(link)
    assert opened.status == 302
    page = desk.get(opened.location)
    assert (page.status, str(concern) in page.text, ACCOUNT in page.text) == (200, True, False)
