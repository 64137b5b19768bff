"""What the desk works with: two tickets that became one, how a letter read before it was changed, what can be taken back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_console"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="merged", to="records.ticket"
            ),
        ),
        migrations.CreateModel(
            name="LetterVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("sealed_words", models.BinaryField()),
                (
                    "letter",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="records.letter"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Undoable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=20)),
                ("about", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("role", models.CharField(max_length=10)),
                ("letter", models.BigIntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("key", models.UUIDField()),
                ("sealed_difference", models.BinaryField()),
                (
                    "mail",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="undoable", to="records.incomingmail"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="undoable", to="records.ticket"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("undone_at", None)), fields=["ticket", "id"], name="what_stands_on_ticket"),
                    models.Index(condition=models.Q(("undone_at", None)), fields=["about", "id"], name="what_stands_about"),
                    models.Index(condition=models.Q(("undone_at", None)), fields=["actor", "id"], name="what_stands_of_actor"),
                ],
            },
        ),
    ]
