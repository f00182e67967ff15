"""Fifty people at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role
from concerns.models import Concern
from tests.faults.conftest import stored, whole
from tests.faults.phone import Phone

CROWD = 50


def test_fifty_people_send_at_once_and_none_fails(serve, cast, site):
    server, together = serve(), Barrier(CROWD)
    phones = [Phone(server.port, guard(n, cast["asha"].organisation, site)) for n in range(CROWD)]
    cards = [phone.card(site, f"Card {n}.") for n, phone in enumerate(phones)]

    def send(phone, card):
        together.wait()
        return phone.post("/report/", card)

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(send, phones, cards))
    assert {answer.status for answer in answers} == {302}
    assert Concern.objects.count() == len({answer.location for answer in answers}) == CROWD
    for card in cards:
        assert stored(submission_key=card["submission_key"][0]) == whole(card["account"])
    call_command("verify_history")


def guard(n, company, site):
    email = f"guard{n}@example.com"
    return User.objects.create_user(name=f"G{n}", email=email, role=Role.GUARD, organisation=company, sites=[site])
