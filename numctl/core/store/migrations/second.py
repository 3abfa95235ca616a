"""The second schema: the catalog's journal, labels, and numbers that rest.

The tables that a CHECK or an index concerns are made anew, with their rows as they were.
"""

from __future__ import annotations

SECOND_SCHEMA = """
-- Where not set, the basis of a threshold and the days of aging are those of the organization above.
ALTER TABLE organization ADD COLUMN basis TEXT CHECK (basis IN ('held', 'below'));
ALTER TABLE organization ADD COLUMN aging INTEGER CHECK (aging BETWEEN 0 AND 3650);
-- Its numbers, and those of all below it, are those of an intermediate carrier.
ALTER TABLE organization ADD COLUMN intermediate INTEGER NOT NULL DEFAULT 0 CHECK (intermediate IN (0, 1));

-- A removed series stays for the journal's sake, and frees its name.
CREATE TABLE series_anew (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL CHECK (name <> ''),
  folded TEXT NOT NULL CHECK (folded <> ''),
  description TEXT NOT NULL DEFAULT '',
  aging INTEGER CHECK (aging BETWEEN 0 AND 3650),    -- days; NULL: the organization's rule
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT;
INSERT INTO series_anew (id, name, folded, description) SELECT id, name, folded, description FROM series;
DROP TABLE series;
ALTER TABLE series_anew RENAME TO series;
CREATE UNIQUE INDEX series_name ON series (folded) WHERE retired = 0;

-- What numbers of one span have in common. Rows are never changed or deleted: the journal names them.
CREATE TABLE state_anew (
  id INTEGER PRIMARY KEY,
  series INTEGER NOT NULL REFERENCES series (id),
  organization INTEGER NOT NULL REFERENCES organization (id),
  status TEXT NOT NULL CHECK (status IN ('available', 'reserved', 'aging', 'assigned', 'in-use')),
  tag TEXT NOT NULL DEFAULT '' CHECK (length(tag) <= 64),
  until TEXT NOT NULL DEFAULT '' CHECK (until = '' OR until IS date(until, '+0 days')),
  folded TEXT NOT NULL DEFAULT '',                   -- the tag as it is compared: searches read this
  UNIQUE (organization, series, status, tag, until),
  CHECK ((status = 'reserved') = (tag <> '')),
  CHECK (until = '' OR status IN ('reserved', 'aging')),
  CHECK (status <> 'aging' OR until <> ''),
  CHECK ((tag = '') = (folded = ''))
) STRICT;
INSERT INTO state_anew (id, series, organization, status, tag, until, folded)
SELECT id, series, organization, status, tag, until, folded FROM state;
DROP TABLE state;
ALTER TABLE state_anew RENAME TO state;
CREATE INDEX state_until ON state (until) WHERE until <> '';   -- what is due
CREATE TRIGGER state_stays BEFORE UPDATE ON state BEGIN SELECT raise(ABORT, 'a state never changes'); END;

CREATE TABLE tally_anew (
  organization INTEGER NOT NULL REFERENCES organization (id),
  series INTEGER NOT NULL REFERENCES series (id),
  status TEXT NOT NULL CHECK (status IN ('available', 'reserved', 'aging', 'assigned', 'in-use')),
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (organization, series, status)
) STRICT, WITHOUT ROWID;
INSERT INTO tally_anew (organization, series, status, n) SELECT organization, series, status, n FROM tally;
DROP TABLE tally;
ALTER TABLE tally_anew RENAME TO tally;

-- What an operation did to a row of the catalog: as JSON, NULL where the row was not there or is gone.
-- Users' names stand beside it, as forgetting blanks them; all else is in the operation's hash.
CREATE TABLE catalog_change (
  operation INTEGER NOT NULL REFERENCES operation (id),
  position INTEGER NOT NULL,
  line INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL CHECK (kind IN ('organization', 'series', 'user')),
  row INTEGER NOT NULL,
  before TEXT,
  after TEXT,
  name_before TEXT NOT NULL DEFAULT '',
  name_after TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (operation, position),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalog_change_row ON catalog_change (kind, row);

-- Labels: each distinct set of them once, with its keys and values beside it.
CREATE TABLE label_set (
  id INTEGER PRIMARY KEY,
  labels TEXT NOT NULL UNIQUE                        -- a JSON object, its keys in order
) STRICT;
CREATE TABLE label (
  label_set INTEGER NOT NULL REFERENCES label_set (id),
  key TEXT NOT NULL,
  value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 256),
  folded TEXT NOT NULL,
  PRIMARY KEY (label_set, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_value ON label (key, folded);
-- Runs of numbers with one set of labels. What is done to numbers doesn't touch them.
CREATE TABLE label_span (
  first INTEGER PRIMARY KEY CHECK (first BETWEEN 100 AND 999999999999999),
  last INTEGER NOT NULL CHECK (last >= first AND length(last) = length(first)),
  label_set INTEGER NOT NULL REFERENCES label_set (id)
) STRICT;
CREATE INDEX label_span_set ON label_span (label_set);
CREATE TRIGGER label_span_insert BEFORE INSERT ON label_span BEGIN
  SELECT raise(ABORT, 'spans never overlap')
  WHERE (SELECT last FROM label_span WHERE first <= new.last ORDER BY first DESC LIMIT 1) >= new.first;
END;
-- Each piece of an operation on labels: the set before and after; NULL is none.
CREATE TABLE label_piece (
  operation INTEGER NOT NULL REFERENCES operation (id),
  position INTEGER NOT NULL,
  line INTEGER NOT NULL DEFAULT 0,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL CHECK (last >= first AND length(last) = length(first)),
  before INTEGER REFERENCES label_set (id),
  after INTEGER REFERENCES label_set (id),
  class INTEGER NOT NULL AS (CASE
    WHEN last = first THEN 0 WHEN last - first < 16 THEN 1 WHEN last - first < 256 THEN 2
    WHEN last - first < 4096 THEN 3 WHEN last - first < 65536 THEN 4 WHEN last - first < 1048576 THEN 5
    WHEN last - first < 16777216 THEN 6 WHEN last - first < 268435456 THEN 7
    WHEN last - first < 4294967296 THEN 8 ELSE 13 END) VIRTUAL,
  PRIMARY KEY (operation, position),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_piece_class ON label_piece (class, first);
"""
