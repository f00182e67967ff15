import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Organisation, Site, User
from accounts.roles import Role
from concerns.encryption import EncryptedTextField
from concerns.models.decision import Decision
from concerns.models.timed import A_LITTLE, Timed, TimedQuerySet
from concerns.routing import SHORTEST_PAUSE, Recipient, Urgency

# What the lists of a queue hold. Each has indexes of its own: an answer is found without passing what is open.
OPEN = Q(acknowledged_at=None, told_at=None, withheld_at=None, held_until=None)
ANSWERED = Q(
    Q(acknowledged_at__isnull=False) | Q(told_at__isnull=False), withheld_at=None, held_until=None, closed_at=None
)
CLOSED = Q(closed_at__isnull=False, withheld_at=None, held_until=None)
ENDED = Q(acknowledged_at__isnull=False) | Q(told_at__isnull=False) | Q(withheld_at__isnull=False)
FEW_SITES = 10

# What a copy is like that starts anew: nobody was sent anything and nobody has answered. Its moments are the caller's.
ANEW: dict[str, Any] = {
    "notified_at": None,
    "sent_at": None,
    "escalations": 0,
    "escalated_at": None,
    "received_at": None,
    "received_by": None,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "told_at": None,
    "told_by": None,
    "told_whom": None,
    "told_how": "",
    "told_log": None,
    "leased_until": None,
    "generation": F("generation") + 1,
}


class DeliveryQuerySet(TimedQuerySet):
    def addressed_to(self, user: User) -> "DeliveryQuerySet":
        """The copies meant for this user: to their organisation as it was that day, for the role they hold today.

        And those that were passed on to them by name. One that is withheld, or on hold, is for nobody.
        """
        if not user.is_active:
            return self.none()
        theirs = Q(recipient=user.role)
        if user.role == Role.MANAGER:
            theirs &= Q(site__in=user.sites.all())
        passed_on = Decision.objects.passed_on_to(user)
        if passed_on.exists():  # hardly ever; where not, the queue's indexes answer alone
            theirs |= Q(pk__in=passed_on.values("delivery"))
        shown = self.filter(theirs, organisation=user.organisation_id, withheld_at=None, held_until=None)
        return shown.exclude(concern__kept_from=user)

    def open(self) -> "DeliveryQuerySet":
        """Nobody has said that they have it, or that they told them; and nothing keeps it from them."""
        return self.filter(OPEN)

    def answered(self) -> "DeliveryQuerySet":
        return self.filter(ANSWERED)

    def closed(self) -> "DeliveryQuerySet":
        return self.filter(CLOSED)

    def police_not_told(self) -> "DeliveryQuerySet":
        """Copies of concerns that the police should know of by now and do not, the longest first."""
        return self.filter(police_due_at__lt=timezone.now()).order_by("police_due_at", "id")

    def most_urgent(self, most: int, sites: Collection[uuid.UUID] = ()) -> "DeliveryQuerySet":
        """The first of these for a list, the most urgent before the rest: each urgency is read in their own order."""
        places = [self.filter(site=site) for site in sites] if len(sites) <= FEW_SITES else []
        found = [
            Delivery.objects.filter(pk__in=copies.filter(urgency=urgency).values("pk")[:most])
            .annotate(turn=Value(turn))
            .for_lists()
            for turn, urgency in enumerate(Urgency.values)
            for copies in places or [self]
        ]
        return found[0].union(*found[1:], all=True).order_by("turn", *self.query.order_by)[:most]

    def footage_at_risk(self, within: timedelta) -> "DeliveryQuerySet":
        """Copies of concerns whose footage is about to be overwritten and nobody has saved, the soonest first."""
        now = timezone.now()
        return self.filter(footage_until__gt=now, footage_until__lte=now + within).order_by("footage_until", "id")

    def page(self, most: int, sites: Collection[uuid.UUID] = ()) -> "DeliveryQuerySet":
        """The first of these, in their order, for a list. A manager's are read site by site where the sites are few:
        in an index of the whole company, theirs may be far between.
        """
        if not 0 < len(sites) <= FEW_SITES:
            return self.for_lists()[:most]
        of_each = [self.filter(site=site).values("pk")[:most] for site in sites]
        first, *rest = [Delivery.objects.filter(pk__in=of_one).for_lists() for of_one in of_each]
        return first.union(*rest, all=True).order_by(*self.query.order_by)[:most]

    def chased_ahead_of(self, now: datetime) -> "DeliveryQuerySet":
        """Those that a clock chased which was set back since, and which would now wait for it to come round again."""
        ahead, soon = now + A_LITTLE, now + SHORTEST_PAUSE + A_LITTLE
        first = Q(escalated_at=None, notified_at__gt=ahead, act_at__gt=Greatest(F("due_at"), Value(soon)))
        late = Q(escalated_at__gt=ahead) | first & ~Q(urgency=Urgency.ROUTINE)  # theirs may rest until morning
        return self.open().filter(late, act_at__isnull=False)

    def for_lists(self) -> "DeliveryQuerySet":
        """With what one line of the queue shows."""
        others = models.Prefetch("concern__deliveries", Delivery.objects.with_people())
        return self.select_related("concern__site").prefetch_related(others)

    def with_people(self) -> "DeliveryQuerySet":
        return self.select_related("organisation", "acknowledged_by", "told_by")


