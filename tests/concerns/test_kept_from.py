"""Who sees a concern when people move, rise, leave and return, and when a site is sold: nobody who did not before."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Organisation, Site, User
from accounts.roles import Kind, Role
from concerns.models import Concern, Delivery
from tests.cards import add_note, send_card


def sees(user, concern):
    user = User.objects.get(pk=user.pk)
    return Concern.objects.visible_to(user).filter(pk=concern.pk).exists()


def who_sees(concern, cast):
    return {name for name, user in cast.items() if sees(user, concern)}


def change(user, **columns):
    for name, value in columns.items():
        setattr(user, name, value)
    user.save()


def hire(name, role, organisation, sites=()):
    return User.objects.create_user(
        name=name, email=f"{name}@example.org", role=role, organisation=organisation, sites=sites
    )


def hand_over(site, **organisations):
    for name, organisation in organisations.items():
        setattr(site, name, organisation)
    site.save()


@pytest.mark.parametrize(
    ("about", "readers"),
    [
        (["no"], {"asha", "moss", "hana", "cole", "priya"}),
        (["site"], {"asha", "moss", "hana", "priya"}),
        (["guard"], {"asha", "hana", "priya"}),
        (["office"], {"asha", "lena", "priya"}),
        (["police"], {"asha", "moss", "hana", "cole"}),
        (["unsure"], {"asha", "hana", "priya"}),
        (["office", "police"], {"asha", "lena"}),
    ],
    ids=str,
)
def test_visibility_follows_routing(cast, about, readers):
    assert who_sees(send_card(cast["asha"], about=about), cast) == readers


def test_nobody_who_is_not_signed_in_sees_anything(concern):
    assert not Concern.objects.visible_to(AnonymousUser()).exists()


# --- Rising, moving -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.HEAD_OFFICE, Role.LEAD, Role.GUARD, Role.MANAGER])
@pytest.mark.parametrize("about", ["guard", "office", "unsure"])
def test_a_manager_who_was_withheld_sees_it_in_no_later_role(cast, role, about):
    concern = send_card(cast["asha"], about=[about])
    change(cast["moss"], role=role)
    assert not sees(cast["moss"], concern)


def test_head_office_that_was_withheld_does_not_see_it_as_lead(cast):
    concern = send_card(cast["asha"], about=["office"])
    change(cast["hana"], role=Role.LEAD)
    assert not sees(cast["hana"], concern)


@pytest.mark.parametrize(("who", "about"), [("cole", "site"), ("priya", "police")])
def test_a_customer_or_an_officer_who_was_withheld_does_not_see_it_in_the_company(cast, who, about):
    concern = send_card(cast["asha"], about=[about])
    change(cast[who], role=Role.HEAD_OFFICE, organisation=cast["asha"].organisation)
    assert not sees(cast[who], concern)


def test_a_new_manager_does_not_see_what_is_withheld_from_managers(cast, concern_about_moss):
    new = hire("nell", Role.MANAGER, cast["moss"].organisation, [concern_about_moss.site])
    assert not sees(new, concern_about_moss)


def test_a_new_manager_works_the_queue_of_the_one_who_left(cast, concern):
    change(cast["moss"], is_active=False)
    new = hire("nell", Role.MANAGER, cast["moss"].organisation, [concern.site])
    assert sees(new, concern)


def test_a_manager_of_another_site_sees_nothing_of_this_one(cast, concern):
    cast["moss"].sites.remove(concern.site)
    assert not sees(cast["moss"], concern)


def test_a_manager_who_comes_back_to_a_site_sees_what_was_addressed_there(cast, concern):
    cast["moss"].sites.remove(concern.site)
    cast["moss"].sites.add(concern.site)
    assert sees(cast["moss"], concern)


def test_a_note_keeps_the_concern_from_whoever_cares_for_the_site_by_then(cast, concern):
    new = hire("nell", Role.MANAGER, cast["moss"].organisation, [concern.site])
    add_note(concern, cast["asha"], about=["guard"])
    for user in (cast["moss"], new):
        change(user, role=Role.HEAD_OFFICE)
        assert not sees(user, concern)


def test_a_card_from_somewhere_else_is_kept_from_the_managers_of_its_author(cast):
    concern = send_card(cast["asha"], site=None, about=["guard"])
    change(cast["moss"], role=Role.HEAD_OFFICE)
    assert not sees(cast["moss"], concern)


# --- Leaving and coming back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "cole", "priya"])
def test_a_leaver_sees_nothing_and_on_return_what_they_saw(cast, concern, who):
    change(cast[who], is_active=False)
    assert not sees(cast[who], concern)
    assert not Delivery.objects.addressed_to(cast[who]).exists()
    assert not Concern.objects.written_by(cast[who]).exists()
    change(cast[who], is_active=True)
    assert sees(cast[who], concern)


def test_a_manager_who_was_withheld_sees_nothing_on_return(cast, concern_about_moss):
    for is_active in (False, True):
        change(cast["moss"], is_active=is_active)
        assert not sees(cast["moss"], concern_about_moss)


def test_an_author_in_another_company_loses_their_card_and_gets_it_back_on_return(cast, concern):
    home, other = cast["asha"].organisation, cast["stan"].organisation
    change(cast["asha"], organisation=other)
    assert not sees(cast["asha"], concern)
    change(cast["asha"], organisation=home)
    assert sees(cast["asha"], concern)


def test_an_author_who_becomes_an_admin_sees_no_concern(cast, concern):
    change(cast["asha"], role=Role.ADMIN, organisation=None)
    assert not sees(cast["asha"], concern)


def test_an_author_sees_their_own_card_even_where_it_is_withheld_from_their_role(cast):
    assert sees(cast["moss"], send_card(cast["moss"], about=["guard"]))


# --- A site changes hands -----------------------------------------------------------------------------------------


def test_a_new_customer_sees_nothing_from_before_the_sale(cast, concern):
    buyer = Organisation.objects.create(name="Larkmoor Estates", kind=Kind.CUSTOMER)
    hand_over(concern.site, customer=buyer)
    assert not sees(hire("bea", Role.CUSTOMER, buyer), concern)
    assert sees(cast["cole"], concern)


def test_a_new_force_sees_nothing_from_before_the_boundary_moved(cast, concern):
    force = Organisation.objects.create(name="Eastmoor Police", kind=Kind.POLICE)
    hand_over(concern.site, police_force=force)
    assert not sees(hire("olu", Role.POLICE, force), concern)
    assert sees(cast["priya"], concern)


def test_a_new_contractor_sees_nothing_of_the_one_before(cast, concern):
    site = Site.objects.get(pk=concern.site_id)
    hand_over(site, contractor=cast["stan"].organisation)
    cast["stan"].sites.add(site)
    assert not sees(cast["stan"], concern)
    assert sees(cast["hana"], concern)


def test_a_card_after_the_sale_goes_to_the_buyer(cast, concern):
    buyer = Organisation.objects.create(name="Larkmoor Estates", kind=Kind.CUSTOMER)
    hand_over(concern.site, customer=buyer)
    after = send_card(User.objects.get(pk=cast["asha"].pk), site=Site.objects.get(pk=concern.site_id))
    assert sees(hire("bea", Role.CUSTOMER, buyer), after)
    assert not sees(cast["cole"], after)
