"""Sending cards: how often the database is asked, how many go through each second, and where the time goes."""

import cProfile
import pstats
import statistics
import time
import uuid

from django.test import Client

from concerns.models import Concern
from cse_reports.install import ROOT
from tests.benchmarks.clients import FORM, KEY, Browser, at_once, cookies, encoded
from tests.benchmarks.statements import listened
from tests.benchmarks.telling import detail, heading, line

ROUNDS = 5
SECONDS = 3
PROFILED = 150
ROOMS = ("concerns/", "accounts/", "tests/benchmarks/urls.py")
PARTS = {
    "execute": "every statement",
    "executemany": "every statement",
    "commit": "committing",
    "_commit": "committing",
}


def measure(server, cast):
    site, signed_in = cast["asha"].sites.first(), cookies(cast["asha"])
    heading("Sending a card with 3 people and 2 vehicles and every question answered")
    for people, vehicles in ((3, 2), (12, 12)):
        asked = _statements(signed_in, encoded(site, people=people, vehicles=vehicles, about="guard"))
        line(f"statements, BEGIN and COMMIT too, {people} and {vehicles} of them", asked, at_most=14)
    _ratio(server, signed_in, encoded(site))
    for clients in (8, 50):
        _all_at_once(server, signed_in, encoded(site), clients)
    _profile(signed_in, encoded(site))


def _fresh(body):
    return body.replace(KEY, str(uuid.uuid4()).encode())


def _in_process(signed_in):
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.cookies.load(signed_in)
    return client


def _send(client, body):
    response = client.generic("POST", "/report/", _fresh(body), content_type=FORM)
    assert response.status_code == 302, response.content


def _statements(signed_in, body):
    client = _in_process(signed_in)
    with listened() as made:
        _send(client, body)
    return len(made)


# --- Each second --------------------------------------------------------------------------------------------------


def _ratio(server, signed_in, body):
    """Both views by turns, so that whatever else the machine does meets both."""
    browsers = [Browser(server.port, signed_in) for _ in range(8)]
    _each_second(browsers, "/report/", body, 1)  # warm
    addresses = ("/report/", "/one-row/")
    rounds = [[_each_second(browsers, address, body, SECONDS) for address in addresses] for _ in range(ROUNDS)]
    cards, rows = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    line("cards each second, 8 clients", cards)
    line("requests each second of a view that inserts one row", rows)
    line("ratio, median of five", statistics.median(card / row for card, row in rounds), at_least=0.2)


def _each_second(browsers, address, body, seconds):
    def keep_sending(browser):
        sent, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            response = browser.post(address, _fresh(body))
            assert response.status == 302, response.status
            sent += 1
        return sent

    started = time.monotonic()
    sent = at_once([lambda browser=browser: keep_sending(browser) for browser in browsers])
    return sum(sent) / (time.monotonic() - started)


def _all_at_once(server, signed_in, body, clients):
    before = Concern.objects.count()
    browsers = [Browser(server.port, signed_in) for _ in range(clients)]
    started = time.monotonic()
    answers = at_once([lambda b=browser: b.post("/report/", _fresh(body)).headers["Location"] for browser in browsers])
    seconds = time.monotonic() - started
    accepted = sum("/sent/" in (address or "") for address in answers)
    line(f"{clients} clients at once: accepted, of {clients}", accepted, at_least=clients)
    detail(f"all answered in {seconds:.2f} s; {Concern.objects.count() - before} cards more in the database")


# --- Where the time goes ------------------------------------------------------------------------------------------


def _profile(signed_in, body):
    client = _in_process(signed_in)
    _send(client, body)
    with cProfile.Profile() as profile:
        for _ in range(PROFILED):
            _send(client, body)
    stats = pstats.Stats(profile)
    detail(f"Where the time of a card goes (cProfile, {PROFILED} cards; a part holds the parts that it calls):")
    for share, where in _parts(stats)[:25]:
        detail(f"{share:5.0%}  {where}")
    detail("By their own time alone:")
    for share, where in _own(stats)[:10]:
        detail(f"{share:5.0%}  {where}")


def _parts(stats):
    """[(share of the whole, function)] of our own functions, and of the statements and commits, the longest first."""
    found = []
    for (file, _, name), (_, _, _, cumulative, _) in stats.stats.items():
        place = file.removeprefix(f"{ROOT}/")
        if place.startswith(ROOMS) or ("db/backends" in place and name in PARTS):
            found.append((cumulative / stats.total_tt, f"{_short(place)} {name}"))
    return sorted(found, reverse=True)


def _own(stats):
    found = [
        (own / stats.total_tt, f"{_short(file)} {name}") for (file, _, name), (_, _, own, _, _) in stats.stats.items()
    ]
    return sorted(found, reverse=True)


def _short(file):
    return "/".join(file.rpartition("site-packages/")[2].split("/")[-3:])
