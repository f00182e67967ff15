"""The queue of one reader with a hundred open copies and with a hundred thousand."""

import statistics
import time
import uuid
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from concerns.models import Delivery
from concerns.views.queue import Show
from tests.benchmarks import databases
from tests.benchmarks.clients import Browser, cookies
from tests.benchmarks.filling import fill
from tests.benchmarks.statements import listened, shape
from tests.benchmarks.telling import detail, heading, line
from tests.server import Server

READERS = ["hana", "moss", "cole", "priya", "nell"]
TIMES = 25


def measure(room, few, many):
    heading(f"The queue with {few:,} and with {many:,} open copies, by turns; Nell’s site has a hundred more in both")
    worlds = []
    try:
        for number in (few, many):
            worlds.append(World(room, number))
        for reader in READERS:
            for what, page in worlds[0].pages[reader].items():
                _compare(*worlds, reader, what, page)
    finally:
        for world in worlds:
            world.close()


def _compare(small, large, reader, what, page):
    there = large.pages[reader][what]
    same = small.asked(reader, page) == large.asked(reader, there)
    times = [(small.seconds(reader, page), large.seconds(reader, there)) for _ in range(TIMES + 1)][1:]
    before, after = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    line(f"{reader.title()}, {what}: {before:.0f} ms, then {after:.0f} ms", after / before, at_most=1.3)
    if not same:
        detail("NOT the same statements, or not equally full")
    if not same or after / before > 1.3:
        large.explain(reader, there)


class World:
    """A database with so many open copies for each reader, and a server of it."""

    def __init__(self, room, number):
        self.name = f"with_{number}"
        started = time.monotonic()
        cast = databases.make(self.name)
        cast |= self._another_site(cast)
        fill(cast, number)
        fill(cast, 40, answered=True)
        fill(cast, 40, closed=True)
        fill(cast | {"asha": cast["gus"], "moss": cast["nell"]}, 100)
        databases.settle()
        detail(f"{Delivery.objects.count():,} copies stored in {time.monotonic() - started:.0f} s")
        self.pages = {reader: self._pages(cast[reader]) for reader in READERS}
        self.signed_in = {reader: cookies(cast[reader]) for reader in READERS}
        self.server = Server(room / f"{self.name}.log", DATABASE_URL=databases.url(self.name)).start()
        self.browsers = {reader: Browser(self.server.port, self.signed_in[reader]) for reader in READERS}

    @staticmethod
    def _another_site(cast):
        """A site of the same company with a guard and a manager of its own."""
        site = cast["asha"].sites.first()
        site.pk, site.name, site._state.adding = uuid.uuid4(), "Pellmoor Hotel", True
        site.save()
        roles = {"gus": Role.GUARD, "nell": Role.MANAGER}
        return {
            name: User.objects.create_user(
                name=name.title(),
                email=f"{name}@demo.example",
                role=role,
                organisation=cast["moss"].organisation,
                sites=[site],
            )
            for name, role in roles.items()
        }

    @staticmethod
    def _pages(user):
        """{what it is: its address}; each is full, with 25 that wait and 25 that were answered."""
        waiting = Delivery.objects.addressed_to(user).open().order_by("due_at", "id")
        middle = waiting[waiting.count() // 2]
        more = urlencode({"after": f"{middle.due_at.isoformat()}_{middle.pk}"})
        lists = {str(show.label): f"?show={show}" for show in Show if user.role != Role.CUSTOMER or show != Show.POLICE}
        return {"first page": "", "a page in the middle": f"?{more}", "by urgency": "?urgency=routine"} | lists

    def asked(self, reader, page):
        """How many lines the page has, and the statements it is made with but for their values."""
        lines, made = self._made(reader, page)
        return lines, [shape(sql) for sql in made]

    def _made(self, reader, page):
        databases.use(self.name)
        client = Client(headers={"host": "localhost"})
        client.cookies.load(self.signed_in[reader])
        with listened() as made:
            shown = client.get(f"/concerns/{page}").content
        return shown.count(b'class="cse-ref"'), made

    def seconds(self, reader, page):
        started = time.perf_counter()
        assert self.browsers[reader].get(f"/concerns/{page}").status == 200
        return time.perf_counter() - started

    def explain(self, reader, page):
        """How the database finds what this page lists."""
        _, made = self._made(reader, page)
        how = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF)"
        with connection.cursor() as cursor:
            for sql in (sql for sql in made if 'FROM "concerns_delivery"' in sql):
                detail(shape(sql)[:300])
                cursor.execute(f"{how} {sql}")
                for row in cursor.fetchall():
                    detail(f"    {row[-1]}")

    def close(self):
        self.server.kill()
        databases.remove(self.name)
