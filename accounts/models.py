import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts import gaps
from accounts.roles import KIND_OF, PERMISSIONS, Kind, Permission, Role
from accounts.sealing import seal, unseal


class OrganisationQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Organisation(models.Model):
    """A security company, a customer or a police force."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    phone = PhoneNumberField("24-hour number", blank=True, help_text="Security company: answered at any hour.")
    lead_phone = PhoneNumberField("safeguarding lead's number", blank=True, help_text="Security company.")
    support_phone = PhoneNumberField("support line for staff", blank=True, help_text="Security company, if it has one.")
    default_force = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": Kind.POLICE},
        help_text="Security company: the force that is told where a card names no site.",
    )
    number_to_ring = models.CharField(max_length=30, blank=True, help_text="Police force: 101 or a desk's number.")
    code_word = models.CharField(max_length=60, blank=True, help_text="Police force: such as Operation Makesafe.")
    intelligence_mailbox = models.EmailField(blank=True, help_text="Police force: where copies go.")
    standards_mailbox = models.EmailField(
        "professional standards mailbox",
        blank=True,
        help_text="Police force: where a card goes that may be about an officer.",
    )
    head_office_mailbox = models.EmailField(
        "head office’s duty mailbox", blank=True, help_text="Security company: read only by its head office."
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Set this instead of deleting.")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="a_company_has_a_default_force",
                condition=~Q(kind=Kind.COMPANY) | Q(default_force__isnull=False),
                violation_error_message="Choose the force that is told where a card names no site.",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        force = self.default_force
        if self.kind == Kind.COMPANY and (force is None or force.kind != Kind.POLICE):
            raise ValidationError({"default_force": "Choose the force that is told where a card names no site."})


class SiteKind(models.TextChoices):
    SHOPPING = "shopping", "shopping centre"
    HOTEL = "hotel", "hotel"
    SERVICES = "services", "service station"
    STATION = "station", "railway station"
    TRANSPORT = "transport", "bus station or port"
    VENUE = "venue", "pub, club or venue"
    STADIUM = "stadium", "football ground or stadium"
    FOOD = "food", "restaurant or takeaway"
    PARK = "park", "park or open space"
    OTHER = "other", "other"


class Nation(models.TextChoices):
    ENGLAND = "england", "England"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"


# Who answers for a site: the role, and which of its organisations they work for.
READERS_OF = {
    Role.MANAGER: "contractor",
    Role.HEAD_OFFICE: "contractor",
    Role.LEAD: "contractor",
    Role.CUSTOMER: "customer",
    Role.POLICE: "police_force",
}


class SiteQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def reportable_by(self, user: "User") -> Self:
        """Where this person may say that they saw something: their own sites; all of the company's for its office."""
        theirs = self.open().filter(contractor=user.organisation_id)
        return theirs.filter(staff=user) if user.role in (Role.GUARD, Role.MANAGER) else theirs

    def of_reader(self, user):
        """The places that copies addressed to this person can be about, closed ones too."""
        if user.role in (Role.CUSTOMER, Role.POLICE):
            return self.filter(Q(customer=user.organisation_id) | Q(police_force=user.organisation_id))
        theirs = self.filter(contractor=user.organisation_id)
        return theirs.filter(staff=user) if user.role == Role.MANAGER else theirs

    def visible_to(self, user: "User") -> Self:
        """Whose facts and gaps this person may read: a manager's own sites; all of the company's for its office."""
        return self.reportable_by(user) if user.may(Permission.SEE_SITES) else self.none()

    def with_reach(self):
        """Each with who signs in for it, and whether one of them has an e-mail address; what warnings() goes by."""
        there = {role: {"organisation": OuterRef(whose)} for role, whose in READERS_OF.items()}
        there[Role.MANAGER] |= {"sites": OuterRef("pk")}
        people = {role: User.objects.active().filter(role=role, **facts) for role, facts in there.items()}
        return self.select_related("contractor", "customer", "police_force").annotate(
            **{f"has_{role.value}": Exists(theirs) for role, theirs in people.items()},
            **{f"mails_{role.value}": Exists(theirs.exclude(email=None)) for role, theirs in people.items()},
        )


