"""Seal everything again with the newest of FIELD_KEYS, so that the older ones can be taken away."""

from django.core.management.base import BaseCommand

from accounts.actions import reseal_second_factors, reseal_webhook_secrets
from concerns import rotation
from concerns.encryption import newest_key_id


class Command(BaseCommand):
    help = "Seals everything again with the newest of FIELD_KEYS. May be stopped and run again, beside the service."

    def handle(self, *args, **options):
        changed, _ = self.seal_all()
        self.stdout.write(f"Rows sealed again with the key {newest_key_id()}: {changed}.")
        late, unreadable = self.seal_all()  # a second look, because the service may have been writing
        for error in unreadable:
            self.stdout.write(str(error))
        if unreadable:
            self.stdout.write(f"Cannot be read: {len(unreadable)}. Keep all keys, and find out why.")
        elif late:
            self.stdout.write(f"Written with an older key meanwhile: {late}. Restart the service, then run this again.")
        else:
            self.stdout.write("Nothing is left under an older key: the older keys can be taken away.")
        if late or unreadable:
            raise SystemExit(1)

    def seal_all(self):
        """(how many rows were sealed again, which values cannot be read)"""
        changed, unreadable = reseal_second_factors() + reseal_webhook_secrets(), []
        for model in rotation.sealed_models():
            rows, broken = rotation.rotate(model)
            changed, unreadable = changed + rows, unreadable + broken
        return changed, unreadable
