import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from accounts.models import Organisation, Site
from accounts.roles import Role
from concerns import references
from concerns.encryption import EncryptedCodesField, EncryptedTextField, Unreadable
from concerns.models.decision import Decision
from concerns.models.delivery import Delivery
from concerns.routing import Party, Recipient, Urgency

DAYS_WHERE_UNKNOWN = 7  # that CCTV is kept


class StillThere(models.TextChoices):
    YES = "yes", "Yes"
    GONE = "gone", "Gone"
    UNKNOWN = "unknown", "Don’t know"


class Basis(models.TextChoices):
    """How the author knows. The police grade what they are told; nobody else is asked to."""

    SELF = "self", "Saw or heard it"
    CHILD = "child", "A child told me"
    CAMERA = "camera", "On camera"
    WITNESS = "witness", "Somebody who saw it told me"
    TALK = "talk", "Talk, source unknown"


class Nature(models.TextChoices):
    WITH_OLDER = "with_older", "Older person with a child, something felt wrong"
    CONTROLLED = "controlled", "Child scared, angry, controlled or withdrawn"
    DRUNK_OR_HURT = "drunk_or_hurt", "Child drunk, drugged or hurt"
    ALONE_LATE = "alone_late", "Child alone or out very late"
    GIFTS = "gifts", "Gifts, drink, drugs, money, lifts or a bed for a child"
    APPROACHING = "approaching", "Watching, following or approaching children"
    PICKED_UP = "picked_up", "Child picked up or dropped off"
    ROOM_OR_CAR = "room_or_car", "Room, toilet, car or lorry being used"
    SEXUAL = "sexual", "Sexual touching or talk"
    ONLINE = "online", "Filming, messages or someone met online"
    MISSING = "missing", "Child may be missing"
    OTHER = "other", "Something else"


class ConcernQuerySet(models.QuerySet):
    def written_by(self, user):
        """Their own cards of the company that they work for today."""
        return self.filter(reported_by=user, company=user.organisation_id) if user.is_active else self.none()

    def visible_to(self, user):
        """What they wrote and what was addressed to them; every page, count and export starts here."""
        if not user.is_active:  # nobody, or a leaver
            return self.none()
        addressed = Delivery.objects.addressed_to(user).filter(concern=OuterRef("pk"))
        return self.filter(Q(reported_by=user, company=user.organisation_id) | Exists(addressed))

    def with_reference(self, typed):
        return self.filter(reference=references.read(typed))

    def for_lists(self):
        """With what one line of a list shows."""
        ends = Prefetch("decisions", Decision.objects.filter(kind=Decision.Kind.CLOSE))
        copies = Prefetch("deliveries", Delivery.objects.with_people())
        return self.select_related("site").prefetch_related(copies, ends)

    def whole(self):
        """With everything that a page about them shows, in a fixed number of queries."""
        from concerns.models.message import Message
        from concerns.models.note import Note
        from concerns.models.question import Question

        questions = Question.objects.select_related("asked_by", "answer__answered_by")
        refused = Prefetch("messages", Message.objects.refused())
        copies = Delivery.objects.with_people().prefetch_related(refused)
        notes = Note.objects.select_related("written_by", "company").prefetch_related("people", "vehicles")
        return self.select_related("site", "company", "reported_by", "footage__saved_by").prefetch_related(
            "people",
            "vehicles",
            Prefetch("notes", notes),
            Prefetch("deliveries", copies),
            Prefetch("questions", questions),
            Prefetch("decisions", Decision.objects.select_related("by", "person")),
        )


class Concern(models.Model):
    """One submitted note card. Evidence: never edited, never deleted except by retention."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=references.LENGTH, unique=True, default=references.new)
    submission_key = models.UUIDField()
    submission_digest = models.CharField(max_length=64)

    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="concerns")
    author_role = models.CharField(max_length=12, choices=Role)
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    urgency = models.CharField(max_length=10, choices=Urgency)
    police_called = models.BooleanField(default=False)
    police_log = EncryptedTextField(default="")
    still_there = models.CharField(max_length=7, choices=StillThere, blank=True)
    went = EncryptedTextField(default="")

    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="concerns")
    zone = models.CharField(max_length=120, blank=True)
    place = EncryptedTextField(default="")

    seen_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    time_is_approximate = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    received_at = models.DateTimeField()

    account = EncryptedTextField()
    about = EncryptedCodesField()
    basis = models.CharField(max_length=7, choices=Basis)
    source = EncryptedTextField(default="")
    doubts = models.BooleanField(default=False)

    natures = models.JSONField(default=list)
    exact_words = EncryptedTextField(default="")
    camera = EncryptedTextField(default="")
    camera_from = models.DateTimeField(null=True)
    camera_until = models.DateTimeField(null=True)
    seen_before = EncryptedTextField(default="")
    witnesses = EncryptedTextField(default="")
    action_taken = EncryptedTextField(default="")

    police_may_ring = models.BooleanField(null=True)
    police_may_know_name = models.BooleanField(null=True)
    phone = EncryptedTextField(default="")

    kept_from = models.ManyToManyField(settings.AUTH_USER_MODEL, through="KeptFrom", related_name="+")

    objects = ConcernQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["reported_by", "received_at"], name="their_own_cards")]
        constraints = [
            models.UniqueConstraint(fields=["reported_by", "submission_key"], name="one_concern_for_a_submission"),
            models.CheckConstraint(
                name="a_concern_ends_after_it_began", condition=Q(until_at=None) | Q(until_at__gte=models.F("seen_at"))
            ),
        ]

    def __str__(self):
        return references.shown(self.reference)

    def get_absolute_url(self):
        return reverse("concern", args=[str(self)])

    @property
    def involved(self):
        """Everybody who may be involved, as the card and its notes say; empty where nobody is."""
        return {Party(party) for card in (self, *self.notes.all()) for party in card.about} - {Party.NO}

    @property
    def force(self):
        """The police force of the site on that day, or the company's own where the card names no site."""
        return next(copy.organisation for copy in self.deliveries.all() if copy.recipient == Recipient.POLICE)

    @property
    def footage_kept(self):
        """(seen, overwritten) of what the site's cameras may have; None where there is no site and no camera."""
        if not (self.site_id or self.camera_from or self._names_a_camera()):
            return None
        seen = self.camera_from or self.seen_at
        days = (self.site and self.site.cctv_days) or DAYS_WHERE_UNKNOWN
        return seen, seen + timedelta(days=days)

    def _names_a_camera(self):
        """A name that cannot be read is one: nobody goes untold because a key was lost."""
        try:
            return bool(self.camera)
        except Unreadable:
            return True


class KeptFrom(models.Model):
    """A person who may never see this concern, whatever role they hold later."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="kept")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=11)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "user", "recipient"], name="kept_from_once_for_a_role")
        ]

    def __str__(self):
        return f"{self.concern_id} is kept from {self.user_id}"
