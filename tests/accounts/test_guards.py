"""A manager's guards: invited to the manager's own sites, invited again, and let go."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Invitation, Site, User
from accounts.roles import Role
from concerns.worker import beat
from tests.accounts.conftest import PASSWORD, link, who, words

UNUSABLE = "cannot be used. Ask your admin."


@pytest.fixture
def site(cast):
    return cast["moss"].sites.first()


def invite(client, site, **answers):
    return client.post("/people/invite/", {"name": "Jo Lee", "login": "jo@example.com", "sites": [site.pk]} | answers)


def shown_link(response):
    return response.content.decode().partition('value="http://testserver')[2].partition('"')[0]


# --- inviting


def test_a_guard_is_invited_by_e_mail(as_moss, cast, site):
    assert "Sent to jo@example.com." in words(invite(as_moss, site, phone="020 7946 0123"))
    jo = User.objects.get(email="jo@example.com")
    assert (jo.role, jo.organisation, list(jo.sites.all())) == (Role.GUARD, cast["moss"].organisation, [site])
    assert jo.phone.as_national == "020 7946 0123"
    assert not jo.has_signed_in


def test_a_guard_with_a_staff_number_gets_a_link_that_is_shown_once(as_moss, client, site):
    page = invite(as_moss, site, login="b18")
    assert "Give this link to Jo Lee (B18), and to nobody else" in words(page)
    assert "no-store" in page["Cache-Control"]
    assert not mail.outbox
    client.post(shown_link(page), {"password1": PASSWORD})
    assert who(client).staff_number == "B18"


def test_another_tap_on_the_button_makes_no_second_person_and_no_second_link(as_moss, site):
    first = shown_link(invite(as_moss, site, login="B18"))
    assert "Was invited before." in words(invite(as_moss, site, login="B18"))
    assert User.objects.filter(staff_number="B18").count() == 1
    assert as_moss.get(first).status_code == 200


def test_a_mail_that_fails_is_said_and_the_person_is_kept(as_moss, site, monkeypatch):
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert "could not be sent" in words(invite(as_moss, site))
    assert User.objects.filter(email="jo@example.com").exists()
    monkeypatch.undo()
    assert "Sent to jo@example.com." in words(invite(as_moss, site))


def refuse(*args, **kwargs):
    raise ConnectionRefusedError


@pytest.mark.parametrize(
    ("answers", "advice"),
    [
        ({"name": " "}, "Enter the guard's name."),
        ({"login": ""}, "Enter an e-mail address or a staff number."),
        ({"login": "jo@"}, "Enter an e-mail address, such as name@example.com."),
        ({"login": "two words"}, "Enter a staff number of letters and digits, without spaces."),
        ({"phone": "12"}, "Enter a phone number, such as 020 7946 0123, or leave it empty."),
        ({"sites": []}, "Choose at least one site."),
    ],
)
def test_a_wrong_answer_says_what_to_do_and_keeps_the_rest(as_moss, site, answers, advice):
    page = invite(as_moss, site, **{"phone": "020 7946 0123"} | answers)
    assert advice in words(page)
    kept = {"name": "Jo Lee", "login": "jo@example.com", "phone": "020 7946 0123"} | answers
    assert all(f'value="{typed}"' in page.content.decode() for typed in kept.values() if typed and typed != " ")
    assert not User.objects.filter(name="Jo Lee").exists()


def test_a_site_of_another_company_cannot_be_chosen(as_moss, cast):
    elsewhere = Site.objects.exclude(contractor=cast["moss"].organisation).get()
    assert "Choose sites that you care for." in words(invite(as_moss, elsewhere))


def test_a_site_of_another_manager_cannot_be_chosen(as_moss, cast, site):
    cast["moss"].sites.remove(site)
    assert "Choose sites that you care for." in words(invite(as_moss, site))


def test_a_closed_site_is_not_offered(as_moss, cast, site):
    site.closed_at = "2026-01-01T00:00Z"
    site.save()
    assert site.name not in words(as_moss.get("/people/invite/"))


def test_a_colleague_from_another_site_is_added_and_not_doubled(as_moss, cast, site, kit):
    kit.sites.clear()
    assert "Signs in already" in words(invite(as_moss, site, name="Somebody else", login="b17"))
    kit.refresh_from_db()
    assert (kit.name, list(kit.sites.all())) == ("Kit Marlow", [site])
    assert not mail.outbox


@pytest.mark.parametrize(
    "login", ["stan@demo.example", "DEMO8", "hana@demo.example", "moss@demo.example", "cole@demo.example"]
)
def test_whoever_else_has_the_name_is_neither_named_nor_changed(as_moss, cast, site, login):
    before = list(User.objects.order_by("pk").values_list())
    page = invite(as_moss, site, login=login)
    assert UNUSABLE in words(page)
    assert "Harcourt" not in words(page)
    assert list(User.objects.order_by("pk").values_list()) == before


def test_a_leaver_does_not_come_back_by_a_manager(as_moss, site, kit):
    actions.end_account(person=kit)
    assert UNUSABLE in words(invite(as_moss, site, login="B17"))
    kit.refresh_from_db()
    assert not kit.is_active


def test_two_names_of_two_people_are_refused(cast, kit, site):
    from accounts.shift import Entry

    with pytest.raises(actions.Refused):
        actions.take_on(
            entry=Entry(name="Both", email="kit@brightkeep.example", staff_number="DEMO1"),
            sites=[site],
            by=cast["moss"],
        )


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_person(as_moss, site):
    cookies, together = as_moss.cookies, Barrier(2)

    def tap(number):
        client = Client()
        client.cookies = cookies
        together.wait()
        try:
            return invite(client, site, login="B18").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(tap, range(2))) == [200, 200]
    assert User.objects.filter(staff_number="B18").count() == 1


# --- who may


@pytest.mark.parametrize("person", ["asha", "hana", "lena", "cole", "priya", "ada"])
@pytest.mark.parametrize("path", ["/people/", "/people/invite/", "/people/bring-in/"])
def test_only_managers_have_guards(client, cast, person, path):
    client.force_login(cast[person])
    assert client.get(path).status_code == 403
    assert client.post(path).status_code in (403, 405)


@pytest.mark.parametrize("page", ["", "invite-again/", "let-go/"])
def test_another_companys_guard_is_not_there(client, cast, kit, page):
    client.force_login(cast["stan"])
    assert client.post(f"/people/{kit.pk}/{page}").status_code in (404, 405)
    assert client.get(f"/people/{kit.pk}/{page}").status_code in (404, 405)
    assert User.objects.get(pk=kit.pk).is_active


@pytest.mark.parametrize("who_else", ["hana", "moss", "cole", "ada", "stan"])
def test_nobody_but_a_guard_is_let_go_here(as_moss, cast, who_else):
    assert as_moss.post(f"/people/{cast[who_else].pk}/let-go/").status_code == 404
    assert User.objects.get(pk=cast[who_else].pk).is_active


def test_a_guard_of_another_site_of_the_company_is_not_there(as_moss, cast, kit, site):
    kit.sites.set([site])
    cast["moss"].sites.remove(site)
    assert kit.name not in words(as_moss.get("/people/"))
    assert as_moss.get(f"/people/{kit.pk}/").status_code == 404


# --- the list


def test_the_list_says_how_far_each_is(as_moss, cast, site, kit):
    invite(as_moss, site, login="B18", name="Lee")
    invite(as_moss, site, login="B19", name="Max")
    Invitation.objects.filter(person__name="Max").update(expires_at="2026-01-01T00:00Z")
    said = words(as_moss.get("/people/"))
    assert "Kit Marlow kit@brightkeep.example Signs in" in said
    assert "Lee B18 Invited until" in said
    assert "Max B19 Invitation ran out" in said
    assert "Asha asha@demo.example Not invited yet" in said


def test_the_list_takes_as_many_queries_for_many_guards(as_moss, cast, site, django_assert_max_num_queries):
    for number in range(20):
        invite(as_moss, site, login=f"C{number}")
    beat(uuid.uuid4())  # messages are not late
    with django_assert_max_num_queries(9):
        as_moss.get("/people/")


def test_without_a_site_there_is_nobody_to_invite(as_moss, cast):
    cast["moss"].sites.clear()
    assert "You care for no site yet" in words(as_moss.get("/people/"))


# --- inviting again


def test_inviting_again_makes_a_new_link(as_moss, site):
    invite(as_moss, site)
    first, jo = link(), User.objects.get(email="jo@example.com")
    assert "Sent to jo@example.com." in words(as_moss.post(f"/people/{jo.pk}/invite-again/"))
    assert as_moss.get(first).status_code == 404
    assert as_moss.get(link()).status_code == 200


def test_a_manager_cannot_become_a_guard_who_signs_in(as_moss, kit):
    """A link shown to them would open that guard's cards, one about the manager too."""
    assert as_moss.post(f"/people/{kit.pk}/invite-again/").status_code == 404
    assert not kit.invitations.exists()
    assert "Invite again" not in words(as_moss.get(f"/people/{kit.pk}/"))


