"""The first schema: the inventory, the catalog, the journal, the outbox, consumption."""

from __future__ import annotations

FIRST_SCHEMA = """
-- What is true of the store as a whole; one row.
CREATE TABLE inventory (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  created_at TEXT NOT NULL,
  -- The earliest date that a hold ends on, empty when nothing is held until a date: one look tells
  -- whoever opens the store whether something is due.
  due TEXT NOT NULL DEFAULT '',
  -- No command tries to deliver mail by itself before this moment; empty when it may.
  mail_rests_until TEXT NOT NULL DEFAULT ''
) STRICT;

-- The tree of organizations. A name is unique among its siblings by its folded form.
CREATE TABLE organization (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES organization (id),       -- NULL for the root alone
  name TEXT NOT NULL CHECK (name <> '' AND instr(name, '/') = 0),
  folded TEXT NOT NULL CHECK (folded <> ''),
  -- Per cent at which its administrators are written to; 0 is off.
  threshold INTEGER NOT NULL DEFAULT 80 CHECK (threshold BETWEEN 0 AND 100),
  -- Removed organizations stay for the journal's sake, and free their name.
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  CHECK (parent <> id),
  CHECK (parent IS NOT NULL OR retired = 0)
) STRICT;
CREATE UNIQUE INDEX organization_root ON organization ((1)) WHERE parent IS NULL;
CREATE UNIQUE INDEX organization_name ON organization (parent, folded) WHERE retired = 0;

-- E-mail addresses of an organization's administrators, in the order given.
CREATE TABLE administrator (
  organization INTEGER NOT NULL REFERENCES organization (id),
  position INTEGER NOT NULL,
  email TEXT NOT NULL CHECK (instr(email, '@') > 1),
  PRIMARY KEY (organization, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL CHECK (name <> ''),
  folded TEXT NOT NULL UNIQUE CHECK (folded <> ''),
  description TEXT NOT NULL DEFAULT ''
) STRICT;

-- What numbers of one span have in common. Rows are never changed or deleted: the journal names them.
CREATE TABLE state (
  id INTEGER PRIMARY KEY,
  series INTEGER NOT NULL REFERENCES series (id),
  organization INTEGER NOT NULL REFERENCES organization (id),
  status TEXT NOT NULL CHECK (status IN ('available', 'reserved', 'assigned', 'in-use')),
  tag TEXT NOT NULL DEFAULT '' CHECK (length(tag) <= 64),
  until TEXT NOT NULL DEFAULT '' CHECK (until = '' OR until IS date(until, '+0 days')),
  folded TEXT NOT NULL DEFAULT '',                   -- the tag as it is compared: searches read this
  UNIQUE (organization, series, status, tag, until),
  CHECK ((status = 'reserved') = (tag <> '')),
  CHECK (until = '' OR status = 'reserved'),
  CHECK ((tag = '') = (folded = ''))
) STRICT;
CREATE INDEX state_until ON state (until) WHERE until <> '';   -- what is due
CREATE TRIGGER state_stays BEFORE UPDATE ON state BEGIN SELECT raise(ABORT, 'a state never changes'); END;

-- The inventory: runs of numbers in one state. Both ends included, of one length of digits.
CREATE TABLE span (
  first INTEGER PRIMARY KEY CHECK (first BETWEEN 100 AND 999999999999999),
  last INTEGER NOT NULL CHECK (last >= first AND length(last) = length(first)),
  state INTEGER NOT NULL REFERENCES state (id)
) STRICT;
CREATE INDEX span_state ON span (state);             -- the spans of the states that a filter picked
CREATE TRIGGER span_insert BEFORE INSERT ON span BEGIN
  SELECT raise(ABORT, 'spans never overlap')
  WHERE (SELECT last FROM span WHERE first <= new.last ORDER BY first DESC LIMIT 1) >= new.first;
END;
CREATE TRIGGER span_update BEFORE UPDATE OF first, last ON span BEGIN
  SELECT raise(ABORT, 'a span keeps its first number') WHERE new.first <> old.first;
  SELECT raise(ABORT, 'spans never overlap')
  WHERE EXISTS (SELECT 1 FROM span WHERE first > old.first AND first <= new.last);
END;

-- Unbroken blocks of numbers whatever their state: where digits are looked for.
CREATE TABLE extent (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= first AND length(last) = length(first))
) STRICT;

-- How many numbers each organization holds, by series and status. Not on state: a hundred thousand
-- tags would make every sum read a hundred thousand rows.
CREATE TABLE tally (
  organization INTEGER NOT NULL REFERENCES organization (id),
  series INTEGER NOT NULL REFERENCES series (id),
  status TEXT NOT NULL CHECK (status IN ('available', 'reserved', 'assigned', 'in-use')),
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (organization, series, status)
) STRICT, WITHOUT ROWID;

-- Users, by the organization that holds their numbers, so that who may see a number may see its user.
-- A forgotten user's name is empty; the row stays for the journal's sake.
CREATE TABLE user (
  id INTEGER PRIMARY KEY,
  organization INTEGER NOT NULL REFERENCES organization (id),
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  CHECK ((name = '') = (folded = ''))
) STRICT;
CREATE UNIQUE INDEX user_name ON user (folded, organization) WHERE folded <> '';

-- What is true of one number alone: its user while assigned or in use, its forwarding while reserved.
CREATE TABLE detail (
  number INTEGER PRIMARY KEY,
  user INTEGER REFERENCES user (id),
  forward_to INTEGER CHECK (forward_to BETWEEN 100 AND 999999999999999 AND forward_to <> number),
  CHECK ((user IS NULL) <> (forward_to IS NULL))
) STRICT;
CREATE INDEX detail_user ON detail (user) WHERE user IS NOT NULL;                     -- a user's numbers
CREATE INDEX detail_forward ON detail (forward_to) WHERE forward_to IS NOT NULL;      -- circles

-- The journal: what was done, by whom, and a hash over it and the hash before it.
CREATE TABLE operation (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,                                  -- RFC 3339, UTC; never before the operation before
  actor TEXT NOT NULL,                               -- the operating system's user
  acting_as INTEGER NOT NULL REFERENCES organization (id),
  action TEXT NOT NULL CHECK (action <> ''),
  message TEXT NOT NULL DEFAULT '',
  count INTEGER NOT NULL DEFAULT 0 CHECK (count >= 0),   -- numbers changed; 0 for furniture
  facts TEXT NOT NULL DEFAULT '{}',   -- what its answer says, by row ids
  undoes INTEGER REFERENCES operation (id),
  undone_by INTEGER REFERENCES operation (id),       -- added later, so not in the hash
  op_key TEXT,                                       -- the caller's key for a safe retry
  command TEXT NOT NULL DEFAULT '',                  -- digest of the command that the key stands for
  hash BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE UNIQUE INDEX operation_key ON operation (acting_as, op_key) WHERE op_key IS NOT NULL;

-- Each piece of an operation: the state of its numbers before and after; NULL is not in the inventory.
CREATE TABLE piece (
  operation INTEGER NOT NULL REFERENCES operation (id),
  position INTEGER NOT NULL,
  line INTEGER NOT NULL DEFAULT 0,                   -- of a batch or a file; 0 elsewhere
  first INTEGER NOT NULL,
  last INTEGER NOT NULL CHECK (last >= first AND length(last) = length(first)),
  before INTEGER REFERENCES state (id),
  after INTEGER REFERENCES state (id),
  -- The smallest k with 16^k >= the count: a number's history is one short look in each class.
  class INTEGER NOT NULL AS (CASE
    WHEN last = first THEN 0 WHEN last - first < 16 THEN 1 WHEN last - first < 256 THEN 2
    WHEN last - first < 4096 THEN 3 WHEN last - first < 65536 THEN 4 WHEN last - first < 1048576 THEN 5
    WHEN last - first < 16777216 THEN 6 WHEN last - first < 268435456 THEN 7
    WHEN last - first < 4294967296 THEN 8 ELSE 13 END) VIRTUAL,
  PRIMARY KEY (operation, position),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX piece_class ON piece (class, first);    -- the history of a number

-- Each change of what is true of one number alone, beside its piece.
CREATE TABLE detail_change (
  operation INTEGER NOT NULL REFERENCES operation (id),
  position INTEGER NOT NULL,
  number INTEGER NOT NULL,
  user_before INTEGER REFERENCES user (id),
  user_after INTEGER REFERENCES user (id),
  forward_before INTEGER,
  forward_after INTEGER,
  PRIMARY KEY (operation, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX detail_change_number ON detail_change (number);

-- Mail that the store owes someone.
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  organization INTEGER NOT NULL REFERENCES organization (id),
  operation INTEGER REFERENCES operation (id),       -- that asked for it; its undo takes it back
  kind TEXT NOT NULL CHECK (kind IN ('threshold', 'request', 'test')),
  recipients TEXT NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL,     -- what its text is made from when it is sent
  message_id TEXT NOT NULL UNIQUE,                   -- made once, so that a duplicate can be told
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  last_error TEXT NOT NULL DEFAULT '',
  claimed_at TEXT NOT NULL DEFAULT '',               -- a sender has it in hand since then
  claimed_by TEXT NOT NULL DEFAULT '',               -- which one: its machine and process
  sent_at TEXT NOT NULL DEFAULT '',
  CHECK ((state = 'sent') = (sent_at <> '')),
  CHECK ((claimed_at = '') = (claimed_by = ''))
) STRICT;
CREATE INDEX message_waiting ON message (id) WHERE state = 'waiting';

-- Requests to the supplier for more numbers.
CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  organization INTEGER NOT NULL REFERENCES organization (id),
  series INTEGER REFERENCES series (id),
  quantity INTEGER NOT NULL CHECK (quantity >= 1),
  note TEXT NOT NULL DEFAULT '',
  message INTEGER REFERENCES message (id)            -- NULL: kept, not sent
) STRICT;

-- Consumption: one row for each number and day, booked on whoever held the number that day.
CREATE TABLE usage (
  day TEXT NOT NULL CHECK (day IS date(day, '+0 days')),
  number INTEGER NOT NULL,
  organization INTEGER NOT NULL REFERENCES organization (id),
  voice_incoming INTEGER NOT NULL CHECK (voice_incoming >= 0),       -- seconds
  voice_outgoing INTEGER NOT NULL CHECK (voice_outgoing >= 0),       -- seconds
  messages_sent INTEGER NOT NULL CHECK (messages_sent >= 0),
  messages_received INTEGER NOT NULL CHECK (messages_received >= 0),
  data INTEGER NOT NULL CHECK (data >= 0),                           -- bytes
  PRIMARY KEY (day, number)
) STRICT, WITHOUT ROWID;
"""
