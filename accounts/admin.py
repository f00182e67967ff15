"""What an admin keeps: organisations, sites and people. User.has_perm lets nobody delete: things are closed."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import DateTimeField
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts import actions
from accounts.desks import OrganisationForm, SiteForm, check_own
from accounts.invitations import hand_out
from accounts.models import Organisation, Site, User


class Moment(AdminSplitDateTime):
    """Django's day and time, each box with a name that is read out."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        for box, name in zip(self.widgets, ("Day", "Time"), strict=True):
            box.attrs["aria-label"] = name


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    form = OrganisationForm
    formfield_overrides = {DateTimeField: {"widget": Moment}}
    list_display = ["name", "kind", "phone", "number_to_ring", "closed_at"]
    list_filter = ["kind", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "kind", "closed_at"]}),
        (
            "Security company",
            {"fields": ["phone", "lead_phone", "support_phone", "default_force", "head_office_mailbox"]},
        ),
        ("Police force", {"fields": ["number_to_ring", "code_word", "intelligence_mailbox", "standards_mailbox"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["kind"] if obj else []  # people and sites hang on it


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    form = SiteForm
    formfield_overrides = {DateTimeField: {"widget": Moment}}
    list_display = ["name", "kind", "contractor", "customer", "police_force", "is_covered", "closed_at"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "kind", "nation", "contractor"]
    search_fields = ["name", "postcode"]
    view_on_site = False  # that page is the company's
    readonly_fields = ["reach"]
    fieldsets = [
        (None, {"fields": ["reach", "name", "kind", "closed_at"]}),
        ("Where", {"fields": ["address", "postcode", "nation", "zones"]}),
        ("Who is told", {"fields": ["contractor", "customer", "police_force", "is_railway", "control_room_phone"]}),
        (
            "Where messages go besides",
            {"fields": ["control_room_mailbox", "control_room_webhook", "secret", "make_secret", "customer_mailbox"]},
        ),
        ("Footage", {"fields": ["cctv_days"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_reach()

    def response_add(self, request, obj, post_url_continue=None):
        return self.shown_once(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self.shown_once(request, obj) or super().response_change(request, obj)

    def shown_once(self, request, site):
        """A secret that was made, in answer to the POST itself: it is kept nowhere to be shown later."""
        secret = getattr(site, "made_secret", "")
        context = {"site": site, "secret": secret, "private": True}
        return render(request, "accounts/secret.html", context) if secret else None

    @admin.display(description="everybody can be reached", boolean=True)
    def is_covered(self, site):
        return not site.warnings()

    @admin.display(description="Can everybody be reached")
    def reach(self, site):
        if site._state.adding:
            return "-"
        lines = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in site.warnings()))
        return format_html("Somebody could not be reached from here:<ul>{}</ul>", lines) if lines else "Yes"


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "email", "staff_number", "phone", "role", "organisation", "sites", "is_active")

    def clean_email(self):
        return check_own(self.cleaned_data["email"])

    def clean_sites(self):
        """A person's sites are their own company's: a leaver takes none along."""
        sites, organisation = self.cleaned_data["sites"], self.cleaned_data.get("organisation")
        foreign = [str(site) for site in sites if site.contractor != organisation]
        if foreign:
            raise forms.ValidationError(f"Another company guards {', '.join(foreign)}: take it out of their sites.")
        return sites


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = PersonForm
    list_display = ["name", "email", "staff_number", "role", "organisation", "is_active", "last_login"]
    list_filter = ["is_active", "role", "organisation"]
    list_select_related = ["organisation"]
    search_fields = ["name", "email", "staff_number"]
    filter_horizontal = ["sites"]
    actions = ["send_invitation"]
    fieldsets = [
        (None, {"fields": ["name", "is_active"]}),
        ("How they sign in", {"fields": ["email", "staff_number", "phone"]}),
        ("What they do", {"fields": ["role", "organisation", "sites"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["role", "organisation", "is_active"] if obj == request.user else []  # nobody locks themselves out

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            actions.end_account(person=obj)
        if {"email", "staff_number"} & set(form.changed_data):
            actions.withdraw_invitations(person=obj)  # one may lie in a stranger's mailbox
        if not change:
            self.message_user(request, "Next, tick them in this list and send them an invitation.")

    @admin.action(description="Send an invitation to choose a password", permissions=["change"])
    def send_invitation(self, request, people):
        def link_to(token):
            return request.build_absolute_uri(reverse("accept_invitation", args=[token]))

        handed = hand_out(people.active(), by=request.user, link_to=link_to, again=True)
        for one in handed:
            self.log_change(request, one.person, "Sent an invitation.")
        return render(request, "accounts/handed_out.html", {"handed": handed})
