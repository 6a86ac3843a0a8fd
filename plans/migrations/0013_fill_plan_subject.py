"""Second step: every plan gets its subject, with everyone who wrote or edited it on record.

Who had a hand in a plan before it could be approved is no second pair of eyes for it later.
"""

from django.db import migrations

FILL = r"""
DO $$
DECLARE the_plan record; the_subject bigint;
BEGIN
  FOR the_plan IN
    SELECT id, organization_id, created_by_id FROM plans_plan WHERE subject_id IS NULL ORDER BY id
  LOOP
    INSERT INTO workflow_subject (organization_id, kind)
      VALUES (the_plan.organization_id, 'plan') RETURNING id INTO the_subject;
    UPDATE plans_plan SET subject_id = the_subject WHERE id = the_plan.id;
    INSERT INTO workflow_subjectedit (organization_id, subject_id, member_id, at)
      SELECT the_plan.organization_id, the_subject, who, now() FROM (
        SELECT the_plan.created_by_id AS who
        UNION
        SELECT actor_id FROM people_activity
          WHERE organization_id = the_plan.organization_id AND plan_id = the_plan.id
            AND (verb LIKE 'promise.%' OR verb IN (
              'plan.created', 'plan.edited', 'stream.created', 'stream.edited',
              'stream.archived', 'stream.restored', 'objective.edited'))
      ) AS hands WHERE who IS NOT NULL ORDER BY who;
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0012_plan_subject"),
        ("workflow", "0004_drop_lone_organization_indexes"),
        ("people", "0003_drop_lone_organization_indexes"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
