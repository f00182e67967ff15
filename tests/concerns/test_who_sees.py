"""People move, rise, leave and return, sites are sold, cards and notes arrive: who sees what, by a second set of rules.

The rules below are written from the words of the design alone, and know nothing of routing, deliveries or queries.
"""

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts import demo
from accounts.models import Organisation, Site, User
from concerns.models import Concern
from tests.cards import add_note, send_card

# --- The second set of rules --------------------------------------------------------------------------------------

SHUT_OUT = {  # by each answer: whose copy is withheld
    "no": "",
    "site": "customer",
    "guard": "manager customer",
    "office": "manager head_office customer",
    "police": "police",
    "unsure": "manager customer",
}


class Person:
    """Where somebody works, as what, at which sites, and whether they still do."""

    def __init__(self, role, organisation, sites=()):
        self.role, self.organisation, self.sites, self.works_here = role, organisation, set(sites), True


class Place:
    def __init__(self, contractor, customer, force):
        self.contractor, self.customer, self.force = contractor, customer, force


class Card:
    """Whose copies there were on the card's own day, who is told still, and who is kept out for good."""

    def __init__(self, author, company, site, place, own_force):
        self.author, self.company, self.site = author, company, site
        self.to = {"manager": company, "head_office": company, "lead": company}
        self.to |= {"customer": place.customer, "police": place.force} if place else {"police": own_force}
        self.told = {"manager", "head_office", "customer", "police"} if place else {"head_office", "police"}
        self.kept_from = set()

    def narrow(self, answers, people):
        """Shut out whom it may be about, and keep out for good whoever stands in their place now."""
        shut_out = {role for answer in answers for role in SHUT_OUT[answer].split()}
        for name, person in people.items():
            if person.works_here and self.stands_in(person, shut_out, people):
                self.kept_from.add(name)
        self.told = (self.told - shut_out) | ({"lead"} if "office" in answers else set())

    def stands_in(self, person, roles, people):
        if person.role not in roles or self.to.get(person.role) != person.organisation:
            return False
        here = {self.site} if self.site else people[self.author].sites
        return person.role != "manager" or bool(person.sites & here)

    def is_seen_by(self, name, person):
        if not person.works_here:
            return False
        if name == self.author and person.organisation == self.company:
            return True
        addressed = person.role in self.told and self.to[person.role] == person.organisation
        cares_for_it = person.role != "manager" or self.site in person.sites
        return addressed and cares_for_it and name not in self.kept_from


# --- The world ----------------------------------------------------------------------------------------------------

ROLES = {
    "company": ["guard", "manager", "head_office", "lead"],
    "customer": ["customer"],
    "police": ["police"],
}
ANSWERS = st.just(["no"]) | st.sets(st.sampled_from(["site", "guard", "office", "police", "unsure"]), min_size=1).map(
    sorted
)
ONE_OF_THEM = st.integers(0, 1_000)  # of those who are possible at that moment


def build():
    """The demo's cast, another manager, a second customer and a second force with somebody in each."""
    cast = demo.load()
    larkmoor = Organisation.objects.create(name="Larkmoor Estates", kind="customer")
    eastmoor = Organisation.objects.create(name="Eastmoor Police", kind="police")
    company = cast["asha"].organisation
    extra = {"nell": ("manager", company), "bea": ("customer", larkmoor), "olu": ("police", eastmoor)}
    for name, (role, organisation) in extra.items():
        sites = Site.objects.filter(contractor=organisation)
        User.objects.create_user(
            name=name, email=f"{name}@example.org", role=role, organisation=organisation, sites=sites
        )


