"""A shift by CSV: everybody or nobody, and every faulty line by its number."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import actions, demo, shift
from accounts.forms import ShiftForm
from accounts.models import Invitation, Site, User
from accounts.roles import Role
from tests.accounts.conftest import PASSWORD, who, words

ROTA = "name,e-mail or staff number,phone\nSam Okoro,sam@example.com,020 7946 0123\nLee Marsh,B18,\n"


def bring_in(client, text, **answers):
    sites = [site.pk for site in client.get("/people/bring-in/").context["form"].fields["sites"].queryset]
    file = SimpleUploadedFile("rota.csv", text.encode(), content_type="text/csv")
    return client.post("/people/bring-in/", {"file": file, "sites": sites} | answers)


def faults(client, *lines):
    """What is said about these lines below a heading. Nobody may have been stored."""
    before = User.objects.count()
    page = bring_in(client, "\n".join(["name,e-mail or staff number,phone", *lines]))
    assert User.objects.count() == before
    assert not Invitation.objects.exists()
    assert not mail.outbox
    return words(page)


def test_a_shift_is_brought_in_and_invited(as_moss, client, cast):
    page = bring_in(as_moss, ROTA)
    assert "Sam Okoro Sent to sam@example.com." in words(page)
    assert "Give this link to Lee Marsh (B18)" in words(page)
    lee = User.objects.get(staff_number="B18")
    assert set(lee.sites.all()) == set(cast["moss"].sites.all())
    client.post(
        page.content.decode().partition('value="http://testserver')[2].partition('"')[0], {"password1": PASSWORD}
    )
    assert who(client) == lee


def test_the_same_file_again_is_harmless(as_moss):
    bring_in(as_moss, ROTA)
    before = list(User.objects.values_list()), list(Invitation.objects.values_list())
    again = words(bring_in(as_moss, ROTA))
    assert (list(User.objects.values_list()), list(Invitation.objects.values_list())) == before
    assert again.count("Was invited before.") == 2
    assert len(mail.outbox) == 1


def test_a_desks_mailbox_is_nobodys_own_address(as_moss, cast):
    said = faults(as_moss, "Lee,Intelligence@demo.example,")
    assert "Line 2: This is the mailbox of a duty desk." in said


def test_a_line_that_cannot_be_used_is_named_beside_one_that_is_mistyped(as_moss, cast):
    said = faults(as_moss, f"Sam,{cast['stan'].email},", "Lee,lee@,", f"{'x' * 121},B18,")
    assert "Line 2: This e-mail address cannot be used. Ask your admin." in said
    assert "Line 3: " in said
    assert "Line 4: Shorten the name to 120 characters." in said


def test_every_faulty_line_is_named_and_nobody_is_brought_in(as_moss):
    said = faults(as_moss, "Sam,sam@example.com,", ",x@example.com,", "Lee,lee@,12", "Max,", "Zoe,no spaces please,")
    assert "Nobody was brought in." in said
    assert "Line 2" not in said
    assert "Line 3: Enter the guard's name." in said
    assert "Line 4: Enter a phone number, such as 020 7946 0123, or leave it empty. Enter an e-mail address" in said
    assert "Line 5: Enter an e-mail address or a staff number." in said
    assert "Line 6: Enter a staff number of letters and digits, without spaces." in said


@pytest.mark.parametrize(("one", "same"), [("sam@example.com", "SAM@Example.com"), ("b18", "B18")])
def test_somebody_twice_in_a_file_is_named(as_moss, one, same):
    said = faults(as_moss, f"Sam,{one},", "Lee,B19,", f"Sam,{same},")
    assert "Line 4:" in said
    assert "is on line 2 too. Take one of them out." in said


@pytest.mark.parametrize("login", ["stan@demo.example", "DEMO8", "hana@demo.example"])
def test_one_who_cannot_be_taken_on_keeps_all_out(as_moss, cast, login):
    said = faults(as_moss, "Sam,sam@example.com,", f"Other,{login},", "Lee,B18,")
    assert "Line 3: This " in said
    assert "cannot be used. Ask your admin." in said


def test_control_characters_and_markup_are_kept_out_or_shown_inert(as_moss):
    assert "Line 2" in faults(as_moss, "Sa\x00m,B18,") or "not a CSV file" in faults(as_moss, "Sa\x00m,B18,")
    page = bring_in(as_moss, "name,staff number\n<b>Sam</b>,B18\n")
    assert "&lt;b&gt;Sam&lt;/b&gt;" in page.content.decode()


@pytest.mark.parametrize(
    ("answers", "advice"), [({"file": ""}, "Choose a CSV file."), ({"sites": []}, "Choose at least one site.")]
)
def test_a_missing_answer_says_what_to_do(as_moss, answers, advice):
    assert advice in words(bring_in(as_moss, ROTA, **answers))
    assert not User.objects.filter(staff_number="B18").exists()


def test_two_hundred_take_no_more_than_one_mail_connection(as_moss, monkeypatch):
    tries = []
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda message: tries.append(1) or refuse())
    lines = "".join(f"Guard {number},guard{number}@example.com\n" for number in range(200))
    page = bring_in(as_moss, f"name,email\n{lines}")
    assert words(page).count("could not be sent") == 200
    assert len(tries) == 1


def refuse():
    raise ConnectionRefusedError


LINES = st.tuples(
    st.sampled_from(["Sam", "", "Zoë", "x" * 121, "a\u202eb"]),
    st.sampled_from(
        ["sam@example.com", "B18", "b18", "lee@example.com", "", "two words", "@", "stan@demo.example", "B19"]
    ),
    st.sampled_from(["", "020 7946 0123", "12", "+44 20 7946 0123"]),
)


class NobodyIsHalfImported(TestCase):
    """Whatever the file, either all of its lines are people now or none is, and a refusal names a line."""

    @given(st.lists(LINES, min_size=1, max_size=6))
    def test_all_or_none(self, lines):
        moss = demo.load()["moss"]
        text = "name,e-mail or staff number,phone\n" + "\n".join(",".join(line) for line in lines)
        sites = Site.objects.reportable_by(moss)
        file = {"file": SimpleUploadedFile("rota.csv", text.encode())}
        form = ShiftForm({"sites": list(sites)}, file, sites=sites)
        before = User.objects.count()
        try:
            assert form.is_valid()
            people = actions.bring_in(entries=form.cleaned_data["file"], sites=sites, by=moss)
        except (AssertionError, actions.Refused) as refusal:
            said = str(refusal) + str(form.errors)
            assert "Line " in said or "names nobody" in said
            assert User.objects.count() == before
        else:
            assert len(people) == len(shift.read(text.encode())) == User.objects.count() - before
            assert {person.role for person in people} == {Role.GUARD}
