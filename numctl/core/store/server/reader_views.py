"""What a role that may only read sees: a view for each table, of its own organization and what is below.

A row is seen where its organization was in scope when it was written, as ``history`` shows it to who acts as
that organization. What a row tells beyond that is left out of it: a run of labels is cut where the numbers
in scope end, an operation from above has no actor, no message and no reason.

Row-level security alone can't do this, as it lets a row through whole or not at all. It stands behind the
views: no table lets anyone but its owner through.

In these texts ``$s`` is the schema of the tables, ``$r`` the one of the views; the rest are the pieces of
``reader_scope``.
"""

from __future__ import annotations

_OPERATION = """
WITH $KNOWN, $HELD
SELECT o.id, o.at, CASE WHEN ours THEN o.actor ELSE '' END AS actor,
  CASE WHEN was_ours THEN o.acting_as END AS acting_as,
  CASE WHEN seen OR listed THEN o.action ELSE '' END AS action,
  CASE WHEN ours THEN o.message ELSE '' END AS message,
  CASE WHEN $WHOLE THEN o.count WHEN o.count = 0 OR NOT seen THEN 0 ELSE coalesce((
    SELECT sum(p.more + 1)::bigint FROM $s.piece AS p WHERE p.operation = o.id AND EXISTS (
      SELECT 1 FROM $s.state AS t JOIN known AS k ON k.organization = t.organization AND k.inside
      AND o.id BETWEEN k.since AND k.until WHERE t.id = p.before OR t.id = p.after)
  ), (
    SELECT coalesce(sum(least(w.last, l.last) - greatest(w.first, l.first) + 1), 0)::bigint
    FROM $s.label_piece AS l CROSS JOIN LATERAL $WITHIN AS w WHERE l.operation = o.id
  )) END AS count,
  CASE WHEN ours THEN o.facts WHEN NOT seen THEN '{}'
  WHEN o.count = 0 THEN (o.facts::jsonb - 'reason' - 'rejected' - 'reasons')::text
  ELSE (
    SELECT coalesce(jsonb_object_agg(key, value), '{}')::text FROM jsonb_each(o.facts::jsonb)
    WHERE key IN ('from', 'to', 'series', 'tag', 'user', 'undoes', 'organization')
  ) END AS facts,
  (SELECT x.id FROM $s.operation AS x WHERE x.id = o.undoes AND $SEEN) AS undoes,
  (SELECT x.id FROM $s.operation AS x WHERE x.id = o.undone_by AND $SEEN) AS undone_by,
  NULL::text AS op_key, ''::text AS command, ''::bytea AS hash
FROM (
  SELECT x.*, $SEEN AS seen,
    EXISTS (SELECT 1 FROM known AS k WHERE k.organization = x.acting_as AND k.inside
      AND x.id BETWEEN k.since AND k.until) AS ours,
    EXISTS (SELECT 1 FROM known AS k WHERE k.organization = x.acting_as AND k.inside
      AND x.id BETWEEN k.since AND k.until + 1) AS was_ours,
    x.id IN (SELECT c.operation FROM $r.catalog_change AS c WHERE c.kind = 'organization') AS listed
  FROM $s.operation AS x
) AS o
WHERE seen OR listed OR o.id = (SELECT max(id) FROM $s.operation)
"""

