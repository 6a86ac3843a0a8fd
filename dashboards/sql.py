"""The text of this room's statements: everything around a desk as JSON, in one round trip.

Each page may make twelve statements in all, and the frame and the gap core need most of them. So
what waits for decisions, what is asked and what one owns come together here.
The rules are those of the rooms below, and tests hold each part against them:
`workflow.queries.waiting`, `calendar_app.publishing_queries`, `plans.playbook.queries`,
`plans.work.queries`. Parameters: org, me (0: PlanCraft itself), only (a member, or 0 for all),
latest (now less the tolerance), today (the organization's), soon, week_ago.
"""

SEEN = """
seen AS (
  SELECT p.* FROM plans_plan p WHERE p.organization_id = %(org)s
    AND (NOT p.is_confidential OR %(me)s = 0 OR p.owner_id = %(me)s OR EXISTS (
      SELECT 1 FROM plans_planreader r WHERE r.plan_id = p.id AND r.member_id = %(me)s))
)
"""

WAITING = """
able AS (
  SELECT m.id, m.role, m.department_id FROM people_membership m
  JOIN people_user u ON u.id = m.user_id AND u.is_active
  WHERE m.organization_id = %(org)s AND m.deactivated_at IS NULL AND m.role <> 'viewer'
    AND %(only)s IN (0, m.id)
), led AS (
  SELECT EXISTS (SELECT 1 FROM people_membership m JOIN people_user u ON u.id = m.user_id
    WHERE m.organization_id = %(org)s AND m.deactivated_at IS NULL AND u.is_active
      AND m.role = 'manager') AS by_manager
), open_stage AS (
  SELECT DISTINCT ON (r.id) r.id, r.subject_id, r.revision_id, r.opened_at, r.opened_by_id,
         rs.stage_id, rs.due_at, coalesce((
           SELECT max(av.edits_through) FROM workflow_approval ap
           JOIN workflow_revision av ON av.id = ap.revision_id
           WHERE ap.subject_id = r.subject_id AND ap.review_id IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM workflow_approvalwithdrawal w WHERE w.approval_id = ap.id)
         ), 0) AS edits_approved
  FROM workflow_review r JOIN workflow_reviewstage rs ON rs.review_id = r.id
  WHERE r.organization_id = %(org)s AND r.state = 'open' AND rs.needed > (
    SELECT count(DISTINCT d.member_id) FROM workflow_decision d
    WHERE d.review_id = r.id AND d.stage_id = rs.stage_id AND d.choice = 'approve')
  ORDER BY r.id, rs.position
), waiting AS (
  SELECT o.id AS review, o.opened_at, o.due_at, o.opened_by_id AS opened_by, v.hash,
         v.number AS revision, s.name AS stage, i.id AS item, i.title, i.owner_id AS owner,
         p.id AS plan, p.name AS plan_name, p.department_id AS team,
         ARRAY(
           SELECT a.id FROM able a
           WHERE CASE s.approvers
             WHEN 'people' THEN EXISTS (SELECT 1 FROM workflow_stage_people sp
                                        WHERE sp.stage_id = s.id AND sp.membership_id = a.id)
             WHEN 'role' THEN a.role = s.role OR (s.role = 'manager' AND a.role = 'admin'
               AND NOT (SELECT by_manager FROM led))
             WHEN 'department' THEN a.department_id = s.department_id
             WHEN 'champion' THEN a.id = p.owner_id ELSE false END
           AND a.id <> ALL (v.contributors)
           AND (NOT p.is_confidential OR a.id = p.owner_id OR EXISTS (
             SELECT 1 FROM plans_planreader l WHERE l.plan_id = p.id AND l.member_id = a.id))
           AND NOT EXISTS (SELECT 1 FROM workflow_subjectedit e WHERE e.subject_id = o.subject_id
                           AND e.id > o.edits_approved AND e.member_id = a.id)
           AND NOT EXISTS (SELECT 1 FROM workflow_decision d WHERE d.review_id = o.id
                           AND d.stage_id = o.stage_id AND d.member_id = a.id)
           ORDER BY a.id) AS deciders
  FROM open_stage o
  JOIN workflow_stage s ON s.id = o.stage_id
  JOIN workflow_revision v ON v.id = o.revision_id
  JOIN calendar_app_contentitem i ON i.subject_id = o.subject_id
  JOIN seen p ON p.id = i.plan_id
)
"""

