"""Third step: no plan without its subject, and none of another organization."""

import django.db.models.deletion
from django.db import migrations, models

import plancraft.lib.models


class Migration(migrations.Migration):
    dependencies = [("plans", "0013_fill_plan_subject")]

    operations = [
        migrations.AlterField(
            model_name="plan",
            name="subject",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plan",
                to="workflow.subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=plancraft.lib.models.SameOrganization(
                field="subject", name="plans_plan_subject_same_org"
            ),
        ),
    ]