_CATALOG_CHANGE = """
WITH $KNOWN
SELECT c.operation, c.position, c.line, c.kind, c.row, $BEFORE, $AFTER, c.name_before, c.name_after
FROM (
  SELECT c.*, u.organization AS holder, $AT_BEFORE AS at_before, $AT_AFTER AS at_after,
    $IN_BEFORE AS in_before, $IN_AFTER AS in_after, $RENAMED AND EXISTS (
      SELECT 1 FROM known AS k WHERE k.organization = c.row AND k.until < c.operation AND NOT EXISTS (
        SELECT 1 FROM $s.catalog_change AS e WHERE e.kind = 'organization' AND e.row = c.row
        AND e.operation > k.until AND (e.operation, e.position) < (c.operation, c.position)
        AND e.before::jsonb ->> 'name' IS DISTINCT FROM e.after::jsonb ->> 'name')
    ) AS was_named
  FROM $s.catalog_change AS c LEFT JOIN $s."user" AS u ON c.kind = 'user' AND u.id = c.row
) AS c
WHERE CASE c.kind WHEN 'organization' THEN at_before OR at_after OR was_named
  WHEN 'user' THEN EXISTS (SELECT 1 FROM known AS k WHERE k.organization = c.holder AND k.inside
    AND c.operation BETWEEN k.since AND k.until)
  ELSE c.row IN (SELECT id FROM $r.series) END
"""

# An organization by its name when it was last known.
_ORGANIZATION = """
WITH $KNOWN, latest AS (
  SELECT organization, max(until) AS until, bool_or(inside AND until = $END) AS held FROM known
  GROUP BY organization
), named AS (
  SELECT o.*, latest.held, latest.until = $END AS is_known, coalesce((
    SELECT c.before::jsonb ->> 'name' FROM $s.catalog_change AS c
    WHERE c.kind = 'organization' AND c.row = o.id AND c.operation > latest.until AND $RENAMED
    ORDER BY c.operation, c.position LIMIT 1), o.name) AS called
  FROM $s.organization AS o JOIN latest ON latest.organization = o.id
)
SELECT id, parent, called AS name, CASE WHEN called = name THEN folded ELSE lower(called) END AS folded,
  CASE WHEN held THEN threshold ELSE 0 END AS threshold, retired,
  CASE WHEN is_known THEN basis END AS basis, CASE WHEN is_known THEN aging END AS aging,
  CASE WHEN is_known THEN intermediate ELSE 0 END AS intermediate
FROM named
"""
# Of those above it is told that they have administrators, not who.
_ADMINISTRATOR = """
WITH $HELD, over AS (SELECT organization FROM $s.numctl_known WHERE NOT inside AND until = $END)
SELECT organization, position, email FROM $s.administrator
WHERE organization IN (SELECT organization FROM held)
UNION ALL SELECT organization, position, '***' FROM $s.administrator
WHERE organization IN (SELECT organization FROM over)
"""

