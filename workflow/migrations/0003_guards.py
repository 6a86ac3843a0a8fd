"""The database refuses what no approval may contain, whatever code writes it (`reliability.md`).

Every guard locks the subject first, as the services do, so that what it reads stays true until the
transaction ends. Two functions are doors for the room above: `workflow_champion_of(subject)` and
`workflow_is_published(approval)` answer nothing here and are replaced by `calendar_app`.
"""

from django.db import migrations

DOORS = """
CREATE FUNCTION workflow_champion_of(subject bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULL::bigint $$;

CREATE FUNCTION workflow_is_published(approval bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT false $$;
"""

HELPERS = """
CREATE FUNCTION workflow_refuse(sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', sentence USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION workflow_lock(subject bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM workflow_subject WHERE id = subject FOR NO KEY UPDATE;
END $$;

-- The newest edit that a reviewed, standing approval covers: contributors count from there.
CREATE FUNCTION workflow_edits_approved(the_subject bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(r.edits_through), 0)
  FROM workflow_approval a JOIN workflow_revision r ON r.id = a.revision_id
  WHERE a.subject_id = the_subject AND a.review_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM workflow_approvalwithdrawal w WHERE w.approval_id = a.id)
$$;

CREATE FUNCTION workflow_contributors(the_subject bigint) RETURNS SETOF bigint LANGUAGE sql STABLE
AS $$
  SELECT DISTINCT member_id FROM workflow_subjectedit
  WHERE subject_id = the_subject AND id > workflow_edits_approved(the_subject)
$$;

CREATE FUNCTION workflow_newest_edit(the_subject bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(id), 0) FROM workflow_subjectedit WHERE subject_id = the_subject
$$;

-- Active members whom the stage names. Administrators stand in where there is no manager.
CREATE FUNCTION workflow_stage_approvers(the_stage bigint, the_subject bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  WITH able AS (
    SELECT m.* FROM people_membership m
    JOIN workflow_stage s ON s.id = the_stage AND s.organization_id = m.organization_id
    JOIN people_user u ON u.id = m.user_id AND u.is_active
    WHERE m.deactivated_at IS NULL AND m.role <> 'viewer'
  )
  SELECT able.id FROM able JOIN workflow_stage s ON s.id = the_stage
  WHERE CASE s.approvers
    WHEN 'people' THEN EXISTS (SELECT 1 FROM workflow_stage_people p
                               WHERE p.stage_id = s.id AND p.membership_id = able.id)
    WHEN 'role' THEN able.role = s.role
      OR (s.role = 'manager' AND able.role = 'admin'
          AND NOT EXISTS (SELECT 1 FROM able other WHERE other.role = 'manager'))
    WHEN 'department' THEN able.department_id = s.department_id
    WHEN 'champion' THEN able.id = workflow_champion_of(the_subject)
    ELSE false END
$$;

CREATE FUNCTION workflow_approvals_at(the_review bigint, the_stage bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT count(DISTINCT member_id) FROM workflow_decision
  WHERE review_id = the_review AND stage_id = the_stage AND choice = 'approve'
$$;
"""

REVISION = """
CREATE FUNCTION workflow_guard_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM workflow_lock(NEW.subject_id);
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_edit_guard BEFORE INSERT ON workflow_subjectedit
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_edit();

CREATE FUNCTION workflow_guard_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM workflow_lock(NEW.subject_id);
  IF NEW.hash !~ '^[0-9a-f]{64}$' THEN
    PERFORM workflow_refuse('a revision carries the SHA-256 of its content');
  END IF;
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM workflow_revision
                    WHERE subject_id = NEW.subject_id) THEN
    PERFORM workflow_refuse('revisions are numbered one after the other');
  END IF;
  IF NEW.edits_through <> workflow_newest_edit(NEW.subject_id) THEN
    PERFORM workflow_refuse('a revision holds every edit up to the newest');
  END IF;
  IF EXISTS (SELECT 1 FROM workflow_contributors(NEW.subject_id) AS c
             WHERE c <> ALL (NEW.contributors)) THEN
    PERFORM workflow_refuse('a revision names everyone who edited since the last approved one');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_revision_guard BEFORE INSERT ON workflow_revision
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_revision();
"""

