import pytest
from django.core.management import call_command

from guidance.models import Page


@pytest.fixture
def guidance(db):
    """The pages and helplines that come with the service."""
    call_command("load_guidance", verbosity=0)


@pytest.fixture
def what_to_do(guidance):
    return Page.objects.get(slug="what-to-do")