class Site(models.Model):
    """A place that is guarded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=SiteKind)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    nation = models.CharField(max_length=20, choices=Nation, default=Nation.ENGLAND)
    zones = models.TextField(blank=True, help_text="One on each line, such as Level 2 food court.")
    contractor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="guarded_sites", limit_choices_to={"kind": Kind.COMPANY}
    )
    customer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="own_sites", limit_choices_to={"kind": Kind.CUSTOMER}
    )
    police_force = models.ForeignKey(
        Organisation, models.PROTECT, related_name="policed_sites", limit_choices_to={"kind": Kind.POLICE}
    )
    is_railway = models.BooleanField("railway site", default=False)
    control_room_phone = PhoneNumberField("control room's number", blank=True)
    control_room_mailbox = models.EmailField(
        "control room’s mailbox", blank=True, help_text="The guards’ own control room: it is sent the manager’s copies."
    )
    control_room_webhook = models.URLField(
        "control-room system",
        blank=True,
        help_text="An https address that takes signed messages. See the operations guide.",
    )
    webhook_secret = models.CharField(max_length=300, blank=True, editable=False)  # sealed
    customer_mailbox = models.EmailField(
        "customer’s control room mailbox", blank=True, help_text="Read by the customer’s own people only."
    )
    cctv_days = models.PositiveSmallIntegerField(
        "days that CCTV is kept", null=True, blank=True, help_text="Leave empty if nobody knows."
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Set this instead of deleting.")

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("contractor", "name", name="a_site_name_is_used_once_in_a_company")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("site", args=[self.pk])

    def clean(self):
        for field, kind in (("contractor", Kind.COMPANY), ("customer", Kind.CUSTOMER), ("police_force", Kind.POLICE)):
            if getattr(self, f"{field}_id", None) and getattr(self, field).kind != kind:
                raise ValidationError({field: f"Choose a {kind.label}."})

    @property
    def webhook_key(self):
        """What messages to the control-room system are signed with; empty where nobody has set one."""
        return unseal(self.webhook_secret, self.webhook_place()) if self.webhook_secret else ""

    @webhook_key.setter
    def webhook_key(self, secret):
        self.webhook_secret = seal(secret, self.webhook_place()) if secret else ""

    def webhook_place(self) -> bytes:
        """What the sealed secret is bound to: it opens for this site alone."""
        return f"accounts_site.webhook_secret.{self.pk}".encode()

    @property
    def zone_list(self):
        return [line.strip() for line in self.zones.splitlines() if line.strip()]

    def warnings(self):
        """Sentences about who could not be reached from here; empty when everybody can."""
        return gaps.sentences(self if hasattr(self, "has_manager") else Site.objects.with_reach().get(pk=self.pk))

    def railway_gaps(self):
        yield (
            self.kind == SiteKind.STATION and not self.is_railway,
            "A railway station that is not marked as a railway site: 61016 is not offered first here.",
        )
        yield (
            self.is_railway and self.nation == Nation.NORTHERN_IRELAND,
            "Marked as a railway site in Northern Ireland, where the British Transport Police and 61016 do not work.",
        )


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def known_as(self, *, email: str = "", staff_number: str = "") -> Self:
        """Whoever signs in by either; an empty one is nobody's."""
        names = {"email__iexact": email.strip(), "staff_number__iexact": staff_number.strip()}
        given = [Q(**{field: name}) for field, name in names.items() if name]
        return self.filter(Q(*given, _connector=Q.OR)) if given else self.none()

    def guards_of(self, manager: "User") -> Self:
        """The guards whom this manager may name: of their own company, at one of their own sites, working there now."""
        sites = Site.objects.reportable_by(manager)
        return self.active().filter(role=Role.GUARD, organisation=manager.organisation_id, sites__in=sites).distinct()


