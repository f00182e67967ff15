import re
from html import unescape

import pytest
from django.core import mail

from accounts.models import User
from accounts.roles import Role

PASSWORD = "three random words"
TOO_MANY = "Too many tries"
NOT_RIGHT = "password is not right"


@pytest.fixture
def kit(cast):
    """A guard at Moss's sites with a password: nobody of the trial's cast, who may sign in only there."""
    moss = cast["moss"]
    names = {"name": "Kit Marlow", "email": "kit@brightkeep.example", "staff_number": "B17"}
    return User.objects.create_user(
        password=PASSWORD, role=Role.GUARD, organisation=moss.organisation, sites=moss.sites.all(), **names
    )


@pytest.fixture
def as_moss(client, cast):
    client.force_login(cast["moss"])
    return client


def sign_in(client, login, password=PASSWORD, **headers):
    return client.post("/accounts/login/", {"login": login, "password": password}, **headers)


def who(client):
    """The person whom the service takes this client for, or None."""
    answer = client.get("/me/")
    return answer.context["user"] if answer.status_code == 200 else None


def words(response):
    """What a page says, without its markup and one-time tokens."""
    main = response.content.decode().partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def code():
    """The sign-in code of the last e-mail."""
    return re.search(r"^[A-Z]{4}-[A-Z]{4}$", mail.outbox[-1].body, re.MULTILINE).group()


def link():
    """The path of the link in the last e-mail."""
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
