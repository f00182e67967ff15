"""Reading a rota: the lines of a CSV file as Excel and others write it. Pure; says what is wrong, stores nothing."""

import csv
import io
import re
from dataclasses import dataclass

MOST_ROWS = 200
MOST_BYTES = 100_000
EXAMPLE = "name,e-mail or staff number,phone\nSam Okoro,sam.okoro@example.com,020 7946 0123\nLee Marsh,B4471,\n"

# What a column may be called, in any order and case; what is not a letter is left out.
COLUMNS = {
    "name": {"name", "fullname", "guard", "guardname", "guardsname"},
    "login": {"login", "emailorstaffnumber", "emailaddressorstaffnumber", "staffnumberoremail"},
    "email": {"email", "emailaddress", "mail"},
    "staff_number": {"staffnumber", "staffno", "staffid", "employeenumber", "payrollnumber"},
    "phone": {"phone", "phonenumber", "telephone", "telephonenumber", "tel", "mobile", "mobilenumber", "mobilephone"},
}


class Unreadable(Exception):
    """Why the whole file cannot be read, as a sentence for the person who chose it."""


@dataclass(frozen=True)
class Entry:
    """One guard to take on: what a manager typed, or what a line says. One of e-mail and staff number is enough."""

    name: str
    email: str = ""
    staff_number: str = ""
    phone: str = ""
    line: int = 0


@dataclass(frozen=True)
class Row:
    """One guard, and the line of the file that names them."""

    line: int
    cells: dict[str, str]


def read(data: bytes) -> list[Row]:
    """The rows below the heading, empty ones left out. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file is too large. Bring in at most {MOST_ROWS} guards at a time.")
    rows = _rows(_decode(data))
    if not rows:
        raise Unreadable("The file names nobody. Write one guard on each line below the heading.")
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"The file has {len(rows)} guards. Bring in at most {MOST_ROWS} at a time.")
    return rows


def _decode(data: bytes) -> str:
    """UTF-8, UTF-16 where it says so, else the encoding of a British Windows."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if data[:2] == b"PK" or b"\0" in data:
        raise Unreadable("This is not a CSV file. In Excel, choose Save as, then CSV.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str) -> list[Row]:
    lines = re.sub(r"\r\n?", "\n", text).split("\n")
    heading = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("sep=")), None)
    if heading is None:
        raise Unreadable("The file is empty. Copy the example and put your guards in it.")
    delimiter, columns = _columns(lines[heading])
    reader = csv.reader(io.StringIO("\n".join(lines[heading + 1 :])), delimiter=delimiter)
    try:
        cells = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise Unreadable("The file cannot be read as CSV. Copy the example and put your guards in it.") from error
    return [Row(heading + 1 + line, _named(columns, row)) for line, row in cells if any(cell.strip() for cell in row)]


def _columns(heading: str) -> tuple[str, list[str]]:
    """The mark between cells, and what each column holds; "" for one that we do not know."""
    for delimiter in ",;\t":
        titles = next(csv.reader([heading], delimiter=delimiter))
        columns = [_column(title) for title in titles]
        if "name" in columns and {"login", "email", "staff_number"} & set(columns):
            return delimiter, columns
    raise Unreadable("The first line must name the columns: name, e-mail or staff number, phone.")


def _column(title: str) -> str:
    letters = re.sub(r"[^a-z]", "", title.lower())
    return next((column for column, names in COLUMNS.items() if letters in names), "")


def _named(columns: list[str], row: list[str]) -> dict[str, str]:
    """{column: what was written}; one cell for either name goes where it belongs."""
    cells = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if column}
    login = cells.pop("login", "")
    return {("email" if "@" in login else "staff_number"): login} | cells if login else cells
