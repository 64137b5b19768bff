"""The Django application that keeps the records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "privbot.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
