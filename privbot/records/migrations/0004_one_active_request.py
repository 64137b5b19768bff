# In a migration of its own: PostgreSQL builds no constraint over rows that the same transaction has changed.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_lifecycle"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("open", "in_progress")), models.Q(("person_index", ""), _negated=True)),
                fields=("controller", "person_index", "right"),
                name="one_active_request_per_person_right_and_controller",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", ""), _negated=True), name="every_request_has_an_owner"
            ),
        ),
    ]
