"""What `workflow` asks of a subject is answered for plans too.

A plan "went out" once it runs on the approval: taking the approval back is a recall then.
"""

from django.db import migrations

DOORS = """
CREATE OR REPLACE FUNCTION workflow_champion_of(subject bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT p.owner_id FROM calendar_app_contentitem i JOIN plans_plan p ON p.id = i.plan_id
  WHERE i.subject_id = subject
  UNION ALL
  SELECT p.owner_id FROM plans_plan p WHERE p.subject_id = subject
$$;

CREATE OR REPLACE FUNCTION workflow_is_published(approval bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM calendar_app_publication WHERE approval_id = approval)
    OR EXISTS (SELECT 1 FROM workflow_approval a JOIN plans_plan p ON p.subject_id = a.subject_id
               WHERE a.id = approval AND p.state IN ('running', 'closed'))
$$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION workflow_champion_of(subject bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT p.owner_id FROM calendar_app_contentitem i JOIN plans_plan p ON p.id = i.plan_id
  WHERE i.subject_id = subject
$$;

CREATE OR REPLACE FUNCTION workflow_is_published(approval bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM calendar_app_publication WHERE approval_id = approval)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calendar_app", "0004_drop_lone_organization_indexes"),
        ("plans", "0014_need_plan_subject"),
    ]

    operations = [migrations.RunSQL(DOORS, BEFORE)]
