"""The admin: entered by the one sign-in, limited to people, places and guidance, deleting nothing."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Organisation, Site, User
from accounts.roles import Role
from tests.accounts.conftest import PASSWORD, link, sign_in, who, words

OURS = [Organisation, Site, User]
OTHERS = ["asha", "moss", "hana", "lena", "cole", "priya", "stan"]


@pytest.fixture
def as_ada(client, cast):
    client.force_login(cast["ada"])
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def change(client, obj, **changes):
    """The answer of the change form, posted as it was shown but for these changes."""
    path = address(type(obj), "change", obj.pk)
    form = client.get(path).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields if name != "closed_at"}
    return client.post(path, {name: value for name, value in (shown | changes).items() if value not in (None, False)})


# --- what is there


def test_it_holds_people_places_and_guidance_and_nothing_else():
    registered = {model._meta.label for model in admin.site._registry}
    assert registered == {
        "accounts.Organisation",
        "accounts.Site",
        "accounts.User",
        "guidance.Helpline",
        "guidance.Page",
    }
    assert not {Group, EmailAddress, Authenticator, UserSession} & set(admin.site._registry)


@pytest.mark.parametrize("model", OURS)
def test_every_list_and_form_opens(as_ada, model):
    row = model.objects.first()
    for path in (address(model, "changelist"), address(model, "add"), address(model, "change", row.pk)):
        assert as_ada.get(path).status_code == 200
    assert as_ada.get(address(model, "history", row.pk)).status_code == 200
    assert as_ada.get(address(model, "changelist"), {"q": "moss"}).status_code == 200


def test_every_filter_opens(as_ada):
    for model in OURS:
        page = as_ada.get(address(model, "changelist"))
        for query in set(re.findall(r'href="(\?[^"]+)"', page.content.decode())):
            assert as_ada.get(address(model, "changelist") + query.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_deleted(as_ada, model):
    row, before = model.objects.first(), model.objects.count()
    path = address(model, "delete", row.pk)
    assert as_ada.get(path).status_code == 403
    assert as_ada.post(path, {"post": "yes"}).status_code == 403
    as_ada.post(address(model, "changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert model.objects.count() == before
    assert "delete" not in as_ada.get(address(model, "change", row.pk)).content.decode().lower()


def test_it_obeys_our_policy_without_a_script_or_style_in_the_page(as_ada, cast):
    paths = [reverse("admin:index"), *(address(model, page) for model in OURS for page in ("changelist", "add"))]
    for path in [*paths, address(User, "change", cast["moss"].pk)]:
        page = as_ada.get(path)
        assert "default-src 'none'" in page["Content-Security-Policy"]
        assert not re.search(r"<style| style=|<script>| on(click|load|change)=", page.content.decode()), path


def test_it_leads_back_to_the_service(as_ada):
    assert '<a href="/">View site</a>' in as_ada.get("/admin/").content.decode()


# --- who comes in


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/accounts/site/add/", "/admin/login/"])
def test_a_stranger_is_sent_to_the_one_sign_in(client, db, path):
    page = client.get(path, follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
    assert client.post("/admin/login/", {"username": "ada", "password": "x"})["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("person", OTHERS)
@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/accounts/organisation/add/"])
def test_nobody_else_comes_in(client, cast, person, path):
    client.force_login(cast[person])
    page = client.get(path, follow=True)
    assert page.status_code == 403
    assert "You cannot open this page" in words(page)


def test_an_admin_signs_in_with_the_second_step_of_the_one_sign_in(client, db, monkeypatch):
    User.objects.create_user(name="Real Admin", email="real@example.com", role=Role.ADMIN, password=PASSWORD)
    monkeypatch.setattr("accounts.adapter.MFAAdapter.is_mfa_enabled", lambda adapter, user, types=None: True)
    assert sign_in(client, "real@example.com")["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == "/accounts/2fa/authenticate/"


def test_leaving_and_changing_a_password_are_the_services_own(as_ada):
    assert as_ada.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert as_ada.post("/admin/logout/")["Location"] == "/accounts/login/"
    assert who(as_ada) is None


def test_an_admin_sees_no_concern(as_ada, concern):
    for model in apps.get_app_config("concerns").get_models():
        assert not User.objects.get(role=Role.ADMIN).has_perm(f"concerns.view_{model._meta.model_name}")
        assert as_ada.get(f"/admin/concerns/{model._meta.model_name}/").status_code == 404
    seen = as_ada.get("/admin/").content.decode() + as_ada.get(address(User, "changelist")).content.decode()
    assert concern.reference not in seen


# --- people


def new_person(**facts):
    return {"name": "Sam", "email": "sam@example.com", "role": "guard", "is_active": "on"} | facts


def test_an_admin_adds_somebody_who_cannot_sign_in_yet(as_ada, cast):
    facts = new_person(organisation=cast["moss"].organisation_id, sites=[cast["moss"].sites.first().pk])
    page = as_ada.post(address(User, "add"), facts, follow=True)
    assert "send them an invitation" in page.content.decode()
    sam = User.objects.get(email="sam@example.com")
    assert (sam.organisation_kind, sam.has_signed_in, sam.sites.count()) == ("company", False, 1)
    assert LogEntry.objects.get().user == cast["ada"]
    assert LogEntry.objects.get().object_id == str(sam.pk)
    assert "Sam" in as_ada.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("facts", "advice"),
    [
        ({"organisation": "cole"}, "Choose an organisation of the kind that this role belongs to."),
        ({"organisation": ""}, "Choose an organisation of the kind that this role belongs to."),
        ({"role": "admin", "organisation": "moss"}, "Choose an organisation of the kind that this role belongs to."),
        ({"email": "", "organisation": "moss"}, "Enter an e-mail address or a staff number."),
        ({"email": "MOSS@demo.example", "organisation": "moss"}, "already exists"),
        ({"staff_number": "demo1", "organisation": "moss"}, "already exists"),
        ({"staff_number": "a@b.example", "organisation": "moss"}, "Use letters, digits"),
        ({"phone": "12", "organisation": "moss"}, "phone number"),
        ({"organisation": "moss", "sites": "stan"}, "Another company guards Pellmoor Arcade"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(as_ada, cast, facts, advice):
    facts = dict(facts)
    if facts.get("organisation"):
        facts["organisation"] = cast[facts["organisation"]].organisation_id
    if facts.get("sites"):
        facts["sites"] = [cast[facts["sites"]].sites.get().pk]
    page = as_ada.post(address(User, "add"), new_person(**facts))
    assert page.status_code == 200
    assert advice in page.content.decode()
    assert not User.objects.filter(name="Sam").exists()


def test_no_password_is_shown_or_set(as_ada, cast, kit):
    page = as_ada.get(address(User, "change", kit.pk)).content.decode()
    assert 'type="password"' not in page
    assert kit.password not in page
    change(as_ada, kit, password="pbkdf2$x", last_login="2026-01-01")
    assert User.objects.get(pk=kit.pk).check_password(PASSWORD)


def test_a_leaver_is_signed_out_everywhere_and_keeps_their_row(client, cast, kit):
    theirs = Client()
    sign_in(theirs, "B17")
    client.force_login(cast["ada"])
    assert change(client, kit, is_active=None).status_code == 302
    assert who(theirs) is None
    assert not UserSession.objects.filter(user=kit).exists()
    change(client, User.objects.get(pk=kit.pk), is_active="on")
    assert who(theirs) is None


def test_somebody_who_moves_takes_no_site_along(as_ada, cast):
    page = change(as_ada, cast["asha"], organisation=cast["stan"].organisation_id)
    assert "take it out of their sites" in page.content.decode()
    assert change(as_ada, cast["asha"], organisation=cast["stan"].organisation_id, sites=[]).status_code == 302
    assert User.objects.get(pk=cast["asha"].pk).organisation == cast["stan"].organisation


def test_admins_do_not_lock_themselves_out(as_ada, cast):
    change(as_ada, cast["ada"], is_active=None, role="guard", organisation=cast["moss"].organisation_id)
    ada = User.objects.get(pk=cast["ada"].pk)
    assert (ada.is_active, ada.role, ada.organisation) == (True, Role.ADMIN, None)


def send_invitations(client, *people):
    data = {"action": "send_invitation", "_selected_action": [person.pk for person in people]}
    return client.post(address(User, "changelist"), data)


def test_an_admin_sends_invitations(as_ada, client, cast, kit):
    lee = User.objects.create_user(name="Lee", staff_number="B18", role=Role.GUARD, organisation=kit.organisation)
    page = send_invitations(as_ada, kit, lee)
    assert "Kit Marlow Sent to kit@brightkeep.example." in words(page)
    assert "Give this link to Lee (B18)" in words(page)
    assert mail.outbox[0].to == ["kit@brightkeep.example"]
    assert set(Invitation.objects.values_list("person__name", "invited_by__name")) == {
        ("Kit Marlow", "Ada"),
        ("Lee", "Ada"),
    }
    assert LogEntry.objects.filter(change_message="Sent an invitation.").count() == 2


@pytest.mark.parametrize("changes", [{"email": "right@example.com"}, {"staff_number": "B19"}])
def test_an_invitation_to_a_wrong_address_stops_with_it(as_ada, kit, changes):
    send_invitations(as_ada, kit)
    change(as_ada, kit, **changes)
    assert as_ada.get(link()).status_code == 404


def test_an_invitation_outlives_other_changes(as_ada, kit):
    send_invitations(as_ada, kit)
    change(as_ada, kit, name="Kit Marlow-Reed")
    assert as_ada.get(link()).status_code == 200


def test_a_leaver_is_sent_none(as_ada, kit):
    User.objects.filter(pk=kit.pk).update(is_active=False)
    send_invitations(as_ada, kit)
    assert not mail.outbox
    assert not Invitation.objects.exists()


# --- organisations and sites


def test_an_admin_adds_a_company_with_its_force(as_ada, cast):
    facts = {"name": "New Guarding", "kind": "company", "default_force": cast["priya"].organisation_id}
    assert (
        "Choose the force" in as_ada.post(address(Organisation, "add"), facts | {"default_force": ""}).content.decode()
    )
    assert as_ada.post(address(Organisation, "add"), facts).status_code == 302
    assert Organisation.objects.get(name="New Guarding").kind == "company"


def test_what_an_organisation_is_stays(as_ada, cast):
    company = cast["moss"].organisation
    assert change(as_ada, company, kind="police", name="Renamed").status_code == 302
    company.refresh_from_db()
    assert (company.kind, company.name) == ("company", "Renamed")


def test_a_company_keeps_its_force(as_ada, cast):
    page = change(as_ada, cast["moss"].organisation, default_force=None)
    assert "Choose the force" in page.content.decode()


def test_a_site_says_who_cannot_be_reached(as_ada, cast):
    site = cast["stan"].sites.get()
    page = as_ada.get(address(Site, "change", site.pk)).content.decode()
    assert "Somebody could not be reached from here" in page
    assert "Harcourt Guarding has nobody at head office who signs in." in page
    assert "Somebody could not" not in as_ada.get(address(Site, "add")).content.decode()


def test_a_site_is_closed_and_not_deleted(as_ada, cast):
    site = cast["stan"].sites.get()
    assert change(as_ada, site, closed_at_0="2026-11-21", closed_at_1="22:00:00").status_code == 302
    site.refresh_from_db()
    assert site.closed_at
    assert site.closed_at.astimezone(timezone.get_default_timezone()).hour == 22
    assert not Site.objects.reportable_by(cast["stan"]).exists()


def test_a_site_takes_organisations_of_the_right_kind(as_ada, cast):
    site = cast["stan"].sites.get()
    page = change(as_ada, site, customer=cast["priya"].organisation_id)
    assert page.status_code == 200
    assert "Select a valid choice" in page.content.decode()


# --- where messages go that are for a desk

SECRET = "0123456789abcdef0123456789abcdef"
SYSTEM = "https://room.example/in"
MAILBOXES = {"control_room_mailbox": "room@example.com", "customer_mailbox": "shop@example.com"}


@pytest.fixture
def site(cast):
    return cast["stan"].sites.get()


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_an_admin_enters_the_mailboxes_of_each_desk(as_ada, site):
    assert change(as_ada, site, **MAILBOXES).status_code == 302
    assert change(as_ada, site.contractor, head_office_mailbox="office@example.com").status_code == 302
    found = stored(site)
    assert (found.control_room_mailbox, found.customer_mailbox) == ("room@example.com", "shop@example.com")
    assert found.contractor.head_office_mailbox == "office@example.com"


@pytest.mark.parametrize("model", [Organisation, Site])
def test_each_mailbox_is_asked_for_with_a_warning(as_ada, model):
    page = as_ada.get(address(model, "add")).content.decode()
    assert page.count("never a mailbox of the whole organisation") == (3 if model is Organisation else 2)


@pytest.mark.parametrize("field", ["control_room_mailbox", "customer_mailbox"])
@pytest.mark.parametrize(
    "typed", ["a@example.com\nBcc: b@example.com", "a@b\r\n@example.com", "a@example.com,b@x.com", "x"]
)
def test_what_is_no_address_is_refused(as_ada, site, field, typed):
    page = change(as_ada, site, **{field: typed})
    assert "Enter a valid email address." in page.content.decode()
    assert getattr(stored(site), field) == ""


@pytest.mark.parametrize(
    ("facts", "whose"),
    [
        (
            {"control_room_mailbox": "one@example.com", "customer_mailbox": "One@example.com"},
            "The control room of {site}",
        ),
        ({"control_room_mailbox": "office@example.com"}, "Head office of Harcourt Guarding"),
        ({"customer_mailbox": "OFFICE@example.com"}, "Head office of Harcourt Guarding"),
        ({"customer_mailbox": "standards@demo.example"}, "Professional standards of Wexmoor Police"),
        ({"control_room_mailbox": "intelligence@demo.example"}, "The ordinary desk of Wexmoor Police"),
    ],
)
def test_two_desks_have_two_mailboxes(as_ada, site, facts, whose):
    Organisation.objects.filter(pk=site.contractor_id).update(head_office_mailbox="office@example.com")
    page = change(as_ada, site, **facts)
    assert f"{whose.format(site=site)} has this mailbox too. Give each desk its own" in page.content.decode()
    assert (stored(site).control_room_mailbox, stored(site).customer_mailbox) == ("", "")


@pytest.mark.parametrize("name", MAILBOXES)
def test_head_office_has_a_mailbox_of_its_own(as_ada, site, name):
    Site.objects.filter(pk=site.pk).update(**MAILBOXES)
    page = change(as_ada, site.contractor, head_office_mailbox=MAILBOXES[name].upper())
    assert "at Pellmoor" in page.content.decode() or "room of Pellmoor" in page.content.decode()
    assert stored(site).contractor.head_office_mailbox == ""


def test_the_standards_desk_has_a_mailbox_of_its_own(as_ada, site):
    page = change(as_ada, site.police_force, standards_mailbox="Intelligence@demo.example")
    assert "The ordinary desk of Wexmoor Police has this mailbox too" in page.content.decode()


@pytest.fixture
def elsewhere(cast):
    """A site of another company, with mailboxes."""
    found = cast["moss"].sites.first()
    Site.objects.filter(pk=found.pk).update(**MAILBOXES)
    Organisation.objects.filter(pk=found.contractor_id).update(head_office_mailbox="office@example.com")
    return found


@pytest.mark.parametrize(
    ("field", "typed", "whose"),
    [
        ("control_room_mailbox", "Shop@example.com", "The customer at {}"),
        ("customer_mailbox", "room@example.com", "The control room of {}"),
        ("control_room_mailbox", "room@example.com", "The control room of {}"),  # of another company
        ("control_room_mailbox", "office@example.com", "Head office of Brightkeep Security"),
    ],
)
def test_a_mailbox_is_no_other_desks_anywhere(as_ada, site, elsewhere, field, typed, whose):
    page = change(as_ada, site, **{field: typed})
    assert f"{whose.format(elsewhere)} has this mailbox too" in page.content.decode()
    assert getattr(stored(site), field) == ""


@pytest.mark.parametrize(
    ("field", "typed", "whose"),
    [
        ("intelligence_mailbox", "ROOM@example.com", "The control room of {}"),
        ("standards_mailbox", "shop@example.com", "The customer at {}"),
        ("intelligence_mailbox", "office@example.com", "Head office of Brightkeep Security"),
    ],
)
def test_a_forces_mailbox_is_no_other_desks_anywhere(as_ada, site, elsewhere, field, typed, whose):
    page = change(as_ada, site.police_force, **{field: typed})
    assert f"{whose.format(elsewhere)} has this mailbox too" in page.content.decode()
    assert getattr(stored(site.police_force), field).endswith("@demo.example")


def test_one_control_room_serves_all_sites_of_its_company_and_one_desk_all_of_a_customer(as_ada, elsewhere, cast):
    other = cast["moss"].sites.exclude(pk=elsewhere.pk).first()
    assert change(as_ada, other, **MAILBOXES).status_code == 302
    assert stored(other).control_room_mailbox == "room@example.com"


def test_a_mailbox_moves_to_another_desk_of_its_site_in_one_go(as_ada, elsewhere):
    assert change(as_ada, stored(elsewhere), control_room_mailbox="", customer_mailbox="room@example.com").status_code
    assert (stored(elsewhere).control_room_mailbox, stored(elsewhere).customer_mailbox) == ("", "room@example.com")


def test_a_desks_mailbox_is_nobodys_own_address(as_ada, site, cast):
    for row, field in (
        (site, "control_room_mailbox"),
        (site, "customer_mailbox"),
        (site.contractor, "head_office_mailbox"),
    ):
        page = change(as_ada, row, **{field: "Moss@demo.example"}).content.decode()
        assert "This is Moss’s own e-mail address. Enter a mailbox of the desk" in page
        assert getattr(stored(row), field) == ""


def test_nobodys_own_address_is_a_desks_mailbox(as_ada, elsewhere, cast):
    page = change(as_ada, cast["cole"], email="Room@example.com")
    assert "This is the mailbox of a duty desk. Enter the person’s own e-mail address" in page.content.decode()
    assert stored(cast["cole"]).email == "cole@demo.example"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("http://room.example/in", "Enter an address that begins with https://."),
        ("https://user:word@room.example/in", "Take the user name and password out"),
        ("https://user@room.example/in", "Take the user name and password out"),
        ("ftp://room.example/in", "Enter an address that begins with https://."),
        ("https://room.example/in\nX: y", "Enter a valid URL."),
        ("javascript:alert(1)", "Enter a valid URL."),
        ("https://", "Enter a valid URL."),
    ],
)
def test_a_system_is_reached_by_https_and_knows_us_by_its_secret(as_ada, site, typed, advice):
    page = change(as_ada, site, control_room_webhook=typed, secret=SECRET)
    assert (page.status_code, stored(site).control_room_webhook) == (200, "")
    assert advice in page.content.decode()


def test_plain_http_is_taken_where_the_settings_allow_it(as_ada, site, settings):
    settings.WEBHOOK_PRIVATE_ADDRESSES = True
    assert change(as_ada, site, control_room_webhook="http://10.0.0.7/in", secret=SECRET).status_code == 302


def test_an_address_without_a_scheme_is_https(as_ada, site):
    change(as_ada, site, control_room_webhook="room.example/in", secret=SECRET)
    assert stored(site).control_room_webhook == SYSTEM


# --- the secret of a control-room system


def test_a_secret_is_sealed_and_never_shown_again(as_ada, site):
    assert change(as_ada, site, control_room_webhook=SYSTEM, secret=SECRET).status_code == 302
    found = stored(site)
    assert found.webhook_key == SECRET
    assert SECRET not in found.webhook_secret
    page = as_ada.get(address(Site, "change", site.pk)).content.decode()
    assert SECRET not in page
    assert found.webhook_secret not in page
    assert SECRET not in str(LogEntry.objects.values())


def test_an_empty_box_keeps_the_secret(as_ada, site):
    change(as_ada, site, control_room_webhook=SYSTEM, secret=SECRET)
    before = stored(site).webhook_secret
    assert change(as_ada, stored(site), name="Renamed").status_code == 302
    assert (stored(site).name, stored(site).webhook_secret) == ("Renamed", before)


def test_a_secret_is_made_and_shown_once(as_ada, site):
    page = change(as_ada, site, control_room_webhook=SYSTEM, make_secret="on")
    made = stored(site).webhook_key
    assert (page.status_code, len(made)) == (200, 43)
    assert made in words(page)
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    for path in (address(Site, "change", site.pk), address(Site, "changelist"), "/admin/"):
        assert made not in as_ada.get(path).content.decode()
    assert change(as_ada, stored(site), make_secret="on").status_code == 200
    assert stored(site).webhook_key != made


def test_a_new_site_can_have_a_secret_made(as_ada, site):
    facts = {f: getattr(site, f) for f in ("kind", "address", "postcode", "nation")} | {"name": "New place"}
    facts |= {f: getattr(site, f"{f}_id") for f in ("contractor", "customer", "police_force")}
    page = as_ada.post(address(Site, "add"), facts | {"control_room_webhook": SYSTEM, "make_secret": "on"})
    assert Site.objects.get(name="New place").webhook_key in words(page)


@pytest.mark.parametrize(
    ("facts", "advice"),
    [
        ({"secret": "too short"}, "Enter at least 32 characters, or have a secret made."),
        ({"secret": "x" * 129}, "at most 128 characters"),
        ({}, "Enter a secret, or have one made"),
        ({"secret": SECRET, "make_secret": "on"}, "not both"),
    ],
)
def test_a_system_without_a_good_secret_is_refused(as_ada, site, facts, advice):
    page = change(as_ada, site, control_room_webhook=SYSTEM, **facts)
    assert advice in page.content.decode()
    assert (stored(site).control_room_webhook, stored(site).webhook_secret) == ("", "")
    assert SECRET not in page.content.decode()


def test_the_secret_goes_with_the_address(as_ada, site):
    change(as_ada, site, control_room_webhook=SYSTEM, secret=SECRET)
    assert change(as_ada, stored(site), control_room_webhook="").status_code == 302
    assert stored(site).webhook_secret == ""