_PIECE = """
WITH $KNOWN, told AS NOT MATERIALIZED (
  SELECT p.operation, p.position, p.ahead, p.first, p.more, CASE WHEN kb.inside THEN p.before END AS before,
    CASE WHEN ka.inside THEN p.after END AS after, p.last, p.line, p.class
  FROM $s.piece AS p LEFT JOIN $s.state AS b ON b.id = p.before LEFT JOIN $s.state AS a ON a.id = p.after
  LEFT JOIN known AS kb ON kb.organization = b.organization AND kb.inside
  AND p.operation - 1 BETWEEN kb.since AND kb.until
  LEFT JOIN known AS ka ON ka.organization = a.organization AND ka.inside
  AND p.operation BETWEEN ka.since AND ka.until
) SELECT * FROM told WHERE before IS NOT NULL OR after IS NOT NULL
"""
# A forwarding is seen with the piece that it was a part of.
_DETAIL_CHANGE = """
WITH $KNOWN, told AS NOT MATERIALIZED (
  SELECT d.operation, d.position, d.number, CASE WHEN kb.inside THEN d.user_before END AS user_before,
    CASE WHEN ka.inside THEN d.user_after END AS user_after,
    CASE WHEN part.before THEN d.forward_before END AS forward_before,
    CASE WHEN part.after THEN d.forward_after END AS forward_after
  FROM $s.detail_change AS d
  LEFT JOIN $s."user" AS b ON b.id = d.user_before LEFT JOIN $s."user" AS a ON a.id = d.user_after
  LEFT JOIN known AS kb ON kb.organization = b.organization AND kb.inside
  AND d.operation - 1 BETWEEN kb.since AND kb.until
  LEFT JOIN known AS ka ON ka.organization = a.organization AND ka.inside
  AND d.operation BETWEEN ka.since AND ka.until
  LEFT JOIN LATERAL (
    SELECT bool_or(kp.organization = tb.organization) AS before,
      bool_or(kp.organization = ta.organization) AS after
    FROM (VALUES (0, 0), (1, 15), (2, 255), (3, 4095), (4, 65535), (5, 1048575), (6, 16777215),
      (7, 268435455), (8, 4294967295), (13, 1000000000000000)) AS size (class, most)
    JOIN $s.piece AS p ON p.class = size.class AND p.first BETWEEN d.number - size.most AND d.number
    AND p.last >= d.number AND p.operation = d.operation
    LEFT JOIN $s.state AS tb ON tb.id = p.before LEFT JOIN $s.state AS ta ON ta.id = p.after
    JOIN known AS kp ON kp.inside AND kp.organization IN (tb.organization, ta.organization)
    AND d.operation BETWEEN kp.since AND kp.until
  ) AS part ON d.forward_before IS NOT NULL OR d.forward_after IS NOT NULL
) SELECT * FROM told WHERE coalesce(user_before, user_after, forward_before, forward_after) IS NOT NULL
"""
# Addresses of administrators above are told neither as recipients nor in what a mail server said.
_MESSAGE = r"""
WITH $KNOWN, told AS (
  SELECT m.*, coalesce(m.operation, (
      SELECT max(o.id) FROM $s.operation AS o WHERE o.at <= m.at), 0) AS moment,
    CASE jsonb_typeof(m.facts::jsonb -> 'holder') WHEN 'number'
    THEN (m.facts::jsonb ->> 'holder')::bigint END AS holder
  FROM $s.message AS m
), seen AS (
  SELECT m.*, m.holder IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM known AS h WHERE h.organization = m.holder AND h.inside
    AND m.moment BETWEEN h.since AND h.until
  ) AS is_above
  FROM told AS m JOIN known AS k ON k.organization = m.organization AND k.inside
  AND m.moment BETWEEN k.since AND k.until
)
SELECT m.id, m.at, m.organization, m.operation, m.kind,
  CASE WHEN m.is_above THEN '[]' ELSE m.recipients END AS recipients, m.subject,
  jsonb_build_object('organization', m.facts::jsonb -> 'organization', 'holder', m.holder)::text AS facts,
  m.message_id, m.state, m.attempts, CASE WHEN m.is_above THEN (
    SELECT coalesce(regexp_replace(m.last_error, string_agg(
      regexp_replace(address, '([^[:alnum:]])', '\\\1', 'g'), '|'), '***', 'g'), m.last_error)
    FROM jsonb_array_elements_text(m.recipients::jsonb) AS address
  ) ELSE m.last_error END AS last_error, ''::text AS claimed_at, ''::text AS claimed_by, m.sent_at
FROM seen AS m
"""
_REQUEST = """
WITH $KNOWN
SELECT r.id, r.at, r.organization, r.series, r.quantity, r.note, r.message FROM $s.request AS r
JOIN $s.operation AS o ON o.action = 'request' AND (o.facts::jsonb ->> 'request')::bigint = r.id
JOIN known AS k ON k.organization = r.organization AND k.inside AND o.id BETWEEN k.since AND k.until
"""

