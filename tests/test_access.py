"""Who may open what: every address of ours for everybody, read and written; allauth's and the admin's by rule."""

import re
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from accounts import actions
from accounts.models import Organisation, Site, User
from accounts.shift import Entry
from accounts.views import not_here
from guidance.models import Helpline, Page
from tests.addresses import KEYS, admin_address, desk_of, every_address, ours, under
from tests.addresses import about as about_a_concern
from tests.cards import send_card

# One row for each address and method. The concern is Asha's, about nobody who works there: told to Moss, Hana, Cole and
# Priya. A number is the status; `in` leads to sign-in and back; any other word leads to the address of that name.
TABLE = """
address            method nobody  asha    moss    hana    lena    cole    priya   ada         stan
home               GET    in      200     200     200     200     200     200     admin:index 200
home               POST   in      405     405     405     405     405     405     405         405
report             GET    in      200     200     200     200     403     403     403         200
report             POST   403     422     422     422     422     403     403     403         422
queue              GET    in      403     200     200     200     200     200     403         200
queue              POST   in      405     405     405     405     405     405     405         405
find               GET    in      concern concern concern 404     concern concern 403         404
find               POST   in      405     405     405     405     405     405     405         405
figures            GET    in      403     403     200     403     403     403     403         403
figures            POST   in      405     405     405     405     405     405     405         405
handover           GET    in      403     200     200     200     403     403     403         200
handover           POST   in      405     405     405     405     405     405     405         405
concern            GET    in      200     200     200     404     200     200     404         404
concern            POST   in      405     405     405     405     405     405     405         405
print              GET    in      200     200     200     404     200     200     404         404
print              POST   in      405     405     405     405     405     405     405         405
pack               GET    in      404     200     200     404     404     200     404         404
pack               POST   in      405     405     405     405     405     405     405         405
sent               GET    in      200     404     404     404     404     404     404         404
sent               POST   in      405     405     405     405     405     405     405         405
told               GET    in      sent    sent    sent    sent    404     404     404         sent
told               POST   403     422     404     404     404     404     404     404         404
told_them          GET    in      404     200     200     404     404     404     404         404
told_them          POST   403     404     422     422     404     404     404     404         404
script             GET    in      200     200     200     404     404     404     404         404
script             POST   in      405     405     405     405     405     405     405         405
hold               GET    in      404     200     200     404     404     200     404         404
hold               POST   403     404     422     422     404     404     422     404         404
end_hold           GET    in      404     200     200     404     404     200     404         404
end_hold           POST   403     404     409     409     404     404     409     404         404
saved              GET    in      404     200     200     404     200     200     404         404
saved              POST   403     404     422     422     404     422     422     404         404
note               GET    in      200     200     200     404     404     200     404         404
note               POST   403     422     422     422     404     404     422     404         404
acknowledge        GET    in      404     concern concern concern concern concern 404         concern
acknowledge        POST   in      404     409     409     404     409     409     404         404
desk_link          GET    desk    desk    desk    desk    desk    desk    desk    desk        desk
desk_link          POST   405     405     405     405     405     405     405     405         405
desk               GET    404     404     404     404     404     404     404     404         404
desk               POST   404     404     404     404     404     404     404     404         404
release            GET    in      404     404     200     404     404     404     404         404
release            POST   403     404     404     409     404     404     404     404         404
pass_on            GET    in      404     200     200     404     404     404     404         404
pass_on            POST   403     404     422     422     404     404     404     404         404
keep_from          GET    in      404     404     200     404     404     404     404         404
keep_from          POST   403     404     404     concern 404     404     404     404         404
close              GET    in      404     200     200     404     404     404     404         404
close              POST   403     404     422     422     404     404     404     404         404
ask                GET    in      404     200     200     404     404     200     404         404
ask                POST   403     404     422     422     404     404     422     404         404
answer             GET    in      concern concern concern 404     404     404     404         404
answer             POST   403     404     404     404     404     404     404     404         404
people             GET    in      403     200     403     403     403     403     403         200
people             POST   in      405     405     405     405     405     405     405         405
invite             GET    in      403     200     403     403     403     403     403         200
invite             POST   in      403     200     403     403     403     403     403         200
bring_in           GET    in      403     200     403     403     403     403     403         200
bring_in           POST   in      403     200     403     403     403     403     403         200
person             GET    in      403     200     403     403     403     403     403         404
person             POST   in      405     405     405     405     405     405     405         405
invite_again       GET    in      405     405     405     405     405     405     405         405
invite_again       POST   in      403     200     403     403     403     403     403         404
let_go             GET    in      405     405     405     405     405     405     405         405
let_go             POST   in      403     people  403     403     403     403     403         404
sites              GET    in      403     200     200     200     403     403     403         200
sites              POST   in      405     405     405     405     405     405     405         405
site               GET    in      404     200     200     200     404     404     404         404
site               POST   in      405     405     405     405     405     405     405         405
me                 GET    in      200     200     200     200     200     200     200         200
me                 POST   in      405     405     405     405     405     405     405         405
totp_qr            GET    in      404     404     404     404     404     404     404         404
totp_qr            POST   in      405     405     405     405     405     405     405         405
accept_invitation  GET    200     200     200     200     200     200     200     200         200
accept_invitation  POST   200     200     200     200     200     200     200     200         200
demo_sign_in       GET    405     405     405     405     405     405     405     405         405
demo_sign_in       POST   404     404     404     404     404     404     404     404         404
guidance:index     GET    200     200     200     200     200     200     200     200         200
guidance:index     POST   405     405     405     405     405     405     405     405         405
guidance:helplines GET    200     200     200     200     200     200     200     200         200
guidance:helplines POST   405     405     405     405     405     405     405     405         405
guidance:page      GET    200     200     200     200     200     200     200     200         200
guidance:page      POST   405     405     405     405     405     405     405     405         405
guidance:edit      GET    in      403     403     403     403     403     403     200         403
guidance:edit      POST   403     403     403     403     403     403     403     200         403
guidance:versions  GET    in      403     403     403     403     403     403     200         403
guidance:versions  POST   in      405     405     405     405     405     405     405         405
guidance:version   GET    in      403     403     403     403     403     403     200         403
guidance:version   POST   in      405     405     405     405     405     405     405         405
healthz            GET    200     200     200     200     200     200     200     200         200
healthz            POST   405     405     405     405     405     405     405     405         405
privacy            GET    200     200     200     200     200     200     200     200         200
privacy            POST   405     405     405     405     405     405     405     405         405
accessibility      GET    200     200     200     200     200     200     200     200         200
accessibility      POST   405     405     405     405     405     405     405     405         405
"""
(_, _, *PEOPLE), *ROWS = [line.split() for line in TABLE.splitlines() if line]


