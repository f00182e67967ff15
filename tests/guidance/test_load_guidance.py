from django.core.management import call_command

from guidance import actions
from guidance.models import Helpline, Page, Version


def test_loading_adds_five_pages_without_an_author(guidance):
    assert Page.objects.published().count() == 5
    assert set(Version.objects.values_list("number", "author")) == {(1, None)}


def test_loading_twice_is_harmless(guidance, capsys):
    before = (Page.objects.count(), Version.objects.count(), Helpline.objects.count())
    call_command("load_guidance")
    assert (Page.objects.count(), Version.objects.count(), Helpline.objects.count()) == before
    assert capsys.readouterr().out == "Guidance: added 0 pages and 0 helplines.\n"


def test_loading_overwrites_no_edited_page(cast, what_to_do):
    actions.publish(page=what_to_do, title="Ours", summary="Ours", body="Our words", by=cast["ada"], after=1)
    call_command("load_guidance", verbosity=0)
    assert Page.objects.get(slug="what-to-do").current.body == "Our words"


def test_loading_leaves_a_changed_renamed_or_hidden_helpline_alone(guidance):
    Helpline.objects.filter(key="childline").update(name="Childline UK", number="0800 11 11", is_shown=False)
    call_command("load_guidance", verbosity=0)
    line = Helpline.objects.get(key="childline")
    assert (line.name, line.number, line.is_shown) == ("Childline UK", "0800 11 11", False)
    assert Helpline.objects.filter(name="Childline").count() == 0


def test_loading_adds_what_is_missing_beside_what_somebody_entered(db):
    Helpline.objects.create(name="Childline", group="children", number="1", when_to_use="Now.", who_for="all")
    call_command("load_guidance", verbosity=0)
    assert Helpline.objects.get(name="Childline").number == "1"
    assert Helpline.objects.filter(key="nspcc").exists()
