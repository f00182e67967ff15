"""People besides the cast, for tests."""

from accounts.models import User


def hire(name, role, organisation, sites=(), **more):
    """Somebody new who works there."""
    email = f"{name.lower()}@example.org"
    return User.objects.create_user(name=name, email=email, role=role, organisation=organisation, sites=sites, **more)
