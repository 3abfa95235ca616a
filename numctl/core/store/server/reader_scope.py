"""What is in scope of a role that may only read, as pieces of SQL from which its views are made.

In these texts ``$s`` is the schema of the tables, ``$r`` the one of the views; the rest are pieces.
"""

from __future__ import annotations

from string import Template

END = "4000000000000000000"  # after every operation

# Where organizations stood: in scope of the role (``inside``), or above it, from one operation to another.
KNOWN = """
WITH RECURSIVE step AS (
  SELECT c.operation, c.position, c.row AS organization, (c.before::jsonb ->> 'parent')::bigint AS parent
  FROM $s.catalog_change AS c WHERE c.kind = 'organization' AND c.before IS NOT NULL AND c.after IS NOT NULL
  AND c.before::jsonb -> 'parent' IS DISTINCT FROM c.after::jsonb -> 'parent'
  UNION ALL
  SELECT o.id, 0, (o.facts::jsonb ->> 'organization')::bigint, (o.facts::jsonb ->> 'old_parent')::bigint
  FROM $s.operation AS o WHERE o.action = 'org move' AND o.facts::jsonb -> 'old_parent' IS NOT NULL
  AND o.id < (SELECT coalesce(min(operation), $END) FROM $s.catalog_change)
), stay AS (
  SELECT organization, parent, coalesce(lag(operation) OVER one, 0) AS since, operation - 1 AS until
  FROM step WINDOW one AS (PARTITION BY organization ORDER BY operation, position)
  UNION ALL
  SELECT o.id, o.parent, coalesce((SELECT max(operation) FROM step WHERE step.organization = o.id), 0), $END
  FROM $s.organization AS o
), own AS (
  SELECT organization, 0::bigint AS since, $END::bigint AS until FROM $s.numctl_role
  WHERE name = session_user::text
), inside AS (
  SELECT organization, since, until FROM own UNION ALL
  SELECT stay.organization, greatest(stay.since, inside.since), least(stay.until, inside.until)
  FROM stay JOIN inside ON stay.parent = inside.organization
  AND stay.since <= inside.until AND stay.until >= inside.since AND stay.since <= stay.until
), above AS (
  SELECT organization, since, until FROM own UNION ALL
  SELECT stay.parent, greatest(stay.since, above.since), least(stay.until, above.until)
  FROM stay JOIN above ON stay.organization = above.organization AND stay.parent IS NOT NULL
  AND stay.since <= above.until AND stay.until >= above.since AND stay.since <= stay.until
)
SELECT organization, true AS inside, since, until FROM inside
UNION ALL SELECT organization, false, since, until FROM above
WHERE organization NOT IN (SELECT organization FROM own)
"""

