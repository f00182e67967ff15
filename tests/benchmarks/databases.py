"""Databases to measure in, beside the one that DATABASE_URL names: that one is never touched."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.core.management import call_command
from django.db import connection

from accounts import demo

BESIDE = str(connection.settings_dict["NAME"])
ON_SQLITE = connection.vendor == "sqlite"


def make(name):
    """A new database with guidance and the made-up people, which this process then works in. Gives the people."""
    remove(name)
    if not ON_SQLITE:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {_named(name)}")
    use(name)
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("load_guidance", verbosity=0)
    return demo.load()


def remove(name):
    connection.close()
    if ON_SQLITE:
        for leftover in Path(_named(name)).parent.glob(f"{Path(_named(name)).name}*"):
            leftover.unlink()
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {_named(name)} WITH (FORCE)")


def use(name):
    """Turn this process to that database."""
    connection.close()
    connection.settings_dict["NAME"] = _named(name)


def url(name):
    """What a server is told as DATABASE_URL."""
    if ON_SQLITE:
        return f"sqlite:///{_named(name)}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{_named(name)}"))


def settle():
    """Let PostgreSQL look at what it holds, as it does by itself a minute later."""
    if not ON_SQLITE:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _named(name):
    return str(Path(BESIDE).with_suffix(f".{name}.sqlite3")) if ON_SQLITE else f"figures_{name}"
