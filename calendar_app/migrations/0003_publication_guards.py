"""The database refuses a publication that nothing allows, and answers what `workflow` asks."""

from django.db import migrations

DOORS = """
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

PUBLICATION = """
CREATE FUNCTION calendar_guard_publication() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE the_subject bigint; who people_membership;
BEGIN
  SELECT i.subject_id INTO the_subject FROM calendar_app_placement p
    JOIN calendar_app_contentitem i ON i.id = p.item_id WHERE p.id = NEW.placement_id;
  PERFORM workflow_lock(the_subject);
  SELECT m.* INTO who FROM people_membership m JOIN people_user u ON u.id = m.user_id
    WHERE m.id = NEW.recorded_by_id AND m.deactivated_at IS NULL AND u.is_active;
  IF who.id IS NULL THEN
    PERFORM workflow_refuse('who records a publication is an active member');
  END IF;
  IF NEW.approval_id IS NULL THEN
    IF btrim(NEW.bypass_reason) = '' OR who.role <> 'admin' THEN
      PERFORM workflow_refuse('only an administrator publishes past approval, with a reason');
    END IF;
  ELSIF NOT EXISTS (
      SELECT 1 FROM workflow_approval a WHERE a.id = NEW.approval_id
        AND a.subject_id = the_subject
        AND NOT EXISTS (SELECT 1 FROM workflow_approvalwithdrawal w WHERE w.approval_id = a.id)
    ) THEN
    PERFORM workflow_refuse('a publication is of an approval of its story that stands');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER calendar_publication_guard BEFORE INSERT ON calendar_app_publication
  FOR EACH ROW EXECUTE FUNCTION calendar_guard_publication();
"""

AWAY = """
DROP TRIGGER calendar_publication_guard ON calendar_app_publication;
DROP FUNCTION calendar_guard_publication();
CREATE OR REPLACE FUNCTION workflow_champion_of(subject bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT NULL::bigint $$;
CREATE OR REPLACE FUNCTION workflow_is_published(approval bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT false $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calendar_app", "0002_initial"),
        ("plans", "0001_initial"),
        ("workflow", "0003_guards"),
    ]

    operations = [migrations.RunSQL(DOORS + PUBLICATION, AWAY)]
