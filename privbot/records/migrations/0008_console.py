"""What the console works with: notes, words to find mails by, versions of own wordings, who looks at a review."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_not_on_file"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("sealed_words", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="WordingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("controller", models.CharField(max_length=31)),
                ("file", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("text", models.TextField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="review",
            name="open_reviews_by_due",
        ),
        migrations.AddField(
            model_name="review",
            name="categories",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="review",
            name="owner",
            field=models.CharField(default="unassigned", max_length=80),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["subject", "id"], name="events_about"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at"], name="events_by_time"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_progress"))),
                fields=["controller", "respond_by", "id"],
                name="active_requests_of_controller",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(condition=models.Q(("decided_at", None)), fields=["due", "id"], name="open_reviews_by_due"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("decided_at", None)), fields=["controller", "due", "id"], name="open_reviews_of_controller"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="ticket",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="records.ticket"),
        ),
        migrations.AddField(
            model_name="searchterm",
            name="mail",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="records.incomingmail"
            ),
        ),
        migrations.AddField(
            model_name="searchterm",
            name="ticket",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="records.ticket"
            ),
        ),
        migrations.AddIndex(
            model_name="wordingversion",
            index=models.Index(fields=["controller", "file", "id"], name="wording_history"),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["ticket", "id"], name="notes_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="searchterm",
            index=models.Index(fields=["term"], name="search_terms"),
        ),
    ]
