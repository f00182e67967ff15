import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, Site, User
from accounts.roles import Role
from concerns.encryption import EncryptedTextField
from concerns.routing import Recipient, Urgency

# What the two lists of a queue hold. Each has indexes of its own: an answer is found without passing what is open.
OPEN = Q(acknowledged_at=None, told_at=None, withheld_at=None)
ANSWERED = Q(Q(acknowledged_at__isnull=False) | Q(told_at__isnull=False), withheld_at=None)
FEW_SITES = 10


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def addressed_to(self, user: User) -> "DeliveryQuerySet":
        """The copies meant for this user: to their organisation as it was that day, for the role they hold today."""
        if not user.is_active:
            return self.none()
        theirs = self.filter(organisation=user.organisation_id, recipient=user.role, withheld_at=None)
        if user.role == Role.MANAGER:
            theirs = theirs.filter(site__in=user.sites.all())
        return theirs.exclude(concern__kept_from=user)

    def open(self) -> "DeliveryQuerySet":
        """Nobody has said that they have it, or that they told them."""
        return self.filter(OPEN)

    def answered(self) -> "DeliveryQuerySet":
        return self.filter(ANSWERED)

    def page(self, most: int, sites: Collection[uuid.UUID] = ()) -> "DeliveryQuerySet":
        """The first of these, in their order, for a list. A manager's are read site by site where the sites are few:
        in an index of the whole company, theirs may be far between.
        """
        if not 0 < len(sites) <= FEW_SITES:
            return self.for_lists()[:most]
        of_each = [self.filter(site=site).values("pk")[:most] for site in sites]
        first, *rest = [Delivery.objects.filter(pk__in=of_one).for_lists() for of_one in of_each]
        return first.union(*rest, all=True).order_by(*self.query.order_by)[:most]

    def for_lists(self) -> "DeliveryQuerySet":
        """With what one line of the queue shows."""
        others = models.Prefetch("concern__deliveries", Delivery.objects.with_people())
        return self.select_related("concern__site").prefetch_related(others)

    def with_people(self) -> "DeliveryQuerySet":
        return self.select_related("organisation", "acknowledged_by", "told_by")


class Status(models.TextChoices):
    """Derived from the timestamps of a delivery, never stored."""

    WITHHELD = "withheld", "Not told"
    WAITING = "waiting", "Waiting"
    HAS_IT = "has_it", "Has it"
    TOLD = "told", "Told"


class Delivery(models.Model):
    """One recipient's copy. Its organisation is the one of that day and never changes; who reads it is live.

    Site and urgency are the card's own, kept here so that an index of the queue can be searched by them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, related_name="deliveries")
    recipient = models.CharField(max_length=11, choices=Recipient)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_index=False)  # see indexes
    urgency = models.CharField(max_length=10, choices=Urgency)
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told_whom = EncryptedTextField(null=True)  # whom they reached, or the police log number
    withheld_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name=name, fields=["organisation", "recipient", *fields, "urgency"], condition=condition)
            for name, fields, condition in (
                ("open_deliveries", ["due_at", "id"], OPEN),
                ("open_at_a_site", ["site", "due_at", "id"], OPEN),
                ("answered_deliveries", ["-due_at", "-id"], ANSWERED),
                ("answered_at_a_site", ["site", "-due_at", "-id"], ANSWERED),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["concern", "recipient"], name="one_copy_for_a_recipient"),
            models.CheckConstraint(
                name="acknowledged_at_and_by_together",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="told_at_by_and_whom_together",
                condition=Q(told_at=None, told_by=None, told_whom__isnull=True)
                | Q(told_at__isnull=False, told_by__isnull=False, told_whom__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_recipient_display()}’s copy of {self.concern_id}"

    @property
    def status(self) -> Status:
        if self.withheld_at:
            return Status.WITHHELD
        if self.acknowledged_at:
            return Status.HAS_IT
        return Status.TOLD if self.told_at else Status.WAITING

    @property
    def is_open(self) -> bool:
        return self.status == Status.WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at < timezone.now()
