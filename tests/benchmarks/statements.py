"""What the database is asked."""

import re
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def listened():
    """A list that holds, afterwards, the statements made meanwhile but for savepoints."""
    made = []
    with CaptureQueriesContext(connection) as asked:
        yield made
    made.extend(query["sql"] for query in asked if "SAVEPOINT" not in query["sql"])


def shape(sql):
    """A statement without the values in it, how many stand in a list, and the name of its cursor."""
    sql = re.sub(r"'[^']*'(::\w+)?|\b\d+\b|_django_curs_\w+", "?", sql)
    return re.sub(r"\?(, \?)+", "?", sql)
