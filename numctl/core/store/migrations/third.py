"""The third schema: the same, told in fewer bytes where each number has a user or a label of its own.

What follows from other columns is computed rather than kept: the last number of a run, the line of a piece,
a name as it is compared. The last two are kept where they are otherwise, which is rare.
"""

from __future__ import annotations

_CLASS = """
  -- The smallest k with 16^k >= the count: a number's history is one short look in each class.
  class INTEGER NOT NULL AS (CASE
    WHEN more = 0 THEN 0 WHEN more < 16 THEN 1 WHEN more < 256 THEN 2 WHEN more < 4096 THEN 3
    WHEN more < 65536 THEN 4 WHEN more < 1048576 THEN 5 WHEN more < 16777216 THEN 6
    WHEN more < 268435456 THEN 7 WHEN more < 4294967296 THEN 8 ELSE 13 END) VIRTUAL,
""".strip()

THIRD_SCHEMA = f"""
-- The inventory: runs of numbers in one state, the first and how many more. All of one length of digits.
CREATE TABLE span_anew (
  first INTEGER PRIMARY KEY CHECK (first BETWEEN 100 AND 999999999999999),
  more INTEGER NOT NULL DEFAULT 0 CHECK (more >= 0 AND length(first + more) = length(first)),
  state INTEGER NOT NULL REFERENCES state (id),
  last INTEGER NOT NULL AS (first + more) VIRTUAL
) STRICT;
INSERT INTO span_anew (first, more, state) SELECT first, last - first, state FROM span ORDER BY first;
DROP TABLE span;
ALTER TABLE span_anew RENAME TO span;
CREATE INDEX span_state ON span (state);             -- the spans of the states that a filter picked
CREATE TRIGGER span_insert BEFORE INSERT ON span BEGIN
  SELECT raise(ABORT, 'spans never overlap')
  WHERE (SELECT last FROM span WHERE first <= new.first + new.more ORDER BY first DESC LIMIT 1) >= new.first;
END;
CREATE TRIGGER span_update BEFORE UPDATE OF first, more ON span BEGIN
  SELECT raise(ABORT, 'a span keeps its first number') WHERE new.first <> old.first;
  SELECT raise(ABORT, 'spans never overlap')
  WHERE EXISTS (SELECT 1 FROM span WHERE first > old.first AND first <= new.first + new.more);
END;

-- Users, by the organization that holds their numbers, so that who may see a number may see its user.
-- A forgotten user's name is empty; the row stays for the journal's sake.
CREATE TABLE user_anew (
  id INTEGER PRIMARY KEY,
  organization INTEGER NOT NULL REFERENCES organization (id),
  name TEXT NOT NULL,
  folding TEXT,           -- the name as it is compared; NULL where `lower` gives it
  folded TEXT NOT NULL AS (coalesce(folding, lower(name))) VIRTUAL,
  CHECK ((name = '') = (coalesce(folding, lower(name)) = ''))
) STRICT;
INSERT INTO user_anew (id, organization, name, folding)
SELECT id, organization, name, CASE WHEN folded <> lower(name) THEN folded END FROM user ORDER BY id;
DROP TABLE user;
ALTER TABLE user_anew RENAME TO user;
CREATE UNIQUE INDEX user_name ON user (folded, organization) WHERE folded <> '';

-- Each piece of an operation: the state of its numbers before and after; NULL is not in the inventory.
CREATE TABLE piece_anew (
  operation INTEGER NOT NULL REFERENCES operation (id),
  position INTEGER NOT NULL,
  ahead INTEGER,          -- of a batch's or file's line before the position; NULL elsewhere
  first INTEGER NOT NULL,
  more INTEGER NOT NULL DEFAULT 0 CHECK (more >= 0 AND length(first + more) = length(first)),
  before INTEGER REFERENCES state (id),
  after INTEGER REFERENCES state (id),
  last INTEGER NOT NULL AS (first + more) VIRTUAL,
  line INTEGER NOT NULL AS (coalesce(position + ahead, 0)) VIRTUAL,
  {_CLASS}
  PRIMARY KEY (operation, position),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO piece_anew (operation, position, ahead, first, more, before, after)
SELECT operation, position, CASE WHEN line <> 0 THEN line - position END, first, last - first, before, after
FROM piece ORDER BY operation, position;
DROP TABLE piece;
ALTER TABLE piece_anew RENAME TO piece;
CREATE INDEX piece_class ON piece (class, first);    -- the history of a number

-- Labels: each distinct set of them once, and what it is found by, its keys and values.
CREATE TABLE label_set_anew (
  id INTEGER PRIMARY KEY,
  checksum INTEGER NOT NULL,                         -- CRC-32 of the text, by which a set is found
  labels TEXT NOT NULL                               -- a JSON object, its keys in order
) STRICT;
CREATE TABLE label_anew (
  key TEXT NOT NULL,
  folded TEXT NOT NULL,                              -- the value as it is compared
  label_set INTEGER NOT NULL REFERENCES label_set (id),
  written TEXT,                                      -- the value, NULL where it is as it is compared
  value TEXT NOT NULL AS (coalesce(written, folded)) VIRTUAL CHECK (length(value) BETWEEN 1 AND 256),
  PRIMARY KEY (key, folded, label_set)
) STRICT, WITHOUT ROWID;
INSERT INTO label_set_anew (id, checksum, labels)
SELECT id, checksum(labels), labels FROM label_set ORDER BY id;
INSERT INTO label_anew (key, folded, label_set, written)
SELECT key, folded, label_set, CASE WHEN value <> folded THEN value END
FROM label ORDER BY key, folded, label_set;
DROP TABLE label;
ALTER TABLE label_anew RENAME TO label;
DROP TABLE label_set;
ALTER TABLE label_set_anew RENAME TO label_set;
CREATE INDEX label_set_checksum ON label_set (checksum);

-- Runs of numbers with one set of labels. What is done to numbers doesn't touch them.
CREATE TABLE label_span_anew (
  first INTEGER PRIMARY KEY CHECK (first BETWEEN 100 AND 999999999999999),
  more INTEGER NOT NULL DEFAULT 0 CHECK (more >= 0 AND length(first + more) = length(first)),
  label_set INTEGER NOT NULL REFERENCES label_set (id),
  last INTEGER NOT NULL AS (first + more) VIRTUAL
) STRICT;
INSERT INTO label_span_anew (first, more, label_set)
SELECT first, last - first, label_set FROM label_span ORDER BY first;
DROP TABLE label_span;
ALTER TABLE label_span_anew RENAME TO label_span;
CREATE INDEX label_span_set ON label_span (label_set);
CREATE TRIGGER label_span_insert BEFORE INSERT ON label_span BEGIN
  SELECT raise(ABORT, 'spans never overlap') WHERE (
    SELECT last FROM label_span WHERE first <= new.first + new.more ORDER BY first DESC LIMIT 1
  ) >= new.first;
END;

-- Each piece of an operation on labels: the set before and after; NULL is none.
CREATE TABLE label_piece_anew (
  operation INTEGER NOT NULL REFERENCES operation (id),
  position INTEGER NOT NULL,
  ahead INTEGER,          -- of a batch's or file's line before the position; NULL elsewhere
  first INTEGER NOT NULL,
  more INTEGER NOT NULL DEFAULT 0 CHECK (more >= 0 AND length(first + more) = length(first)),
  before INTEGER REFERENCES label_set (id),
  after INTEGER REFERENCES label_set (id),
  last INTEGER NOT NULL AS (first + more) VIRTUAL,
  line INTEGER NOT NULL AS (coalesce(position + ahead, 0)) VIRTUAL,
  {_CLASS}
  PRIMARY KEY (operation, position),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO label_piece_anew (operation, position, ahead, first, more, before, after)
SELECT operation, position, CASE WHEN line <> 0 THEN line - position END, first, last - first, before, after
FROM label_piece ORDER BY operation, position;
DROP TABLE label_piece;
ALTER TABLE label_piece_anew RENAME TO label_piece;
CREATE INDEX label_piece_class ON label_piece (class, first);
"""  # noqa: S608 - put together from the text above