ON_DESK = """
desk AS (
  SELECT i.id AS item, i.title, i.owner_id AS owner, i.plan_id AS plan, p.name AS plan_name,
         c.kind, c.name AS channel, coalesce(nullif(c.time_zone, ''), g.time_zone) AS zone,
         t.id AS post, t.scheduled_at AS at, coalesce(t.state, i.state) AS state,
         coalesce(t.historical, false) AS historical
  FROM calendar_app_contentitem i
  JOIN seen p ON p.id = i.plan_id AND p.state <> 'closed'
  JOIN people_organization g ON g.id = i.organization_id
  LEFT JOIN calendar_app_placement t ON t.item_id = i.id
    AND t.state NOT IN ('cancelled', 'published')
  LEFT JOIN plans_channel c ON c.id = t.channel_id
  WHERE i.organization_id = %(org)s AND i.state NOT IN ('cancelled', 'published')
    AND i.id = ANY (ARRAY(
      SELECT o.id FROM calendar_app_contentitem o
      WHERE o.owner_id = %(me)s AND o.state NOT IN ('cancelled', 'published')
      UNION SELECT h.item_id FROM calendar_app_collaborator h WHERE h.member_id = %(me)s))
    AND (i.owner_id = %(me)s OR t.state = 'approved')
)
"""

QUESTIONS = """
questions AS (
  SELECT q.id, q.title, q.asked_by_id AS asked_by, q.answer_by, coalesce(p.name, '') AS plan_name
  FROM plans_question q LEFT JOIN seen p ON p.id = q.plan_id
  WHERE q.organization_id = %(org)s AND q.owner_id = %(me)s AND q.state = 'asked'
    AND (q.plan_id IS NULL OR p.id IS NOT NULL)
)
"""

FIRST_POST = """
  SELECT json_build_object('kind', c.kind, 'channel', c.name, 'at', t.scheduled_at,
    'zone', coalesce(nullif(c.time_zone, ''), g.time_zone))
  FROM calendar_app_placement t JOIN plans_channel c ON c.id = t.channel_id
  JOIN people_organization g ON g.id = t.organization_id
  WHERE t.item_id = w.item AND t.state NOT IN ('cancelled', 'published')
  ORDER BY t.scheduled_at NULLS LAST, t.id LIMIT 1
"""

TO_DO = """
to_do AS (
  SELECT t.id AS task, t.title, t.due, t.state, t.owner_id AS owner, t.decide_by, p.id AS plan,
         p.name AS plan_name, coalesce(s.department_id, p.department_id) AS team,
         k.title AS key_date
  FROM plans_task t
  JOIN seen p ON p.id = t.plan_id AND p.state IN ('draft', 'running')
  LEFT JOIN plans_stream s ON s.id = t.stream_id
  LEFT JOIN plans_keydate k ON k.id = t.key_date_id
  WHERE t.organization_id = %(org)s AND t.state IN ('open', 'doing')
)
"""
MY_TASKS = "to_do.owner = %(me)s"
LATE_TASKS = "to_do.due < %(today)s"
UNDECIDED = """
  to_do.owner IS NULL AND to_do.decide_by IS NOT NULL AND EXISTS (
    SELECT 1 FROM plans_taskcandidate c WHERE c.task_id = to_do.task AND c.member_id = %(me)s)
"""

OFFERS = """
  SELECT h.id, h.offered_by_id AS offered_by, h.note, h.offered_at, h.subject_type AS label,
         h.subject_id AS thing
  FROM workflow_handover h
  WHERE h.organization_id = %(org)s AND h.to_id = %(me)s AND h.answered_at IS NULL
  ORDER BY h.offered_at, h.id
"""

PEOPLE = """
  SELECT m.id, coalesce(nullif(u.name, ''), u.email) AS name, u.initials, u.tone
  FROM people_membership m JOIN people_user u ON u.id = m.user_id
  WHERE m.organization_id = %(org)s
"""

