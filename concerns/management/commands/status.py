"""How the sending is, on one screen: for whoever runs the service. It says nothing of any card."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from concerns import backlog, references, wording
from concerns.models import Heartbeat
from concerns.worker import SILENT, is_late

MOST = 6  # of one list: all of it fits on a screen


class Command(BaseCommand):
    help = "Says whether workers run, what is due, and which addresses fail. Exits with 1 where messages are late."

    def handle(self, *args, **options):
        self.now = timezone.now()
        due = backlog.due_since(self.now)
        self.say("Workers", self.workers())
        waiting, put_off = backlog.waiting()
        self.say("Waiting", [f"{_count(waiting, 'message')}, {put_off} of them put off"])
        self.say("Due", [f"{what}: {f'for {self.ago(at)}' if at else 'nothing'}" for what, at in due.items()])
        self.say("Failing", self.failing() or ["no address"])
        self.say("Unheard", self.unheard() or ["no concern"])
        if problems := self.problems(due):
            self.stdout.write(f"\nNot well: {'; '.join(problems)}.")
            raise SystemExit(1)
        self.stdout.write("\nWell.")

    def say(self, heading, lines):
        for line in lines:
            self.stdout.write(f"{heading:<9}{line}")
            heading = ""

    def ago(self, at):
        seconds = int((self.now - at).total_seconds())
        return f"{seconds} s" if abs(seconds) < 120 else wording.length(self.now - at)

    def workers(self):
        beats = list(Heartbeat.objects.order_by("-at").values_list("at", flat=True))
        silent = [at for at in beats if at <= self.now - SILENT]
        ahead = [at for at in beats if at >= self.now + SILENT]
        running = beats[len(ahead) : len(beats) - len(silent)]
        lines = [f"{len(running)} running, heard of {self.agos(running)}" if running else "none running"]
        lines += [f"{len(silent)} silent, heard of {self.agos(silent)}"] if silent else []
        return lines + ([f"{len(ahead)} whose clock is ahead of this one"] if ahead else [])

    def agos(self, moments):
        """3 s, 8 s and 2 more ago: each, the latest first."""
        more = f" and {len(moments) - MOST} more" if len(moments) > MOST else ""
        return f"{', '.join(self.ago(at) for at in moments[:MOST])}{more} ago"

    def failing(self):
        found = backlog.troubles(self.now)
        lines = []
        for one in found[:MOST]:
            how = "refused for good" if one.for_good else "put off"
            since = wording.by(one.since, self.now)
            lines += [f"{one.address}: {one.answer}", f"  {how}, since {since}, {_count(one.tries, 'try', 'tries')}"]
        return lines + ([f"and {len(found) - MOST} more"] if len(found) > MOST else [])

    def unheard(self):
        found = [references.shown(one.reference) for one in backlog.unheard().only("reference")[: MOST + 1]]
        if not found:
            return []
        return [
            "nobody at all could be messaged about",
            "  " + ", ".join(found[:MOST]) + (" and more" if found[MOST:] else ""),
        ]

    def problems(self, due):
        late = [
            f"{what} overdue for {self.ago(at)}" for what, at in due.items() if at and self.now - at > backlog.PATIENCE
        ]
        return (["no worker is heard of: start `manage.py deliver`"] if is_late(self.now) else []) + late + self.stuck()

    def stuck(self):
        number, since = backlog.put_off_too_long(self.now)
        return [f"{_count(number, 'message')} put off, the oldest for {self.ago(since)}"] if number else []


def _count(number, one, more=""):
    return f"{number} {one if number == 1 else more or f'{one}s'}"
