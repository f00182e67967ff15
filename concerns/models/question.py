import uuid

from django.conf import settings
from django.db import models

from accounts.models import Organisation
from accounts.roles import Role
from concerns.encryption import EncryptedTextField


class QuestionQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answer=None)


class Question(models.Model):
    """Something that a reader asks the author of a card. Evidence. One of the police is for police and author alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_role = models.CharField(max_length=12, choices=Role)
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = EncryptedTextField()
    at = models.DateTimeField()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return f"Question about {self.concern_id}"


class Answer(models.Model):
    """What the author said; or head office, where the author has left. Evidence: a second one never replaces it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.OneToOneField(Question, models.PROTECT, related_name="answer")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_role = models.CharField(max_length=12, choices=Role)
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = EncryptedTextField()
    at = models.DateTimeField()

    def __str__(self):
        return f"Answer to {self.question_id}"