# Each after those that it names.
VIEWS = {
    "numctl_schema": "SELECT version FROM $s.numctl_schema",
    "numctl_reader": "SELECT name, organization FROM $s.numctl_role WHERE name = session_user::text",
    "piece": _PIECE,
    "detail_change": _DETAIL_CHANGE,
    "span": """
WITH $HELD SELECT s.first, s.more, s.state, s.last FROM $s.span AS s JOIN $s.state AS t ON t.id = s.state
WHERE t.organization IN (SELECT organization FROM held)""",
    "extent": "SELECT first, last FROM $r.span",
    "state": """
WITH $ALWAYS SELECT t.* FROM $s.state AS t WHERE t.organization IN (SELECT organization FROM always)
OR (t.organization IN (SELECT organization FROM $s.numctl_known WHERE inside) AND (
  t.id IN (SELECT state FROM $r.span) OR t.id IN (SELECT before FROM $r.piece WHERE before IS NOT NULL)
  OR t.id IN (SELECT after FROM $r.piece WHERE after IS NOT NULL)))""",
    "tally": """
WITH $HELD SELECT n.* FROM $s.tally AS n WHERE n.organization IN (SELECT organization FROM held)""",
    "detail": """
WITH $HELD SELECT d.* FROM $s.detail AS d WHERE CASE WHEN d."user" IS NOT NULL THEN EXISTS (
  SELECT 1 FROM $s."user" AS u WHERE u.id = d."user" AND u.organization IN (SELECT organization FROM held))
ELSE EXISTS (
  SELECT 1 FROM $s.span AS s JOIN $s.state AS t ON t.id = s.state
  WHERE s.first = (SELECT max(b.first) FROM $s.span AS b WHERE b.first <= d.number) AND s.last >= d.number
  AND t.organization IN (SELECT organization FROM held)) END""",
    "user": """
WITH $ALWAYS SELECT u.* FROM $s."user" AS u WHERE u.organization IN (SELECT organization FROM always)
OR (u.organization IN (SELECT organization FROM $s.numctl_known WHERE inside) AND (
  u.id IN (SELECT d."user" FROM $r.detail AS d WHERE d."user" IS NOT NULL)
  OR u.id IN (SELECT user_before FROM $r.detail_change WHERE user_before IS NOT NULL)
  OR u.id IN (SELECT user_after FROM $r.detail_change WHERE user_after IS NOT NULL)))""",
    "organization": _ORGANIZATION,
    "administrator": _ADMINISTRATOR,
    "request": _REQUEST,
    "series": """
SELECT n.* FROM $s.series AS n WHERE n.id IN (SELECT series FROM $r.state)
OR n.id IN (SELECT series FROM $r.request WHERE series IS NOT NULL)""",
    "catalog_change": _CATALOG_CHANGE,
    "operation": _OPERATION,
    "label_span": """
WITH $HELD SELECT l.label_set, $CUT FROM $s.label_span AS l CROSS JOIN LATERAL $WITHIN AS w""",
    "label_piece": """
WITH $HELD SELECT l.operation, l.position, l.ahead, l.before, l.after, l.line, l.class, $CUT
FROM $s.label_piece AS l CROSS JOIN LATERAL $WITHIN AS w""",
    "label_set": """
SELECT n.* FROM $s.label_set AS n WHERE n.id IN (SELECT label_set FROM $r.label_span)
OR n.id IN (SELECT before FROM $r.label_piece WHERE before IS NOT NULL)
OR n.id IN (SELECT after FROM $r.label_piece WHERE after IS NOT NULL)""",
    "label": "SELECT n.* FROM $s.label AS n WHERE n.label_set IN (SELECT id FROM $r.label_set)",
    "message": _MESSAGE,
    # And the days of which there are records at all, on number 0: without them none can be told to be idle.
    "usage": """
WITH $HELD SELECT n.* FROM $s.usage AS n WHERE n.organization IN (SELECT organization FROM held)
UNION ALL SELECT DISTINCT n.day, 0, NULL::bigint, 0, 0, 0, 0, 0 FROM $s.usage AS n""",
    "inventory": """
SELECT n.id, n.created_at, coalesce((
  SELECT min(t.until) FROM $r.state AS t
  WHERE t.until <> '' AND t.id IN (SELECT state FROM $r.span)), '') AS due,
  ''::text AS mail_rests_until FROM $s.inventory AS n""",
}
