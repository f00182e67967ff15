"""What the database itself never lets be untrue about people and places."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Organisation, Site, User
from accounts.roles import KIND_OF, PERMISSIONS, Kind, Permission, Role


def person(**facts):
    return User(**{"name": "Sam", "staff_number": "B18"} | facts)


@pytest.fixture
def organisations(cast):
    return {
        Kind.COMPANY: cast["moss"].organisation,
        Kind.CUSTOMER: cast["cole"].organisation,
        Kind.POLICE: cast["priya"].organisation,
        "": None,
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", [*Kind, ""])
def test_a_role_belongs_to_one_kind_of_organisation(organisations, role, kind):
    somebody = person(role=role, organisation=organisations[kind])
    if kind == KIND_OF[role]:
        somebody.full_clean(exclude=["password"])
        somebody.save()
    else:
        with pytest.raises(ValidationError, match="Choose an organisation of the kind"):
            somebody.full_clean(exclude=["password"])
        with pytest.raises(IntegrityError, match="a_role_and_its_organisation_fit"), transaction.atomic():
            somebody.save()


def test_a_row_that_was_changed_past_the_model_is_refused_too(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast["asha"].pk).update(role=Role.POLICE)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast["ada"].pk).update(organisation=cast["moss"].organisation)


def test_a_person_signs_in_somehow(organisations):
    nobody = person(role=Role.ADMIN, staff_number="", email="")
    with pytest.raises(ValidationError, match="Enter an e-mail address or a staff number"):
        nobody.full_clean(exclude=["password"])
    with pytest.raises(IntegrityError, match="a_person_signs_in_somehow"), transaction.atomic():
        nobody.save()


@pytest.mark.parametrize("name", ["kit@brightkeep.example", "two words", "-1", "B18@"])
def test_a_staff_number_is_never_taken_for_an_address(organisations, name):
    with pytest.raises(ValidationError, match="Use letters, digits"):
        person(role=Role.ADMIN, staff_number=name).full_clean(exclude=["password"])


@pytest.mark.parametrize("again", [{"email": "SAM@Example.com "}, {"staff_number": " b18"}])
def test_one_spelling_of_a_name_is_one_person(db, again):
    person(role=Role.ADMIN, email="sam@example.com").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        User(name="Sam again", role=Role.ADMIN, **again).save()


def test_several_people_have_no_address_or_no_staff_number(db):
    for number in range(2):
        person(role=Role.ADMIN, staff_number=f"B{number}", email="").save()
        person(role=Role.ADMIN, staff_number="", email=f"{number}@example.com").save()
    assert User.objects.count() == 4


def test_a_company_has_a_force_to_tell(db):
    company = Organisation(name="New", kind=Kind.COMPANY)
    with pytest.raises(ValidationError, match="Choose the force"):
        company.full_clean()
    with pytest.raises(IntegrityError, match="a_company_has_a_default_force"), transaction.atomic():
        company.save()


def test_that_force_is_a_police_force(organisations):
    company = Organisation(name="New", kind=Kind.COMPANY, default_force=organisations[Kind.CUSTOMER])
    with pytest.raises(ValidationError, match="Choose the force"):
        company.full_clean()


@pytest.mark.parametrize(
    ("field", "kind"), [("contractor", "customer"), ("customer", "police"), ("police_force", "company")]
)
def test_a_site_has_organisations_of_the_right_kinds(cast, organisations, field, kind):
    site = Site.objects.first()
    setattr(site, field, organisations[kind])
    with pytest.raises(ValidationError, match="Choose a "):
        site.full_clean()


def test_a_site_name_is_used_once_in_a_company(cast):
    site = Site.objects.first()
    site.pk = None
    site._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        site.save()


def test_every_role_has_its_verbs_and_its_kind():
    assert set(PERMISSIONS) == set(KIND_OF) == set(Role)


def test_an_admin_keeps_things_and_sees_no_concern():
    assert PERMISSIONS[Role.ADMIN] == {Permission.ADMINISTER, Permission.EDIT_GUIDANCE}


def test_the_first_admin_is_made_on_the_command_line(db):
    from django.core.management import call_command

    call_command("createsuperuser", "--noinput", email="first@example.com", name="First")
    first = User.objects.get()
    assert (first.role, first.organisation, first.is_staff) == (Role.ADMIN, None, True)