@pytest.fixture
def addresses(cast):
    """{name: address} of everything that is ours, each with something that is there."""
    call_command("load_guidance", verbosity=0)
    site = Site.objects.get(name="Quillgate Shopping Centre")
    invited = actions.take_on(entry=Entry("Kit", staff_number="B17"), sites=[site], by=cast["moss"])
    token = actions.invite(person=invited, by=cast["moss"])
    concern = send_card(cast["asha"], site=site)
    return ours(concern, guard=cast["asha"], site=site, token=token, desk=desk_of(concern))


def open_as(user, method, address):
    """What somebody is answered; nothing that it changed stays changed."""
    client = Client()
    with transaction.atomic():
        if user:
            client.force_login(user)
        response = client.generic(method, address)
        transaction.set_rollback(True)
    return response


def outcome(response, address):
    """The answer as the table writes it."""
    if response.status_code != 302:
        return str(response.status_code)
    if response.url == f"{reverse('account_login')}?{urlencode({'next': address}, safe='/')}":
        return "in"
    led = resolve(response.url)
    assert str(led.kwargs.get("reference", "")) in address, "it leads to another concern"
    return led.view_name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:2]))
def test_everybody_is_answered_as_the_table_says(addresses, cast, row):
    name, method, *expected = row
    answers = [outcome(open_as(cast.get(who), method, addresses[name]), addresses[name]) for who in PEOPLE]
    assert dict(zip(PEOPLE, answers, strict=True)) == dict(zip(PEOPLE, expected, strict=True))


# --- An address without a row -------------------------------------------------------------------------------------


def test_every_address_of_ours_has_a_row_for_reading_and_one_for_writing():
    others = {name for name, pattern, _ in every_address() if pattern.startswith(("accounts/", "admin/"))}
    ours = {name for name, _, view in every_address() if view != not_here} - others
    assert sorted((name, method) for name in ours for method in ("GET", "POST")) == sorted((r[0], r[1]) for r in ROWS)


def test_every_address_that_names_a_concern_answers_404_and_never_403():
    named = {name for name, pattern, _ in every_address() if "reference" in pattern}
    for name, method, nobody, *others in ROWS:
        assert name not in named or "403" not in others
        assert name not in named or nobody == "in" or (method, nobody) == ("POST", "403")


