"""What the list of all that waits is read by: when a letter should leave, which mails can be found, and the indexes in the order of the list."""

import datetime

from django.db import migrations, models
from django.db.models import Min, OuterRef, Subquery
from django.db.models.functions import Coalesce


def date_waiting_letters(apps, schema_editor):
    """Letters that wait already get the earliest day that is due on their ticket."""
    request = apps.get_model("records", "Request")
    letter = apps.get_model("records", "Letter")
    active = request.objects.filter(ticket=OuterRef("ticket"), state__in=("open", "in_progress"))
    first = active.order_by().values("ticket").annotate(first=Min("respond_by")).values("first")
    letter.objects.filter(state__in=("draft", "unknown", "dead")).update(due=Coalesce(Subquery(first), datetime.date.max))


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_desk"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="searchterm",
            name="search_terms",
        ),
        migrations.AddField(
            model_name="incomingmail",
            name="searchable",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="letter",
            name="due",
            field=models.DateField(default=datetime.date(9999, 12, 31)),
        ),
        migrations.RunPython(date_waiting_letters, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="incomingmail",
            index=models.Index(
                condition=models.Q(("searchable", False), ("state", "handled")), fields=["id"], name="mails_to_index"
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state__in", ("draft", "unknown", "dead"))), fields=["due", "id"], name="letters_that_wait"
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state__in", ("draft", "unknown", "dead"))),
                fields=["controller", "due", "id"],
                name="waiting_letters_of_controller",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_progress"))),
                fields=["owner", "respond_by", "id", "controller"],
                name="active_requests_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("decided_at", None)),
                fields=["owner", "due", "id", "controller"],
                name="open_reviews_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("decided_at", None), ("urgent", True)),
                fields=["due", "id"],
                name="urgent_reviews",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("decided_at", None), ("urgent", True)),
                fields=["controller", "due", "id"],
                name="urgent_reviews_of_controller",
            ),
        ),
        migrations.AddIndex(
            model_name="searchterm",
            index=models.Index(fields=["term", "mail", "ticket"], name="search_terms"),
        ),
    ]
