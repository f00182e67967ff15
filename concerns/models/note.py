import uuid

from django.conf import settings
from django.db import models

from accounts.models import Organisation
from accounts.roles import Role
from concerns.encryption import EncryptedCodesField, EncryptedTextField


class Note(models.Model):
    """A dated, signed addition to a concern. The first account stays; corrections are notes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, related_name="notes")
    submission_key = models.UUIDField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_role = models.CharField(max_length=12, choices=Role)
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    text = EncryptedTextField()
    about = EncryptedCodesField()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["written_by", "submission_key"], name="one_note_for_a_submission")
        ]

    def __str__(self):
        return f"Note on {self.concern_id}"
