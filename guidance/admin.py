from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from guidance.models import Helpline, Page


@admin.register(Helpline)
class HelplineAdmin(admin.ModelAdmin):
    list_display = ["name", "group", "number", "text_number", "web_address", "area", "last_checked", "is_shown"]
    list_filter = ["group", "area", "is_shown"]
    search_fields = ["name", "number", "text_number"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """Only the way to the site's own page, where every publication is kept as a version."""

    list_display = ["title", "published", "change_it"]
    list_display_links = None
    list_select_related = ["current"]

    def view_on_site(self, page):
        return page.get_absolute_url()

    @admin.display(description="page")
    def title(self, page):
        return str(page)

    @admin.display(description="published")
    def published(self, page):
        return page.current.published_at if page.current else None

    @admin.display(description="change")
    def change_it(self, page):
        return format_html('<a href="{}">Edit on the site</a>', reverse("guidance:edit", args=[page.slug]))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
