"""Who is told, and how soon: routing.csv, which a head of safeguarding can read and correct."""

import csv
from datetime import timedelta
from itertools import combinations, product
from pathlib import Path

import pytest

from concerns.routing import Party, Recipient, Urgency, route, withheld

COLUMNS = {
    "manager": Recipient.MANAGER,
    "head office": Recipient.HEAD_OFFICE,
    "customer": Recipient.CUSTOMER,
    "police call": Recipient.POLICE_CALL,
    "police copy": Recipient.POLICE,
    "safeguarding lead": Recipient.LEAD,
    "professional standards": Recipient.STANDARDS,
}
UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1)}
WITHHELD, NOT_TOLD = "withheld", "-"

with (Path(__file__).parent / "routing.csv").open() as file:
    ROWS = list(csv.DictReader(file))


def name(row):
    return f"{row['urgency']}, {row['about']}, {'at a site' if row['site'] == 'yes' else 'somewhere else'}"


def allowed(cell):
    number, unit = cell.split()
    return int(number) * UNITS[unit]


def asked(row):
    return {"urgency": row["urgency"], "about": set(row["about"].split(" + ")), "has_site": row["site"] == "yes"}


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_table_says_who_is_told_and_how_soon(row):
    expected = {recipient: row[column] for column, recipient in COLUMNS.items()}
    told = {who: allowed(cell) for who, cell in expected.items() if cell not in (WITHHELD, NOT_TOLD)}
    assert route(**asked(row)) == told


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_table_says_from_whom_it_is_withheld(row):
    absent = set() if row["site"] == "yes" else {Recipient.MANAGER, Recipient.CUSTOMER}
    expected = {recipient for column, recipient in COLUMNS.items() if row[column] == WITHHELD}
    assert withheld(asked(row)["about"]) - absent == expected


def test_the_table_holds_every_urgency_and_every_set_of_answers_once():
    parties = [party.value for party in Party if party != Party.NO]
    answers = {(Party.NO.value,)} | {chosen for n in range(1, 6) for chosen in combinations(parties, n)}
    every = set(product(Urgency.values, answers, ("yes", "no")))
    assert len(ROWS) == len(every)
    assert {(row["urgency"], tuple(row["about"].split(" + ")), row["site"]) for row in ROWS} == every


def test_the_table_has_a_column_for_every_recipient():
    assert set(COLUMNS.values()) == set(Recipient)
    assert set(ROWS[0]) == {"urgency", "about", "site", *COLUMNS}


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_one_police_desk_or_the_other_is_always_told(row):
    desks = {Recipient.POLICE, Recipient.STANDARDS} & route(**asked(row)).keys()
    assert desks == ({Recipient.STANDARDS} if Party.POLICE in asked(row)["about"] else {Recipient.POLICE})


def test_an_unanswered_question_routes_nothing():
    with pytest.raises(ValueError, match="could be involved"):
        route(urgency=Urgency.ROUTINE, about=set())


def test_an_answer_that_the_card_does_not_offer_routes_nothing():
    with pytest.raises(KeyError):
        route(urgency=Urgency.ROUTINE, about={"somebody"})
