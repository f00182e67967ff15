from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "cse_reports"

    def ready(self):
        from cse_reports import checks  # noqa: F401  (the checks register themselves)