class Status(models.TextChoices):
    """Derived from the timestamps of a delivery, never stored."""

    WITHHELD = "withheld", "Not told"
    HELD = "held", "On hold"
    WAITING = "waiting", "Waiting"
    HAS_IT = "has_it", "Has it"
    TOLD = "told", "Told"


class ToldHow(models.TextChoices):
    """How somebody was told."""

    N999 = "999", "999"
    N101 = "101", "101"
    N61016 = "61016", "61016, British Transport Police"
    CONTROL_ROOM = "control_room", "Control room"
    IN_PERSON = "in_person", "In person"
    FORM = "form", "Their own form"
    PHONE = "phone", "Another number"


class Delivery(Timed):
    """One recipient's copy. Its organisation is the one of that day and never changes; who reads it is live.

    Site and urgency are the card's own, kept here so that an index of the queue can be searched by them; so is what
    presses on the whole concern: when its footage is lost, and when the police must have been told and are not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, related_name="deliveries")
    recipient = models.CharField(max_length=11, choices=Recipient)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_index=False)  # see indexes
    urgency = models.CharField(max_length=10, choices=Urgency)
    allowed = models.DurationField()  # the time allowed: it was addressed to them that long before due_at
    due_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)  # its first messages were made
    sent_at = models.DateTimeField(null=True)  # the first of them left
    escalations = models.PositiveIntegerField(default=0)
    escalated_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)  # somebody at a duty desk says that they have it
    received_by = EncryptedTextField(null=True)
    generation = models.PositiveIntegerField(default=0)  # of the links that its duty desk was sent
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told_whom = EncryptedTextField(null=True)  # whom they reached
    told_how = models.CharField(max_length=12, choices=ToldHow, blank=True)
    told_log = EncryptedTextField(null=True)  # the police log number; empty where none was given
    withheld_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)  # the police ask that they are not told yet; look again by then
    closed_at = models.DateTimeField(null=True)
    footage_until = models.DateTimeField(null=True)
    police_due_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name=name, fields=["organisation", "recipient", *fields, "urgency"], condition=condition)
            for name, fields, condition in (
                ("open_deliveries", ["due_at", "id"], OPEN),
                ("open_at_a_site", ["site", "due_at", "id"], OPEN),
                ("answered_deliveries", ["-due_at", "-id"], ANSWERED),
                ("answered_at_a_site", ["site", "-due_at", "-id"], ANSWERED),
                ("closed_deliveries", ["-closed_at", "-id"], CLOSED),
                ("closed_at_a_site", ["site", "-closed_at", "-id"], CLOSED),
                ("footage_until_presses", ["footage_until", "id"], Q(footage_until__isnull=False)),
                ("footage_until_at_a_site", ["site", "footage_until", "id"], Q(footage_until__isnull=False)),
                ("police_due_at_presses", ["police_due_at", "id"], Q(police_due_at__isnull=False)),
                ("police_due_at_at_a_site", ["site", "police_due_at", "id"], Q(police_due_at__isnull=False)),
            )
        ] + [models.Index(name="deliveries_due", fields=["act_at"], condition=Q(act_at__isnull=False))]
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
            models.CheckConstraint(
                name="received_at_and_by_together",
                condition=Q(received_at=None, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
            models.CheckConstraint(  # nobody is ever left untold without a moment at which somebody is chased
                name="time_acts_on_a_copy_until_it_has_ended",
                condition=(Q(act_at__isnull=False) & ~ENDED) | (Q(act_at=None) & ENDED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_recipient_display()}’s copy of {self.concern_id}"

    @property
    def status(self) -> Status:
        if self.withheld_at:
            return Status.WITHHELD
        if self.held_until:
            return Status.HELD
        if self.acknowledged_at:
            return Status.HAS_IT
        return Status.TOLD if self.told_at else Status.WAITING

    @property
    def is_open(self) -> bool:
        return self.status == Status.WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at < timezone.now()

    def readers(self) -> models.QuerySet[User]:
        """Everybody whom `addressed_to` would show this copy to, today."""
        theirs = Q(role=self.recipient)
        if self.recipient == Recipient.MANAGER:
            theirs &= Q(sites=self.site_id)
        passed_on = Decision.objects.filter(kind=Decision.Kind.PASS_ON, delivery=self).values("person")
        people = User.objects.active().filter(theirs | Q(pk__in=passed_on), organisation=self.organisation_id)
        if self.withheld_at or self.held_until:
            return people.none()
        return people.exclude(pk__in=self.concern.kept_from.values("pk")).order_by("pk").distinct()

    def desk(self) -> dict[str, str]:
        """{channel: address} of this recipient's duty desk; none that is read by anybody who may not know of this.

        A copy that was released is for the people it was released to: whoever else reads the mailbox may be involved.
        """
        if self.withheld_at or self.held_until or self.released_at:
            return {}
        own = {channel: address for channel, address in self._addresses().items() if address}
        if not own or not self.concern.kept_from.exists():
            return own
        read = {address for address in own.values() if self._is_read_by_somebody_kept_from(address)}
        return {channel: address for channel, address in own.items() if address not in read}

    def _addresses(self) -> dict[str, str]:
        """{channel: address, perhaps empty} of the desk, as somebody entered them."""
        site, organisation = self.site, self.organisation
        if site and self.recipient == Recipient.MANAGER and site.contractor_id == organisation.pk:  # still theirs
            return {"email": site.control_room_mailbox, "webhook": site.control_room_webhook}
        if site and self.recipient == Recipient.CUSTOMER and site.customer_id == organisation.pk:
            return {"email": site.customer_mailbox}
        mailboxes: dict[str, str] = {
            Recipient.HEAD_OFFICE: organisation.head_office_mailbox,
            Recipient.POLICE: organisation.intelligence_mailbox,
            Recipient.STANDARDS: organisation.standards_mailbox,
        }
        return {"email": mailboxes.get(self.recipient, "")}

    def _is_read_by_somebody_kept_from(self, address: str) -> bool:
        """Their own address, or one that a desk of theirs has too, wherever that is: each site and organisation counts.

        A control room is read by anybody who works there; the other desks by whoever has that role.
        """
        own, room = Q(email__iexact=address), Q(sites__control_room_mailbox__iexact=address)
        room = (room | Q(sites__control_room_webhook=address)) & Q(sites__contractor=F("organisation"))
        customers = Q(role=Role.CUSTOMER, organisation__own_sites__customer_mailbox__iexact=address)
        office = Q(role=Role.HEAD_OFFICE, organisation__head_office_mailbox__iexact=address)
        police = Q(role=Role.POLICE, organisation__intelligence_mailbox__iexact=address)
        at_work = Q(is_active=True) & (room | customers | office | police)
        return self.concern.kept_from.filter(own | at_work).exists()
