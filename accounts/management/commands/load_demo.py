from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import demo


class Command(BaseCommand):
    help = "Loads the made-up people and places of a trial. Those that are there already stay as they are."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Made-up people are for a trial only: set DEMO=1.")
        self.stdout.write(f"{len(demo.load())} made-up people are there.")
