"""How often the database is asked: for a card, however much is on it; for a page, however much there is to show."""

import pytest

from concerns.models import Concern
from tests.benchmarks.cards import posted
from tests.benchmarks.filling import fill
from tests.benchmarks.statements import listened, shape
from tests.cards import PERSON, VEHICLE, add_note, send_card

pytestmark = pytest.mark.usefixtures("clock")
MOST = {"no": 10, "guard": 12}  # and BEGIN and COMMIT; who is kept from it takes two
READERS = ["moss", "hana", "cole", "priya"]


@pytest.fixture
def queries(sign_in):
    """queries("hana", "/concerns/") are the statements that one request makes but for savepoints, without values."""

    def ask(who, address, card=None):
        client = sign_in(who)
        with listened() as made:
            response = client.post(address, card) if card else client.get(address)
        assert response.status_code == (302 if card else 200)
        return [shape(sql) for sql in made]

    return ask


@pytest.mark.parametrize("about", MOST)
@pytest.mark.parametrize(("people", "vehicles"), [(3, 2), (12, 12)])
def test_a_card_is_stored_in_few_queries(cast, queries, people, vehicles, about):
    card = posted(cast["asha"].sites.first(), people=people, vehicles=vehicles, about=[about])
    made = queries("asha", "/report/", card)
    concern = Concern.objects.get()
    assert (concern.people.count(), concern.vehicles.count()) == (people, vehicles)
    assert len(made) <= MOST[about], "\n".join(made)


@pytest.mark.parametrize("address", ["/concerns/", "/concerns/?urgency=routine", "/"])
@pytest.mark.parametrize("who", READERS)
def test_a_queue_asks_the_same_however_long_it_is(cast, queries, who, address):
    send_card(cast["asha"])  # due next, below what is overdue
    fill(cast, 20)
    fill(cast, 4, answered=True)
    of_few = queries(who, address)
    fill(cast, 60)
    fill(cast, 60, answered=True)
    assert queries(who, address) == of_few


@pytest.mark.parametrize("page", ["", "print/"])
@pytest.mark.parametrize("who", ["asha", *READERS])
def test_a_concern_asks_the_same_however_much_it_holds(cast, queries, who, page):
    small, large = (send_card(cast["asha"], people=[PERSON] * n, vehicles=[VEHICLE] * n) for n in (1, 12))
    for concern, notes in ((small, 1), (large, 12)):
        for n in range(notes):
            add_note(concern, cast["asha"], text=f"Note {n}", people=[PERSON] * notes, vehicles=[VEHICLE] * notes)
        for reader in [who, *READERS][:notes]:
            queries(reader, concern.get_absolute_url())  # an opening is an event, once in an hour
    assert queries(who, large.get_absolute_url() + page) == queries(who, small.get_absolute_url() + page)


def test_somebodys_own_cards_ask_the_same_however_many_they_are(cast, queries):
    fill(cast, 4)
    of_few = queries("asha", "/")
    fill(cast, 60)
    assert queries("asha", "/") == of_few