# --- Where it is withheld -----------------------------------------------------------------------------------------

WITHHELD = [("guard", "moss"), ("office", "moss"), ("office", "hana"), ("site", "cole"), ("police", "priya")]
WITHHELD += [("unsure", "moss"), ("unsure", "cole"), ("guard", "cole"), ("office", "cole")]


def as_answered(response, reference):
    """The page but for what the address itself says, and a token that is new each time."""
    page = response.content.decode().replace(reference, "REFERENCE")
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page)


@pytest.mark.parametrize(("about", "who"), WITHHELD, ids="-".join)
def test_a_withheld_concern_is_answered_like_one_that_never_was(cast, about, who):
    concern = send_card(cast["asha"], about=[about])
    for name in about_a_concern(concern):
        for method in ("GET", "POST"):
            real, made_up = (reverse(name, args=about_a_concern(it)[name]) for it in (concern, "AAAA-AAAA"))
            seen, missing = open_as(cast[who], method, real), open_as(cast[who], method, made_up)
            assert outcome(seen, real) == outcome(missing, made_up) in {"404", "405", "concern", "sent"}
            assert as_answered(seen, str(concern)) == as_answered(missing, "AAAA-AAAA")


# --- allauth's ----------------------------------------------------------------------------------------------------

CLOSED = {"account_email", "account_email_verification_sent", "account_confirm_email"}
WITHOUT_SIGNING_IN = {
    "account_login",
    "account_request_login_code",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
ALLAUTHS = [name for name, _, _ in under("accounts/")]


@pytest.mark.parametrize("name", ALLAUTHS)
def test_whoever_is_not_signed_in_gets_the_way_in_and_nothing_else(db, name):
    answer = open_as(None, "GET", reverse(name, args=KEYS.get(name)))
    if name in CLOSED | WITHOUT_SIGNING_IN:
        assert answer.status_code == (404 if name in CLOSED else 200)
    else:
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", ALLAUTHS)
def test_an_account_page_is_the_same_for_every_role(cast, name, method):
    address = reverse(name, args=KEYS.get(name))
    answers = {outcome(open_as(user, method, address), address) for user in cast.values()}
    assert len(answers) == 1
    assert name not in CLOSED or answers == {"404"}


def test_sign_up_is_closed(client, cast):
    before = User.objects.count()
    page = client.post("/accounts/signup/", {"email": "eve@example.com", "password1": "three random words"})
    assert (page.status_code, User.objects.count()) == (200, before)


# --- The admin's --------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(cast):
    """{model: a row that an admin keeps}."""
    call_command("load_guidance", verbosity=0)
    return {model._meta.model_name: model.objects.first() for model in (Organisation, Site, User, Page, Helpline)}


ADMINS = [name for name, _, _ in under("admin/") if name != "admin:"]  # the others only lead on to one of these


@pytest.mark.parametrize("name", ADMINS)
def test_nobody_but_ada_gets_into_the_admin(cast, rows, name):
    address = admin_address(name, rows)
    for who in set(PEOPLE) - {"ada"}:
        for method in ("GET", "POST"):
            answer = open_as(cast.get(who), method, address)
            assert answer.status_code in (302, 403), who
            assert answer.status_code == 403 or answer.url.startswith(("/admin/", "/accounts/login/"))


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "lena", "cole", "priya", "stan"])
def test_whoever_knocks_at_the_admin_is_refused_in_the_end(sign_in, who):
    assert sign_in(who).get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("name", ADMINS)
def test_ada_gets_into_the_admin_and_deletes_nothing(cast, rows, name):
    answers = {open_as(cast["ada"], method, admin_address(name, rows)).status_code for method in ("GET", "POST")}
    refused = name.endswith("_delete") or name in ("admin:guidance_page_add", "admin:autocomplete")
    assert answers <= ({403, 405} if refused else {200, 302, 405, 403} if "guidance_page" in name else {200, 302, 405})


def test_no_address_of_the_admin_names_a_concern_or_anything_of_one():
    assert not [name for name, pattern, _ in under("admin/") if "concern" in name + pattern]
    assert "admin:view_on_site" not in [name for name, _, _ in under("admin/")]


def test_the_admin_shows_a_page_of_guidance_on_the_site(cast, rows):
    page = open_as(cast["ada"], "GET", admin_address("admin:guidance_page_change", rows))
    assert rows["page"].get_absolute_url() in page.content.decode()
