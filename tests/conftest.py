import pytest

from accounts import demo


@pytest.fixture
def cast(db):
    """Asha (guard), Moss (her manager), Hana (head office), Lena (lead), Cole (customer), Priya (police), Ada, Stan."""
    return demo.load()