# No @ and no space: it can never be taken for somebody's e-mail address.
STAFF_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9./-]*$"


class UserManager(BaseUserManager):
    def create_user(self, *, password: str | None = None, sites: Iterable[Site] = (), **fields: Any) -> "User":
        """A person, saved, with their sites. Without a password they can only be invited or use an e-mailed code."""
        user = User(**fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        user.sites.set(sites)
        return user

    def create_superuser(self, *, password=None, **fields):
        """The first admin, for `manage.py createsuperuser`."""
        return self.create_user(password=password, **fields | {"role": Role.ADMIN, "organisation": None})

    def get_by_natural_key(self, login):
        return self.get(Q(staff_number__iexact=login) | Q(email__iexact=login))


def a_fit(role, kind):
    """A row whose role belongs to its kind of organisation."""
    return Q(role=role, organisation_kind=kind, organisation__isnull=not kind)


class User(AbstractBaseUser):
    """A person who signs in, by e-mail address or staff number, in one role for one organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    email = models.EmailField("e-mail address", unique=True, null=True, blank=True)
    staff_number = models.CharField(
        max_length=30,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(STAFF_NUMBER, "Use letters, digits, dots, hyphens and strokes only.")],
    )
    phone = PhoneNumberField(blank=True)
    role = models.CharField(max_length=12, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="people")
    organisation_kind = models.CharField(max_length=10, blank=True, editable=False)
    sites = models.ManyToManyField(Site, blank=True, related_name="staff")
    is_active = models.BooleanField("works here", default=True, help_text="Untick this instead of deleting.")
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = "person", "people"
        constraints = [
            models.CheckConstraint(
                name="a_role_and_its_organisation_fit",
                condition=Q(*(a_fit(role, kind) for role, kind in KIND_OF.items()), _connector=Q.OR),
                violation_error_message="Choose an organisation of the kind that this role belongs to.",
            ),
            models.CheckConstraint(
                name="a_person_signs_in_somehow",
                condition=Q(email__isnull=False) | Q(staff_number__isnull=False),
                violation_error_message="Enter an e-mail address or a staff number.",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        self.settle()
        if self.role in KIND_OF and KIND_OF[self.role] != self.organisation_kind:
            raise ValidationError({"organisation": "Choose an organisation of the kind that this role belongs to."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle()
        super().save(*args, **kwargs)

    def settle(self) -> None:
        """What follows from other columns: one spelling of a log-in, and the kind of their organisation."""
        self.email = (self.email or "").strip().lower() or None
        self.staff_number = (self.staff_number or "").strip().upper() or None
        self.organisation_kind = self.organisation.kind if self.organisation else ""
        if not self.password:  # Django takes an empty one for usable
            self.set_unusable_password()

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split()[0] if self.name.strip() else self.get_username()

    @property
    def has_signed_in(self):
        """Whether the account is somebody's by now. Whoever holds its next invitation becomes that person."""
        return self.last_login is not None or self.has_usable_password()

    @property
    def last_invitation(self):
        return next(iter(self.invitations.all()), None)

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]

    # What Django's admin asks. It holds people, places and guidance, and nothing there is ever deleted.

    @property
    def is_staff(self):
        return self.may(Permission.ADMINISTER)

    def has_perm(self, permission, obj=None):
        app, _, verb = permission.partition(".")
        return self.is_active and self.has_module_perms(app) and not verb.startswith("delete_")

    def has_module_perms(self, app):
        return self.is_active and self.is_staff and app in ("accounts", "guidance")


class InvitationQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=timezone.now())


def three_days_from_now():
    return timezone.now() + timedelta(hours=72)


class Invitation(models.Model):
    """A link that lets somebody choose a password, once, for 72 hours. Only a keyed digest of the link is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=three_days_from_now)
    used_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"invitation of {self.person}"

    @property
    def is_open(self):
        return self.used_at is None and self.expires_at > timezone.now()
