from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.decorators import require_permission
from accounts.roles import Permission
from guidance import actions, markdown
from guidance.forms import PageForm
from guidance.models import Helpline, Page


def may_edit(user):
    return user.is_authenticated and user.may(Permission.EDIT_GUIDANCE)


@require_safe
@login_not_required
def index(request):
    return render(request, "guidance/index.html", {"pages": Page.objects.tiles()})


@require_safe
@login_not_required
def page(request, slug):
    page = get_object_or_404(Page.objects.published(), slug=slug)
    return render(request, "guidance/page.html", _reading(request, page))


@require_safe
@login_not_required
def helplines(request):
    """The numbers come from their rows; what stands above them is a page like the others, if there is one."""
    page = Page.objects.published().filter(slug="helplines").first()
    context = _reading(request, page) | {"groups": Helpline.objects.shown().grouped()}
    return render(request, "guidance/helplines.html", context)


def _reading(request, page):
    """What a page shows to anybody, and whether this reader may change it."""
    return {
        "page": page,
        "text": markdown.render(page.current.body if page else ""),
        "pages": Page.objects.tiles(),
        "may_edit": may_edit(request.user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # checked in _receive, so that a stale form is shown again with the words in it
@login_not_required  # likewise: a redirect to sign in would lose what was typed while the session ran out
def edit(request, slug):
    page = get_object_or_404(Page.objects.published(), slug=slug)
    return _receive(request, page) if request.method == "POST" else _begin(request, page)


@login_required
@require_permission(Permission.EDIT_GUIDANCE)
def _begin(request, page):
    now = page.current
    form = PageForm(initial={"title": now.title, "summary": now.summary, "body": now.body, "after": now.number})
    return _show_form(request, page, form)


def _receive(request, page):
    form = PageForm(request.POST)
    if not request.user.is_authenticated:
        return _show_form(request, page, form, status=403, signed_out=True)
    if _token_is_stale(request):
        return _show_form(request, page, form, status=403, stale=True)
    return _preview_or_publish(request, page, form)


@require_permission(Permission.EDIT_GUIDANCE)
def _preview_or_publish(request, page, form):
    if not form.is_valid():
        return _show_form(request, page, form)
    if "publish" not in request.POST:
        return _show_form(request, page, form, preview=markdown.render(form.cleaned_data["body"]))
    try:
        version = actions.publish(page=page, by=request.user, **form.cleaned_data)
    except actions.Superseded as newer:
        form.start_from(newer.version)
        return _show_form(request, page, form, status=409, newer=newer.version)
    messages.success(request, f"Published. This is version {version.number}.")
    return redirect(page)


def _show_form(request, page, form, *, status=200, **context):
    context |= {"page": page, "form": form, "status": status}
    return render(request, "guidance/edit.html", context, status=status)


class _Token(CsrfViewMiddleware):
    def _reject(self, request, reason):
        return reason


def _token_is_stale(request):
    """Whether the form was made before this browser signed in anew, or elsewhere."""
    return _Token(lambda request: None).process_view(request, None, (), {}) is not None


@require_GET
@require_permission(Permission.EDIT_GUIDANCE)
def versions(request, slug):
    page = get_object_or_404(Page.objects.published(), slug=slug)
    rows = page.versions.select_related("page", "author").defer("body")
    return render(request, "guidance/versions.html", {"page": page, "versions": rows})


@require_GET
@require_permission(Permission.EDIT_GUIDANCE)
def version(request, slug, number):
    page = get_object_or_404(Page.objects.published(), slug=slug)
    version = get_object_or_404(page.versions.select_related("page", "author"), number=number)
    context = {"page": page, "version": version, "text": markdown.render(version.body)}
    return render(request, "guidance/version.html", context)