_PIECES = {
    "END": END,
    "KNOWN": "known AS MATERIALIZED (SELECT organization, inside, since, until FROM $s.numctl_known)",
    "HELD": "held AS MATERIALIZED"
    " (SELECT DISTINCT organization FROM $s.numctl_known WHERE inside AND until = $END)",
    # Whatever was theirs may be seen: they were in scope all the time.
    "ALWAYS": "always AS MATERIALIZED"
    " (SELECT organization FROM $s.numctl_known WHERE inside AND since = 0 AND until = $END)",
    # Whether the role may see all there is.
    "WHOLE": """(SELECT EXISTS (SELECT 1 FROM held JOIN $s.organization AS o ON o.id = held.organization
      WHERE o.parent IS NULL))""",
    # What of a run of labels may be seen: where it lies on spans in scope.
    "WITHIN": """(
      SELECT l.first, l.last WHERE $WHOLE
      UNION ALL SELECT s.first, s.last FROM $s.span AS s JOIN $s.state AS t ON t.id = s.state
      WHERE s.first <= l.last AND s.last >= l.first AND s.first >= coalesce(
        (SELECT max(b.first) FROM $s.span AS b WHERE b.first <= l.first), l.first)
      AND t.organization IN (SELECT organization FROM held) AND NOT $WHOLE)""",
    # Whether an operation ``x`` changed numbers in scope, or was about an organization in scope.
    "SEEN": """(
      EXISTS (
        SELECT 1 FROM $s.piece AS p JOIN $s.state AS t ON t.id = p.before OR t.id = p.after
        JOIN known AS k ON k.organization = t.organization AND k.inside
        AND p.operation BETWEEN k.since AND k.until WHERE p.operation = x.id
      ) OR EXISTS (
        SELECT 1 FROM $s.label_piece AS l CROSS JOIN LATERAL $WITHIN AS w WHERE l.operation = x.id
      ) OR (x.count = 0 AND CASE WHEN EXISTS (
        SELECT 1 FROM $s.catalog_change AS c WHERE c.operation = x.id AND c.kind <> 'series'
      ) THEN EXISTS (
        SELECT 1 FROM $s.catalog_change AS c LEFT JOIN $s."user" AS u ON c.kind = 'user' AND u.id = c.row
        JOIN known AS k ON k.inside AND x.id BETWEEN k.since AND k.until + 1
        AND k.organization = CASE c.kind WHEN 'organization' THEN c.row ELSE u.organization END
        WHERE c.operation = x.id AND c.kind <> 'series'
      ) ELSE EXISTS (
        SELECT 1 FROM known AS k WHERE k.inside AND x.id BETWEEN k.since AND k.until + 1
        AND k.organization = coalesce(CASE jsonb_typeof(x.facts::jsonb -> 'organization')
          WHEN 'number' THEN (x.facts::jsonb ->> 'organization')::bigint END, x.acting_as)
      ) END))""",
    # What of a run of labels lies within.
    "CUT": """greatest(l.first, w.first) AS first, least(l.last, w.last) - greatest(l.first, w.first) AS more,
      least(l.last, w.last) AS last""",
    "RENAMED": "(c.before::jsonb ->> 'name' IS DISTINCT FROM c.after::jsonb ->> 'name')",
}

# The catalog's journal. What was out of scope at one side of a change is told by its place alone, and by
# its name where that is known from the other side, or from before it went.
_SIDE = """
  CASE WHEN c.$side IS NULL OR c.kind <> 'organization' OR in_$side THEN c.$side ELSE (
    jsonb_build_object('parent', c.$side::jsonb -> 'parent', 'name', CASE
      WHEN at_$side OR (at_$other AND NOT $RENAMED) OR ($more) THEN c.$side::jsonb ->> 'name' ELSE '' END)
    || CASE WHEN at_$side THEN jsonb_strip_nulls(jsonb_build_object('basis', c.$side::jsonb -> 'basis',
      'aging', c.$side::jsonb -> 'aging', 'intermediate', c.$side::jsonb -> 'intermediate')) ELSE '{}' END
  )::text END AS $side"""
_KNOWN_AT = """EXISTS (SELECT 1 FROM known AS k WHERE k.organization = c.row AND (k.inside OR $outside)
    AND c.operation - $back BETWEEN k.since AND k.until)"""
_PIECES |= {
    "BEFORE": Template(_SIDE).safe_substitute(side="before", other="after", more="was_named"),
    "AFTER": Template(_SIDE).safe_substitute(side="after", other="before", more="false"),
}
for _name, _outside, _back in (
    ("AT_BEFORE", "true", "1"),
    ("AT_AFTER", "true", "0"),
    ("IN_BEFORE", "false", "1"),
    ("IN_AFTER", "false", "0"),
):
    _PIECES[_name] = Template(_KNOWN_AT).substitute(outside=_outside, back=_back)


def filled(text: str, tables: str, views: str) -> str:
    """A text with its pieces, and the names of the two schemas in quotes."""
    while "$" in (text := Template(text).safe_substitute(_PIECES, s=tables, r=views)):
        pass
    return text
