"""A plan becomes a subject of approval, first of three steps: the column may be empty."""

import django.db.models.deletion
from django.db import migrations, models

import plancraft.lib.models


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0011_responsibilities"),
        ("workflow", "0004_drop_lone_organization_indexes"),
        ("people", "0003_drop_lone_organization_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="subject",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plan",
                to="workflow.subject",
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("in_approval", "In approval"),
                    ("running", "Running"),
                    ("closed", "Closed"),
                ],
                default="running",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.RemoveConstraint(model_name="plan", name="plans_plan_state"),
        migrations.AddConstraint(
            model_name="plan",
            constraint=plancraft.lib.models.one_of(
                "state", ["draft", "in_approval", "running", "closed"], "plans_plan_state"
            ),
        ),
    ]
