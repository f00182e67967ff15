"""Who decides about a concern, and whom they may name."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import PERMISSIONS, Permission
from concerns.models import Concern, Decision, Delivery
from concerns.routing import Recipient

LEARNS_NO_OUTCOME = {Recipient.CUSTOMER, Recipient.POLICE_CALL}
MAY_NOT_KNOW = "Somebody who reads this card may not know of that one. Choose another answer."
ADDRESSED = [role for role, verbs in PERMISSIONS.items() if Permission.WORK_QUEUE in verbs]


def who_decides(copies: Iterable[Delivery]) -> Recipient:
    """Head office; the lead where head office is withheld, and still where they were given their copy since."""
    office = [copy for copy in copies if copy.recipient == Recipient.HEAD_OFFICE]
    return Recipient.LEAD if any(copy.withheld_at or copy.released_at for copy in office) else Recipient.HEAD_OFFICE


def decides(user: User, copy: Delivery | None, copies: Iterable[Delivery]) -> bool:
    """Whether this reader of this copy decides: by their own role, not because a copy was passed on to them."""
    return copy is not None and user.role == copy.recipient == who_decides(copies)


def may_be_named(other: Concern, concern: Concern, by: User) -> bool:
    """Whether a concern may be called the same as another: all who learn what came of it may know of the other one.

    Nor may somebody name one of which they know a part: whether it is taken would say about whom it is.
    """
    told = [
        copy
        for copy in concern.deliveries.filter(withheld_at=None).order_by("pk")
        if copy.recipient not in LEARNS_NO_OUTCOME
    ]
    if other.deliveries.filter(recipient__in=[copy.recipient for copy in told], withheld_at__isnull=False).exists():
        return False
    if any(copy.readers().filter(pk__in=other.kept_from.values("pk")).exists() for copy in told):
        return False
    theirs = list(Delivery.objects.addressed_to(by).filter(concern=other))
    return not theirs or any(copy.released_at is None for copy in theirs)


def further_readers(copy: Delivery) -> "QuerySet[User]":
    """Whom a reader may name to pass this copy on to: a colleague who works a queue and does not see it.

    Nobody in a role from which it is withheld there: that is a release. Whom it is kept from by name cannot be told
    from the list: the verb refuses them.
    """
    concern = copy.concern
    theirs = User.objects.active().filter(organisation=copy.organisation_id, role__in=ADDRESSED)
    for other in Delivery.objects.filter(concern=concern, organisation=copy.organisation_id).order_by("pk"):
        theirs = theirs.exclude(pk__in=_in_the_role(other).values("pk"))
    named = Decision.objects.filter(kind=Decision.Kind.PASS_ON, concern=concern, delivery__withheld_at=None)
    see_it = [concern.reported_by_id, *named.values_list("person", flat=True)]
    return theirs.exclude(pk__in=see_it).order_by("name", "pk")


def _in_the_role(copy: Delivery) -> "QuerySet[User]":
    """Who stands in the role that a copy is for, whether or not they may have it."""
    people = User.objects.filter(role=copy.recipient)
    return people.filter(sites=copy.site_id) if copy.recipient == Recipient.MANAGER else people


def people_to_keep_it_from(concern: Concern, by: User) -> "QuerySet[User]":
    """Everybody of the company whom head office may name; never themselves, nor the author, who sees their own card."""
    theirs = User.objects.filter(organisation=concern.company_id).exclude(pk__in=[by.pk, concern.reported_by_id])
    return theirs.order_by("name", "pk")
