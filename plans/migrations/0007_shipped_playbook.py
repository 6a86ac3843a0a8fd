"""Gives the shipped playbook to the organizations that are there already."""

from django.db import migrations

from plans.playbook.shipped import entries


def give(apps, schema_editor):
    """As `plans.playbook.services.give_shipped` does for a new organization."""
    Organization = apps.get_model("people", "Organization")
    Entry = apps.get_model("plans", "PlaybookEntry")
    Version = apps.get_model("plans", "PlaybookVersion")
    for organization in Organization.objects.order_by("pk"):
        rows = Entry.objects.bulk_create(
            Entry(
                organization=organization,
                title=entry.title,
                topics=entry.topics,
                body=entry.body,
                shipped_key=entry.key,
            )
            for entry in entries()
        )
        Version.objects.bulk_create(
            Version(
                organization=organization,
                entry=row,
                number=1,
                title=row.title,
                body=row.body,
                topics=row.topics,
            )
            for row in rows
        )


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_playbook")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
