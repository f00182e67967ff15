"""A phone that talks to a real server, with nothing but Python's own library."""

import http.client
import uuid
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from django.test import Client

from tests.pages import Page, typed

LOST = (OSError, http.client.HTTPException)  # no answer, or half of one
ROWS = {
    "people-0-name": "Kez",
    "people-0-looks": "13_15",
    "people-1-description": "tall, red cap",
    "vehicles-0-mark": "ZZ12 ?BC",
}


class Answer:
    def __init__(self, response):
        self.status, self.location = response.status, response.headers["Location"]
        self.cookies = SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", [])))
        self.text = response.read().decode()

    def form(self, action="/report/"):
        """What the form on this page would post."""
        return Page(self.text).posted(action)


class Phone:
    """Signed in as this person, whose session is in the database that the server reads."""

    def __init__(self, port, person):
        self.port = port
        client = Client()
        client.force_login(person)
        self.cookies = {name: cookie.value for name, cookie in client.cookies.items()}

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, answers):
        return self._ask("POST", path, urlencode(answers, doseq=True))

    def _ask(self, method, path, body=None):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": "localhost", "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, urlsplit(path).path, body, headers)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        self.cookies |= {name: cookie.value for name, cookie in answer.cookies.items()}
        return answer

    def card(self, site, account):
        """A filled in card with two people and a vehicle, as its page would post it."""
        return self.get("/report/").form() | typed(site, account=account) | ROWS


def under_new_key(card, account):
    """Another card of the same page: its own key, its own words."""
    return card | {"submission_key": str(uuid.uuid4()), "account": account}