class World(RuleBasedStateMachine):
    """The database on one side, the second set of rules on the other."""

    cards = Bundle("cards")

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.users = {user.name: user for user in User.objects.prefetch_related("sites")}
        self.sites = {site.name: site for site in Site.objects.all()}
        self.organisations = {organisation.name: organisation for organisation in Organisation.objects.all()}
        self.people = {
            name: Person(user.role, user.organisation and user.organisation.name, [s.name for s in user.sites.all()])
            for name, user in self.users.items()
        }
        self.places = {
            name: Place(site.contractor.name, site.customer.name, site.police_force.name)
            for name, site in self.sites.items()
        }
        self.sent = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def of_kind(self, kind):
        return sorted(name for name, organisation in self.organisations.items() if organisation.kind == kind)

    def reporters(self):
        works = {name for name, person in self.people.items() if person.works_here}
        return sorted(name for name in works if self.people[name].role in ROLES["company"])

    # --- What people write ---

    @rule(target=cards, pick=ONE_OF_THEM, about=ANSWERS, elsewhere=st.booleans())
    def send(self, pick, about, elsewhere):
        reporters = self.reporters()
        if not reporters:
            return None
        author = reporters[pick % len(reporters)]
        site = self.site_of(author, pick, elsewhere)
        concern = send_card(self.fresh(author), site=site and self.sites[site], about=about, zone="")
        company = self.people[author].organisation
        card = Card(author, company, site, self.places.get(site), "Wexmoor Police")
        card.narrow(about, self.people)
        self.sent[concern.pk] = card
        return concern

    def site_of(self, author, pick, elsewhere):
        person = self.people[author]
        theirs = [name for name, place in self.places.items() if place.contractor == person.organisation]
        if person.role in ("guard", "manager"):
            theirs = [name for name in theirs if name in person.sites]
        return None if elsewhere or not theirs else sorted(theirs)[pick % len(theirs)]

    @rule(concern=cards, pick=ONE_OF_THEM, about=ANSWERS)
    def add_note(self, concern, pick, about):
        if concern is None:
            return
        card = self.sent[concern.pk]
        readers = sorted(name for name, person in self.people.items() if card.is_seen_by(name, person))
        readers = [name for name in readers if self.people[name].role != "customer"]
        if readers:
            add_note(Concern.objects.get(pk=concern.pk), self.fresh(readers[pick % len(readers)]), about=about)
            card.narrow(about, self.people)

    # --- What becomes of people ---

    @rule(pick=ONE_OF_THEM, role=st.sampled_from(ROLES["company"]))
    def give_another_role(self, pick, role):
        in_a_company = [name for name, person in sorted(self.people.items()) if person.role in ROLES["company"]]
        if in_a_company:
            self.change(in_a_company[pick % len(in_a_company)], role=role)

    @rule(pick=ONE_OF_THEM, to=ONE_OF_THEM, role=ONE_OF_THEM)
    def change_jobs(self, pick, to, role):
        organisation = [None, *sorted(self.organisations)][to % (len(self.organisations) + 1)]
        roles = ROLES[self.organisations[organisation].kind] if organisation else ["admin"]
        self.change(self.somebody(pick)[0], organisation=organisation, role=roles[role % len(roles)])

    @rule(pick=ONE_OF_THEM, to=ONE_OF_THEM, added=st.booleans())
    def move(self, pick, to, added):
        name, person = self.somebody(pick)
        site = sorted(self.sites)[to % len(self.sites)]
        sites = self.users[name].sites
        sites.add(self.sites[site]) if added else sites.remove(self.sites[site])
        person.sites = person.sites | {site} if added else person.sites - {site}

    @rule(pick=ONE_OF_THEM)
    def leave_or_come_back(self, pick):
        name, person = self.somebody(pick)
        self.change(name, works_here=not person.works_here)

    def somebody(self, pick):
        return sorted(self.people.items())[pick % len(self.people)]

    def change(self, name, **facts):
        person, user = self.people[name], self.users[name]
        for fact, value in facts.items():
            setattr(person, fact, value)
        user.role, user.is_active = person.role, person.works_here
        user.organisation = self.organisations[person.organisation] if person.organisation else None
        user.save()

    # --- What becomes of sites ---

    @rule(pick=ONE_OF_THEM, to=ONE_OF_THEM, part=st.sampled_from(["contractor", "customer", "force"]))
    def sell(self, pick, to, part):
        name, place = sorted(self.places.items())[pick % len(self.places)]
        possible = self.of_kind({"contractor": "company", "customer": "customer", "force": "police"}[part])
        setattr(place, part, possible[to % len(possible)])
        site = self.sites[name]
        setattr(site, "police_force" if part == "force" else part, self.organisations[getattr(place, part)])
        site.save()

    # --- What must always be true ---

    def fresh(self, name):
        """As another request would find them."""
        return User.objects.get(pk=self.users[name].pk)

    @invariant()
    def everybody_sees_what_the_rules_say(self):
        for user in User.objects.all() if self.sent else ():
            sees = set(Concern.objects.visible_to(user).values_list("pk", flat=True))
            person = self.people[user.name]
            assert sees == {pk for pk, card in self.sent.items() if card.is_seen_by(user.name, person)}, user.name


@pytest.mark.django_db
def test_two_sets_of_rules_agree_on_who_sees_what():
    build()
    profile = settings.get_profile(settings.get_current_profile_name())
    run_state_machine_as_test(World, settings=settings(profile, stateful_step_count=25))