REVIEW = """
CREATE FUNCTION workflow_guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rev workflow_revision;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM workflow_refuse('a review stays on record');
  END IF;
  PERFORM workflow_lock(NEW.subject_id);
  SELECT * INTO rev FROM workflow_revision WHERE id = NEW.revision_id;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      PERFORM workflow_refuse('a review begins open');
    END IF;
    IF rev.subject_id <> NEW.subject_id
       OR rev.edits_through <> workflow_newest_edit(NEW.subject_id)
       OR EXISTS (SELECT 1 FROM workflow_revision
                  WHERE subject_id = NEW.subject_id AND number > rev.number) THEN
      PERFORM workflow_refuse('a review is of the newest revision of its subject');
    END IF;
    IF NOT (SELECT needs_approval FROM workflow_workflowtemplate WHERE id = NEW.template_id) THEN
      PERFORM workflow_refuse('this workflow needs no approval');
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.id, OLD.organization_id, OLD.subject_id, OLD.revision_id, OLD.template_id,
      OLD.opened_by_id, OLD.opened_at) IS DISTINCT FROM
     (NEW.id, NEW.organization_id, NEW.subject_id, NEW.revision_id, NEW.template_id,
      NEW.opened_by_id, NEW.opened_at) OR OLD.key IS DISTINCT FROM NEW.key THEN
    PERFORM workflow_refuse('what a review is of never changes');
  END IF;
  IF OLD.state <> 'open' THEN
    PERFORM workflow_refuse('a closed review stays closed');
  END IF;
  IF NEW.state = 'approved'
     AND NOT EXISTS (SELECT 1 FROM workflow_approval WHERE review_id = NEW.id) THEN
    PERFORM workflow_refuse('a review is approved by its approval');
  END IF;
  IF NEW.state IN ('changes', 'rejected') AND NOT EXISTS (
       SELECT 1 FROM workflow_decision WHERE review_id = NEW.id
       AND choice = CASE NEW.state WHEN 'changes' THEN 'changes' ELSE 'reject' END) THEN
    PERFORM workflow_refuse('a review is closed by the decision that says so');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_review_guard BEFORE INSERT OR UPDATE OR DELETE ON workflow_review
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_review();

CREATE FUNCTION workflow_guard_reviewstage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rv workflow_review; st workflow_stage;
BEGIN
  SELECT * INTO rv FROM workflow_review WHERE id = NEW.review_id;
  PERFORM workflow_lock(rv.subject_id);
  SELECT * INTO st FROM workflow_stage WHERE id = NEW.stage_id;
  IF rv.state <> 'open' OR st.template_id <> rv.template_id OR st.position <> NEW.position
     OR EXISTS (SELECT 1 FROM workflow_decision WHERE review_id = rv.id) THEN
    PERFORM workflow_refuse('a review begins with the stages of its template');
  END IF;
  IF NEW.needed < coalesce(st.quorum, (SELECT count(*) FROM
       workflow_stage_approvers(NEW.stage_id, rv.subject_id))) THEN
    PERFORM workflow_refuse('a stage needs no fewer approvals than its quorum');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_reviewstage_guard BEFORE INSERT ON workflow_reviewstage
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_reviewstage();
"""

