from django.contrib.auth import middleware


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's own, but for a page that lets anybody in: there it does not ask who it is, nor the database."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if getattr(view_func, "login_required", True):
            return super().process_view(request, view_func, view_args, view_kwargs)
        return None


def after_answer(get_response):
    """What a view leaves in `request.after_answer` is done once its answer is with the client."""

    def middleware(request):
        request.after_answer = []
        response = get_response(request)
        response._resource_closers.extend(request.after_answer)
        return response

    return middleware
