def after_answer(get_response):
    """What a view leaves in `request.after_answer` is done once its answer is with the client."""

    def middleware(request):
        request.after_answer = []
        response = get_response(request)
        response._resource_closers.extend(request.after_answer)
        return response

    return middleware