DECISION = """
CREATE FUNCTION workflow_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rv workflow_review; rev workflow_revision; here workflow_reviewstage;
BEGIN
  SELECT * INTO rv FROM workflow_review WHERE id = NEW.review_id;
  PERFORM workflow_lock(rv.subject_id);
  SELECT * INTO rv FROM workflow_review WHERE id = NEW.review_id;
  SELECT * INTO rev FROM workflow_revision WHERE id = rv.revision_id;
  SELECT * INTO here FROM workflow_reviewstage
    WHERE review_id = NEW.review_id AND stage_id = NEW.stage_id;
  IF rv.state <> 'open' THEN
    PERFORM workflow_refuse('this review is closed');
  END IF;
  IF NEW.revision_id <> rev.id OR NEW.revision_hash <> rev.hash THEN
    PERFORM workflow_refuse('a decision is on exactly the revision under review');
  END IF;
  IF NEW.member_id = ANY (rev.contributors)
     OR NEW.member_id IN (SELECT workflow_contributors(rv.subject_id)) THEN
    PERFORM workflow_refuse('nobody decides on what they wrote or edited');
  END IF;
  IF here.id IS NULL OR EXISTS (
       SELECT 1 FROM workflow_reviewstage earlier
       WHERE earlier.review_id = rv.id AND earlier.position < here.position
         AND workflow_approvals_at(rv.id, earlier.stage_id) < earlier.needed) THEN
    PERFORM workflow_refuse('this stage is not the one that waits');
  END IF;
  IF NEW.member_id NOT IN (SELECT workflow_stage_approvers(NEW.stage_id, rv.subject_id)) THEN
    PERFORM workflow_refuse('only an approver of the stage decides');
  END IF;
  IF NEW.choice <> 'approve' AND btrim(NEW.comment) = '' THEN
    PERFORM workflow_refuse('say what should change');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_decision_guard BEFORE INSERT ON workflow_decision
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_decision();
"""

APPROVAL = """
CREATE FUNCTION workflow_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rev workflow_revision; rv workflow_review; tpl workflow_workflowtemplate;
BEGIN
  PERFORM workflow_lock(NEW.subject_id);
  SELECT * INTO rev FROM workflow_revision WHERE id = NEW.revision_id;
  SELECT * INTO rv FROM workflow_review WHERE id = NEW.review_id;
  SELECT * INTO tpl FROM workflow_workflowtemplate WHERE id = NEW.template_id;
  IF rev.subject_id <> NEW.subject_id
     OR rev.edits_through <> workflow_newest_edit(NEW.subject_id)
     OR EXISTS (SELECT 1 FROM workflow_revision
                WHERE subject_id = NEW.subject_id AND number > rev.number) THEN
    PERFORM workflow_refuse('an approval is of the newest revision of its subject');
  END IF;
  IF NEW.review_id IS NULL THEN
    IF tpl.needs_approval OR NOT tpl.is_current OR NOT EXISTS (
         SELECT 1 FROM people_membership m JOIN people_user u ON u.id = m.user_id
         WHERE m.id = NEW.released_by_id AND m.deactivated_at IS NULL AND u.is_active
           AND m.role IN ('admin', 'manager', 'member')) THEN
      PERFORM workflow_refuse('only a workflow without approval lets a member release');
    END IF;
    IF EXISTS (SELECT 1 FROM workflow_review
               WHERE subject_id = NEW.subject_id AND state = 'open') THEN
      PERFORM workflow_refuse('an open review is decided, not gone around');
    END IF;
    RETURN NEW;
  END IF;
  IF rv.state <> 'open' OR rv.revision_id <> rev.id OR rv.subject_id <> NEW.subject_id
     OR rv.template_id <> NEW.template_id THEN
    PERFORM workflow_refuse('an approval is of the revision that its open review is of');
  END IF;
  IF EXISTS (SELECT 1 FROM workflow_decision
             WHERE review_id = rv.id AND choice <> 'approve') THEN
    PERFORM workflow_refuse('someone asked for changes or said no');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM workflow_stage WHERE template_id = rv.template_id)
     OR EXISTS (
       SELECT 1 FROM workflow_stage s LEFT JOIN workflow_reviewstage rs
         ON rs.stage_id = s.id AND rs.review_id = rv.id
       WHERE s.template_id = rv.template_id
         AND (rs.id IS NULL OR workflow_approvals_at(rv.id, s.id) < rs.needed)) THEN
    PERFORM workflow_refuse('an approval needs the quorum of every stage');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_approval_guard BEFORE INSERT ON workflow_approval
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_approval();

CREATE FUNCTION workflow_guard_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ap workflow_approval;
BEGIN
  SELECT * INTO ap FROM workflow_approval WHERE id = NEW.approval_id;
  PERFORM workflow_lock(ap.subject_id);
  IF btrim(NEW.reason) = '' THEN
    PERFORM workflow_refuse('an approval is withdrawn with a reason');
  END IF;
  IF NOT EXISTS (
       SELECT 1 FROM people_membership m JOIN people_user u ON u.id = m.user_id
       WHERE m.id = NEW.by_id AND m.deactivated_at IS NULL AND u.is_active
         AND (m.role IN ('admin', 'manager') OR m.id = ap.released_by_id
              OR EXISTS (SELECT 1 FROM workflow_decision d
                         WHERE d.review_id = ap.review_id AND d.member_id = m.id))) THEN
    PERFORM workflow_refuse('who gave an approval or a manager withdraws it');
  END IF;
  NEW.is_recall := workflow_is_published(NEW.approval_id);
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_withdrawal_guard BEFORE INSERT ON workflow_approvalwithdrawal
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_withdrawal();
"""