FINISHED = """
  SELECT i.id AS item, i.title, c.kind, c.name AS channel, b.published_at AS at
  FROM calendar_app_publication b
  JOIN calendar_app_placement t ON t.id = b.placement_id
  JOIN calendar_app_contentitem i ON i.id = t.item_id AND i.owner_id = %(me)s
  JOIN seen p ON p.id = i.plan_id
  JOIN plans_channel c ON c.id = t.channel_id
  WHERE b.organization_id = %(org)s AND b.published_at >= %(week_ago)s
    AND t.scheduled_at >= %(month_ago)s
  ORDER BY b.published_at DESC LIMIT 50
"""

OVERDUE = """
  desk.state IN ('draft', 'in_review', 'changes_requested') AND NOT desk.historical
  AND desk.at < %(latest)s AND desk.owner = %(me)s
"""
UNCONFIRMED = "desk.state = 'approved' AND NOT desk.historical AND desk.at < %(latest)s"


def rows(text: str) -> str:
    """The rows of a statement as one JSON array."""
    return f"(SELECT coalesce(json_agg(x), '[]') FROM ({text}) x)"


COUNT = f"""
WITH {SEEN}, {WAITING}, {ON_DESK}, {QUESTIONS}, {TO_DO}
SELECT (SELECT count(*) FROM waiting WHERE cardinality(deciders) > 0),
       (SELECT count(*) FROM waiting WHERE cardinality(deciders) > 0 AND due_at < %(now)s),
       (SELECT count(*) FROM desk WHERE {OVERDUE})
         + (SELECT count(*) FROM to_do WHERE {MY_TASKS} AND {LATE_TASKS}),
       (SELECT count(*) FROM desk WHERE {UNCONFIRMED}),
       (SELECT count(*) FROM workflow_handover h WHERE h.organization_id = %(org)s
          AND h.to_id = %(me)s AND h.answered_at IS NULL),
       (SELECT count(*) FROM seen WHERE seen.owner_id = %(me)s AND seen.state <> 'closed'),
       (SELECT count(*) FROM questions),
       (SELECT count(*) FROM questions WHERE answer_by < %(now)s),
       (SELECT count(*) FROM to_do WHERE {UNDECIDED})
"""

MY_DESK = f"""
WITH {SEEN}, {WAITING}, {ON_DESK}, {QUESTIONS}, {TO_DO}
SELECT json_build_object(
  'people', {rows(PEOPLE)},
  'waiting', {rows(f"SELECT w.*, ({FIRST_POST}) AS post FROM waiting w WHERE cardinality(w.deciders) > 0 ORDER BY w.due_at, w.review LIMIT 100")},
  'offers', {rows(OFFERS)},
  'desk', {rows("SELECT * FROM desk ORDER BY at NULLS LAST, item, post LIMIT 400")},
  'tasks', {rows(f"SELECT * FROM to_do WHERE {MY_TASKS} ORDER BY due NULLS LAST, task LIMIT 400")},
  'undecided', {rows(f"SELECT * FROM to_do WHERE {UNDECIDED} ORDER BY decide_by, task LIMIT 100")},
  'finished', {rows(FINISHED)},
  'questions', {rows("SELECT * FROM questions ORDER BY answer_by, id LIMIT 100")},
  'handed', (SELECT count(*) FROM calendar_app_gapassignment a
             WHERE a.organization_id = %(org)s AND a.to_id = %(me)s)
    + (SELECT count(*) FROM plans_stakeholder k
       WHERE k.organization_id = %(org)s AND k.owner_id = %(me)s AND k.archived_at IS NULL
         AND k.rhythm_days IS NOT NULL),
  'first_run', json_build_object(
    'channels', (SELECT count(*) FROM plans_channel c WHERE c.organization_id = %(org)s),
    'plans', (SELECT count(*) FROM seen),
    'promises', (SELECT count(*) FROM plans_commitment k JOIN seen ON seen.id = k.plan_id),
    'stories', (SELECT count(*) FROM (SELECT 1 FROM calendar_app_contentitem i
      WHERE i.organization_id = %(org)s LIMIT 1) one)))
"""  # noqa: E501

OVERVIEW = f"""
WITH {SEEN}, {WAITING}, {TO_DO}
SELECT json_build_object(
  'people', {rows(PEOPLE)},
  'waiting', {rows("SELECT w.* FROM waiting w ORDER BY w.opened_at, w.review")},
  'late_tasks', {rows(f"SELECT * FROM to_do WHERE {LATE_TASKS} ORDER BY due, task")})
"""
