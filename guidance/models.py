from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse


class PageQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(current=None).select_related("current")

    def tiles(self):
        """Every page that can be read, in its order, with its title and summary: one query, for tiles and lists."""
        return self.published().defer("current__body")


class Page(models.Model):
    """A page of guidance. What it says is its current version; what it said before are the others."""

    slug = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower comes first.")
    current = models.OneToOneField("Version", models.PROTECT, null=True, editable=False, related_name="+")

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self):
        return self.current.title if self.current else self.slug

    def get_absolute_url(self):
        return reverse("guidance:page", args=[self.slug])


class VersionQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("A version is never changed: publish another.")

    def delete(self):
        raise TypeError("A version is never deleted.")


class Version(models.Model):
    """What a page said from one moment on. Only ever added: what staff were told, and when, can always be shown."""

    page = models.ForeignKey(Page, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=120)
    body = models.TextField(help_text="Markdown.")
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="a_version_number_is_used_once_on_a_page"),
            models.CheckConstraint(name="a_version_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="a_version_says_something", condition=~(Q(title="") | Q(summary="") | Q(body=""))
            ),
        ]

    def __str__(self):
        return f"{self.title}, version {self.number}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("A version is never changed: publish another.")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("guidance:version", args=[self.page.slug, self.number])

    def delete(self, *args, **kwargs):
        raise TypeError("A version is never deleted.")

    @property
    def author_name(self):
        """Who published it; the text that came with the service has no author."""
        return self.author.get_full_name() if self.author else "CSE Reports"


class Group(models.TextChoices):
    """What a helpline is for; the page lists the groups in this order."""

    POLICE = "police", "The police"
    OTHERS = "others", "Others who help"
    ONLINE = "online", "Online, and images of abuse"
    CHILDREN = "children", "For children and young people"
    WORK = "work", "Your own workplace"
    LEARN = "learn", "Learn more"


class Area(models.TextChoices):
    """Where a helpline can be used."""

    UK = "uk", "all of the UK"
    GREAT_BRITAIN = "great_britain", "England, Scotland and Wales"
    ENGLAND_WALES = "england_wales", "England and Wales"
    ENGLAND = "england", "England"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"


class HelplineQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(is_shown=True)

    def grouped(self):
        """[(title of the group, its helplines in order)], empty groups left out: one query."""
        helplines = list(self)
        groups = [(group.label, [line for line in helplines if line.group == group]) for group in Group]
        return [(label, lines) for label, lines in groups if lines]


# 101, 999 and 61016 are numbers here: PhoneNumberField would refuse them.
dialled = RegexValidator(r"\A\+?[0-9]([0-9 ]*[0-9])?\Z", "Enter digits and spaces only, such as 0800 40 50 40 or 101.")
web = URLValidator(schemes=["https"], message="Enter a web address that starts with https://")


class Helpline(models.Model):
    """Somebody to ring, text or write to. Kept in Django's admin; hidden, never deleted."""

    key = models.SlugField(unique=True, null=True, blank=True, editable=False)  # what load_guidance knows it by
    name = models.CharField(max_length=80, unique=True)
    group = models.CharField(max_length=10, choices=Group)
    number = models.CharField("number to ring", max_length=20, blank=True, validators=[dialled])
    text_number = models.CharField("number to text", max_length=20, blank=True, validators=[dialled])
    web_address = models.CharField(max_length=200, blank=True, validators=[web])
    email = models.EmailField("e-mail address", blank=True)
    when_to_use = models.CharField(max_length=300, help_text="A sentence or two, such as: A child is in danger now.")
    who_for = models.CharField("who it is for", max_length=120, help_text="Such as: any adult worried about a child.")
    area = models.CharField("nation", max_length=20, choices=Area, default=Area.UK)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower comes first in its group.")
    last_checked = models.DateField(
        null=True, blank=True, help_text="When somebody last compared this with what the service itself publishes."
    )
    is_shown = models.BooleanField("shown", default=True, help_text="Untick this instead of deleting.")

    objects = HelplineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                name="a_helpline_can_be_reached",
                condition=~Q(number="", text_number="", web_address="", email=""),
                violation_error_message="Enter a number to ring or text, a web address or an e-mail address.",
            ),
            models.CheckConstraint(
                name="a_helpline_says_when_and_for_whom", condition=~(Q(when_to_use="") | Q(who_for=""))
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def tel(self):
        return "tel:" + self.number.replace(" ", "")

    @property
    def sms(self):
        return "sms:" + self.text_number.replace(" ", "")

    @property
    def web_name(self):
        """Whose web page it is, as people say it: ceop.police.uk."""
        return self.web_address.removeprefix("https://").removeprefix("www.").partition("/")[0]
