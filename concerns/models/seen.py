import uuid

from django.db import models

from concerns.encryption import EncryptedTextField

MOST = 12  # of each, on one card or one note


class Looks(models.TextChoices):
    """How old somebody looked: a guard's impression, never a finding."""

    UNDER_10 = "under_10", "Under 10"
    TO_12 = "10_12", "10–12"
    TO_15 = "13_15", "13–15"
    TO_17 = "16_17", "16–17"
    ABOUT_18 = "about_18", "About 18"
    TO_24 = "18_24", "18–24"
    TO_34 = "25_34", "25–34"
    TO_49 = "35_49", "35–49"
    OVER_50 = "50_over", "50 and over"
    UNKNOWN = "unknown", "Can’t say"


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    UNSURE = "unsure", "Not sure"


class PersonSeen(models.Model):
    """A person on a card, or on a note where `note` is set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, null=True, related_name="people")
    note = models.ForeignKey("Note", models.PROTECT, null=True, related_name="people")
    number = models.PositiveSmallIntegerField()
    looks = models.CharField(max_length=8, choices=Looks, blank=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True)
    name = EncryptedTextField(default="")
    description = EncryptedTextField(default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="a_person_is_on_a_card_or_a_note",
                condition=models.Q(concern__isnull=True) ^ models.Q(note__isnull=True),
            )
        ]

    def __str__(self):
        return f"Person {self.number}"


class VehicleSeen(models.Model):
    """A vehicle on a card, or on a note where `note` is set. The mark is kept as it was typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, null=True, related_name="vehicles")
    note = models.ForeignKey("Note", models.PROTECT, null=True, related_name="vehicles")
    number = models.PositiveSmallIntegerField()
    mark = EncryptedTextField(default="")
    make = EncryptedTextField(default="")
    company = EncryptedTextField(default="")
    inside = EncryptedTextField(default="")
    went = EncryptedTextField(default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="a_vehicle_is_on_a_card_or_a_note",
                condition=models.Q(concern__isnull=True) ^ models.Q(note__isnull=True),
            )
        ]

    def __str__(self):
        return f"Vehicle {self.number}"
