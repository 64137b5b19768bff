"""The Django application of the console: people, invitations, saved views, presence, tokens."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "privbot.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from privbot.console import faults, sign_in_events

        faults.connect()
        sign_in_events.connect()