TEMPLATE = """
CREATE FUNCTION workflow_guard_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.id, OLD.organization_id, OLD.name, OLD.version, OLD.subject_kind, OLD.channel_kinds,
      OLD.needs_approval) IS DISTINCT FROM
     (NEW.id, NEW.organization_id, NEW.name, NEW.version, NEW.subject_kind, NEW.channel_kinds,
      NEW.needs_approval) OR (NEW.is_current AND NOT OLD.is_current) THEN
    PERFORM workflow_refuse('a workflow is changed by its next version');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_template_guard BEFORE UPDATE ON workflow_workflowtemplate
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_template();

CREATE FUNCTION workflow_guard_stage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE the_template bigint;
BEGIN
  IF TG_TABLE_NAME = 'workflow_stage' THEN
    the_template := CASE TG_OP WHEN 'DELETE' THEN OLD.template_id ELSE NEW.template_id END;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT template_id INTO the_template FROM workflow_stage WHERE id = OLD.stage_id;
  ELSE
    SELECT template_id INTO the_template FROM workflow_stage WHERE id = NEW.stage_id;
  END IF;
  IF TG_OP = 'UPDATE'
     OR EXISTS (SELECT 1 FROM workflow_review WHERE template_id = the_template) THEN
    PERFORM workflow_refuse('the stages of a workflow are changed by its next version');
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER workflow_stage_guard BEFORE INSERT OR UPDATE OR DELETE ON workflow_stage
  FOR EACH ROW EXECUTE FUNCTION workflow_guard_stage();
CREATE TRIGGER workflow_stage_people_guard BEFORE INSERT OR UPDATE OR DELETE
  ON workflow_stage_people FOR EACH ROW EXECUTE FUNCTION workflow_guard_stage();
"""

TRIGGERS = {
    "workflow_edit_guard": "workflow_subjectedit",
    "workflow_revision_guard": "workflow_revision",
    "workflow_review_guard": "workflow_review",
    "workflow_reviewstage_guard": "workflow_reviewstage",
    "workflow_decision_guard": "workflow_decision",
    "workflow_approval_guard": "workflow_approval",
    "workflow_withdrawal_guard": "workflow_approvalwithdrawal",
    "workflow_template_guard": "workflow_workflowtemplate",
    "workflow_stage_guard": "workflow_stage",
    "workflow_stage_people_guard": "workflow_stage_people",
}
FUNCTIONS = [
    "workflow_guard_edit()",
    "workflow_guard_revision()",
    "workflow_guard_review()",
    "workflow_guard_reviewstage()",
    "workflow_guard_decision()",
    "workflow_guard_approval()",
    "workflow_guard_withdrawal()",
    "workflow_guard_template()",
    "workflow_guard_stage()",
    "workflow_approvals_at(bigint, bigint)",
    "workflow_stage_approvers(bigint, bigint)",
    "workflow_newest_edit(bigint)",
    "workflow_contributors(bigint)",
    "workflow_edits_approved(bigint)",
    "workflow_lock(bigint)",
    "workflow_refuse(text)",
    "workflow_is_published(bigint)",
    "workflow_champion_of(bigint)",
]
AWAY = "\n".join(
    [
        *(f"DROP TRIGGER {name} ON {table};" for name, table in TRIGGERS.items()),
        *(f"DROP FUNCTION {name};" for name in FUNCTIONS),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_review_key"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(
            DOORS + HELPERS + REVISION + REVIEW + DECISION + APPROVAL + TEMPLATE, AWAY
        )
    ]
