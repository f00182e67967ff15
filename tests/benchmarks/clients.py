"""Somebody's browser as far as the server can tell: a connection that is kept open, and who is signed in."""

import http.client
import threading
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils.crypto import get_random_string

from tests.benchmarks.cards import posted

FORM = "application/x-www-form-urlencoded"
TOKEN = get_random_string(32)
KEY = b"the-key-of-this-form"


def cookies(user):
    """{name: value} of somebody who is signed in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value, "csrftoken": TOKEN}


def encoded(site, *, people=3, vehicles=2, about="no"):
    """A card as bytes, with KEY where each sending has a key of its own."""
    card = posted(site, people=people, vehicles=vehicles, about=[about])
    return urlencode(card | {"submission_key": KEY.decode(), "csrfmiddlewaretoken": TOKEN}, doseq=True).encode()


class Browser:
    def __init__(self, port, cookies):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.headers = {"Host": "localhost", "Cookie": cookie, "Accept-Encoding": "gzip"}

    def get(self, address):
        return self._ask("GET", address, None, self.headers)

    def post(self, address, body):
        return self._ask("POST", address, body, self.headers | {"Content-Type": FORM})

    def _ask(self, *request):
        self.connection.request(*request)
        response = self.connection.getresponse()
        response.read()
        return response


def at_once(jobs):
    """What each of these gives, all started at the same moment."""
    together, given = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(n, job):
        together.wait()
        given[n] = job()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
