"""Reading a rota as Excel and others write it."""

import pytest

from accounts import shift

SAM = {"name": "Sam", "email": "sam@example.com", "phone": "020 7946 0123"}
PLAIN = "name,e-mail,phone\nSam,sam@example.com,020 7946 0123\n"


def cells(text, encoding="utf-8"):
    return [row.cells for row in shift.read(text.encode(encoding))]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip(),
        "\n\n" + PLAIN + "\n,,\n\n",
        "sep=;\n" + PLAIN.replace(",", ";"),
        '"Name","E-Mail","Phone"\n"Sam","sam@example.com","020 7946 0123"\n',
        "PHONE , Name, Email address\n020 7946 0123, Sam ,sam@example.com\n",
        "Shift,Full name,e-mail or staff number,Mobile number\nNight,Sam,sam@example.com,020 7946 0123\n",
    ],
)
def test_a_rota_may_look_like_this(text):
    assert cells(text) == [SAM]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_names_survive_every_encoding(encoding):
    assert cells("name,email\nZoë Brontë,zoe@example.com\n", encoding)[0]["name"] == "Zoë Brontë"


def test_one_column_takes_either():
    rows = cells("name,e-mail or staff number\nSam,sam@example.com\nLee,B18\nMax,\n")
    assert rows == [
        {"name": "Sam", "email": "sam@example.com"},
        {"name": "Lee", "staff_number": "B18"},
        {"name": "Max"},
    ]


def test_two_columns_are_both_kept():
    assert cells("staff no,name,email\nB18,Lee,lee@example.com\n") == [
        {"staff_number": "B18", "name": "Lee", "email": "lee@example.com"}
    ]


def test_lines_are_counted_as_an_editor_counts_them():
    rows = shift.read(b'\nname,email\nSam,a@example.com\n\n"Lee\nMarsh",b@example.com\nMax,c@example.com\n')
    assert [row.line for row in rows] == [3, 6, 7]


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (b"name,email\n", "The file names nobody"),
        (b"Sam,sam@example.com\n", "The first line must name the columns"),
        (b"name,phone\nSam,1\n", "The first line must name the columns"),
        (b"PK\x03\x04xlsx", "This is not a CSV file"),
        (b"\x89PNG\r\n\0", "This is not a CSV file"),
        (b"name,email\n" + b"Sam,sam@example.com\n" * 201, "The file has 201 guards. Bring in at most 200"),
        (b"x" * 100_001, "The file is too large"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(data, advice):
    with pytest.raises(shift.Unreadable, match=advice):
        shift.read(data)


def test_the_example_on_the_page_can_be_brought_in():
    assert [row.cells["name"] for row in shift.read(shift.EXAMPLE.encode())] == ["Sam Okoro", "Lee Marsh"]
