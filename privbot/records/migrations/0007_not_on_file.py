from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_authenticated_requests"),
    ]

    operations = [
        migrations.AddField(model_name="request", name="not_on_file", field=models.BooleanField(default=False)),
    ]
