def no_store(get_response):
    """No page is kept by a browser or a proxy, unless its view says otherwise."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware
