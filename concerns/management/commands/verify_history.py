"""Check every history against its card, rows, notes, decisions and questions, and name whatever does not fit."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from concerns import history
from concerns.models import Event
from concerns.wording import stamp

KINDS = ("cards", "events", "notes", "people", "vehicles", "decisions", "questions", "answers")


class Command(BaseCommand):
    help = "Names every event and all evidence that was changed, removed, added or moved, and then exits with 1."

    def add_arguments(self, parser):
        parser.add_argument("--fingerprint", help="say what this one of a statement pack is of, and whether that fits")

    def handle(self, *args, **options):
        return self._find(options["fingerprint"]) if options["fingerprint"] else self._check_all()

    def _find(self, fingerprint):
        """Whose it is. An event's seal covers all of its history before it; a card's digest the card itself."""
        typed = "".join(fingerprint.split()).lower()
        sent = Q(verb=Event.Verb.RECEIVED, detail__whole=typed)
        event = Event.objects.filter(Q(mac=typed) | sent).first()
        if event is None:
            raise CommandError("No history here has this fingerprint. Was every figure typed?")
        one, problems = history.check(event.concern_id)
        for problem in problems:
            self.stdout.write(f"{one}: {problem}")
        what = f"event {event.number}, {event.get_verb_display().lower()}" if event.mac == typed else "the card as sent"
        fits = "It does not fit." if problems else "It fits."
        self.stdout.write(f"It is of {one}: {what}, {stamp(event.at)}. {fits}")
        if problems:
            raise SystemExit(1)

    def _check_all(self):
        checked, found = Counter(), 0
        for one, problems in history.verify():
            checked.update({kind: len(getattr(one, kind)) for kind in KINDS})
            found += len(problems)
            for problem in problems:
                self.stdout.write(f"{one}: {problem}")
        counted = ", ".join(f"{checked[kind]} {kind}" for kind in KINDS)
        self.stdout.write(f"Checked {counted}. {f'Does not fit: {found}.' if found else 'Everything fits.'}")
        if found:
            raise SystemExit(1)
