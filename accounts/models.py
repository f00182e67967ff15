import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from phonenumber_field.modelfields import PhoneNumberField

from accounts.roles import KIND_OF, PERMISSIONS, Kind, Permission, Role


class OrganisationQuerySet(models.QuerySet):
    def open(self):
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


class SiteQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def reportable_by(self, user):
        """Where this person may say that they saw something: their own sites; all of the company's for its office."""
        theirs = self.open().filter(contractor=user.organisation_id)
        return theirs.filter(staff=user) if user.role in (Role.GUARD, Role.MANAGER) else theirs


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
    def zone_list(self):
        return [line.strip() for line in self.zones.splitlines() if line.strip()]

    def warnings(self):
        """Sentences about who could not be reached from here; empty when everybody can."""
        active = {
            (person.role, person.organisation_id)
            for person in User.objects.active().filter(organisation__in=[self.contractor_id, self.police_force_id])
            if person.role != Role.MANAGER
        }
        force, company = self.police_force, self.contractor
        found = []
        if not force.intelligence_mailbox and (Role.POLICE, force.pk) not in active:
            found.append(f"{force} has no intelligence mailbox and nobody who signs in: the police cannot get a copy.")
        if not force.standards_mailbox:
            found.append(f"{force} has no professional standards mailbox: a card about an officer cannot reach them.")
        if not force.number_to_ring:
            found.append(f"{force} has no number to ring.")
        if not company.phone:
            found.append(f"{company} has no 24-hour number.")
        if (Role.HEAD_OFFICE, company.pk) not in active:
            found.append(f"{company} has nobody at head office who signs in.")
        if (Role.LEAD, company.pk) not in active:
            found.append(f"{company} has no safeguarding lead who signs in.")
        if not User.objects.active().filter(role=Role.MANAGER, organisation=company, sites=self).exists():
            found.append("No manager cares for this site: nobody there can acknowledge a card.")
        found += [f"{organisation} is closed." for organisation in (force, company, self.customer) if organisation.closed_at]
        return found


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, *, password=None, sites=(), **fields):
        """A person, saved, with their sites. Without a password they can only be invited or use an e-mailed code."""
        user = self.model(**fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        user.sites.set(sites)
        return user

    def create_superuser(self, *, password=None, **fields):
        """The first admin, for `manage.py createsuperuser`."""
        return self.create_user(password=password, **fields | {"role": Role.ADMIN, "organisation": None})

    def get_by_natural_key(self, login):
        return self.get(Q(staff_number__iexact=login) | Q(email__iexact=login))


class User(AbstractBaseUser):
    """A person who signs in, by e-mail address or staff number, in one role for one organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    email = models.EmailField("e-mail address", unique=True, null=True, blank=True)
    staff_number = models.CharField(max_length=30, unique=True, null=True, blank=True)
    phone = PhoneNumberField(blank=True)
    role = models.CharField(max_length=12, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="people")
    organisation_kind = models.CharField(max_length=10, blank=True, editable=False)
    sites = models.ManyToManyField(Site, blank=True, related_name="staff")
    is_active = models.BooleanField("works here", default=True, help_text="Untick this instead of deleting.")
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="a_role_and_its_organisation_fit",
                condition=Q(
                    *(Q(role=role, organisation_kind=kind, organisation__isnull=not kind) for role, kind in KIND_OF.items()),
                    _connector=Q.OR,
                ),
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

    def save(self, *args, **kwargs):
        self.settle()
        super().save(*args, **kwargs)

    def settle(self):
        """What follows from other columns: one spelling of a log-in, and the kind of their organisation."""
        self.email = (self.email or "").strip().lower() or None
        self.staff_number = (self.staff_number or "").strip().upper() or None
        self.organisation_kind = self.organisation.kind if self.organisation_id else ""

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split()[0] if self.name.strip() else self.get_username()

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
