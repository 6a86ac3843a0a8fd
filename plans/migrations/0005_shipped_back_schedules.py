"""Gives every organization there is the back-schedules that new ones begin with."""

from django.db import migrations

from plans.schedule.shipped import SHIPPED


def give(apps, schema_editor):
    Organization = apps.get_model("people", "Organization")
    Template = apps.get_model("plans", "BackScheduleTemplate")
    Version = apps.get_model("plans", "BackScheduleVersion")
    Step = apps.get_model("plans", "BackScheduleStep")
    for organization in Organization.objects.order_by("pk"):
        for shipped in SHIPPED:
            template, created = Template.objects.get_or_create(
                organization=organization,
                shipped_key=shipped.key,
                defaults={"name": shipped.name, "description": shipped.description},
            )
            if not created:
                continue
            version = Version.objects.create(organization=organization, template=template)
            Step.objects.bulk_create(
                Step(
                    organization=organization,
                    version=version,
                    key=step.key,
                    title=step.title,
                    role=step.role,
                    lead=step.lead,
                    before=list(step.before),
                    position=position,
                )
                for position, step in enumerate(shipped.steps, 1)
            )


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0003_drop_lone_organization_indexes"),
        ("plans", "0004_objective_targets"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
