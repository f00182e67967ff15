from django.core.management.base import BaseCommand

from concerns import states


class Command(BaseCommand):
    help = "Print the states of a recipient’s copy as a Mermaid diagram: what docs/states.md shows."
    requires_system_checks = []

    def handle(self, *args, **options):
        self.stdout.write(states.diagram())
