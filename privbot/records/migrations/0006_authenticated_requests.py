"""The mail server's word belongs to the request it came with, not to the ticket for ever."""

from django.db import migrations, models
from django.db.models import Min


def move_to_requests(apps, schema_editor):
    """What an authenticated mail opened is authenticated; what later mails added is not known to be."""
    tickets, requests = (apps.get_model("records", name) for name in ("Ticket", "Request"))
    for ticket in tickets.objects.filter(authenticated=True).annotate(opened_by=Min("requests__mail_id")).iterator():
        requests.objects.filter(ticket=ticket, mail_id=ticket.opened_by).update(authenticated=True)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0005_corrections"),
    ]

    operations = [
        migrations.AddField(model_name="request", name="authenticated", field=models.BooleanField(default=False)),
        migrations.RunPython(move_to_requests, migrations.RunPython.noop),
        migrations.RemoveField(model_name="ticket", name="authenticated"),
    ]