def test_neither_by_typing_the_guard_once_more(as_moss, site, cast, kit):
    User.objects.filter(pk=cast["asha"].pk).update(email=None, last_login=timezone.now() - timedelta(days=1))
    page = invite(as_moss, site, login="DEMO1")
    assert "/invitations/" not in page.content.decode()
    assert "Signs in already" in words(page)


# --- letting go


def test_letting_go_ends_the_account_at_once(as_moss, client, kit):
    theirs = Client()
    theirs.force_login(kit)
    answer = as_moss.post(f"/people/{kit.pk}/let-go/", follow=True)
    assert "Kit Marlow no longer works at your sites and can no longer sign in." in words(answer)
    assert who(theirs) is None
    assert "Kit Marlow kit@" not in words(as_moss.get("/people/"))


def test_it_takes_a_post(as_moss, kit):
    assert as_moss.get(f"/people/{kit.pk}/let-go/").status_code == 405
    assert "Only an admin can undo this" in words(as_moss.get(f"/people/{kit.pk}/"))


def test_who_works_elsewhere_too_goes_on_there(as_moss, cast, site, kit):
    cast["moss"].sites.set([site])
    assert "They go on signing in for the others." in words(as_moss.get(f"/people/{kit.pk}/"))
    as_moss.post(f"/people/{kit.pk}/let-go/")
    kit.refresh_from_db()
    assert kit.is_active
    assert kit.sites.count() == 2
    assert site not in kit.sites.all()


def test_a_link_still_out_is_stopped(as_moss, client, site):
    page = invite(as_moss, site, login="B18")
    as_moss.post(f"/people/{User.objects.get(staff_number='B18').pk}/let-go/")
    assert client.get(shown_link(page)).status_code == 404
