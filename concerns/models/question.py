import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Organisation, User
from accounts.roles import Role
from concerns.encryption import EncryptedTextField
from concerns.models.concern import Concern
from concerns.models.delivery import Delivery
from concerns.routing import Recipient


class QuestionQuerySet(models.QuerySet["Question"]):
    def unanswered(self) -> "QuestionQuerySet":
        return self.filter(answer=None)

    def still_read(self) -> "QuestionQuerySet":
        """Without those of somebody to whom the concern was closed since: they could not read the answer."""
        withheld = Delivery.objects.filter(concern=OuterRef("concern"), withheld_at__isnull=False)
        return self.exclude(Exists(withheld.filter(recipient=OuterRef("author_role"))))

    def addressed_to(self, user: User) -> "QuestionQuerySet":
        """Those that are this person's to answer: about their own cards, or about a leaver's where they decide.

        Head office decides; the lead where head office is withheld, or was.
        """
        own = Q(concern__in=Concern.objects.written_by(user))
        if user.role not in (Role.HEAD_OFFICE, Role.LEAD):
            return self.still_read().filter(own)
        works_there = Q(concern__reported_by__is_active=True, concern__reported_by__organisation=F("concern__company"))
        theirs = Delivery.objects.addressed_to(user).filter(recipient=user.role, released_at=None)
        if user.role == Role.LEAD:
            office = Delivery.objects.filter(recipient=Recipient.HEAD_OFFICE, concern=OuterRef("concern"))
            theirs = theirs.filter(Exists(office.exclude(withheld_at=None, released_at=None)))
        is_theirs = Q(Exists(theirs.filter(concern=OuterRef("concern"))))  # of a few questions, not of all their copies
        return self.still_read().filter(own | (~works_there & is_theirs))


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
        return f"Question on {self.concern_id}"


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
        return f"Answer on {self.question_id}"
