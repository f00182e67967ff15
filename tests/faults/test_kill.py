"""The power goes while cards are being sent, again and again."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

from django.core.management import call_command

from concerns.models import Concern
from tests.conftest import FULL_COUNTS
from tests.faults.conftest import stored, whole
from tests.faults.phone import LOST, Phone, under_new_key

TIMES = 50 if FULL_COUNTS else 5
WRITERS = 6


def test_every_confirmed_card_is_there_whole_after_a_kill(serve, cast, site):
    server = serve()
    phone, sent, unsure = Phone(server.port, cast["asha"]), {}, 0
    for _ in range(TIMES):
        confirmed, lost = send_until_killed(server, phone, phone.card(site, ""))
        for key, card in confirmed.items():
            assert stored(submission_key=key) == whole(card["account"])
        for key, card in lost.items():
            assert stored(submission_key=key) in (None, whole(card["account"]))
        server.start()
        for key, card in lost.items():
            assert phone.post("/report/", card).status == 302
            assert stored(submission_key=key) == whole(card["account"])
        sent |= confirmed | lost
        unsure += len(lost)
    assert Concern.objects.count() == len(sent)
    assert unsure >= TIMES  # else nothing was being sent when it was killed
    call_command("verify_history")


def send_until_killed(server, phone, card):
    """({key: card} that the server confirmed, {key: card} of which nobody knows) when it was killed at some moment."""
    confirmed, lost = {}, {}

    def write(name):
        for n in range(10_000):
            new = under_new_key(card, f"Card {n} of {name}.")
            try:
                answer = phone.post("/report/", new)
            except LOST:
                lost[new["submission_key"]] = new
                return
            assert answer.status == 302, answer.text
            confirmed[new["submission_key"]] = new

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, name) for name in range(WRITERS)]
        time.sleep(random.uniform(0, 1))
        server.kill()
        for writer in writing:
            writer.result()
    return confirmed, lost
