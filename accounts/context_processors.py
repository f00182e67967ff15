def menu(request):
    return {}
