"""The tables of the journal in PostgreSQL, and every statement of the nodes that write it."""

SCHEMA = """
SELECT pg_advisory_xact_lock(hashtext('hoithi hall journal'));
CREATE SCHEMA IF NOT EXISTS hall_journal;
CREATE TABLE IF NOT EXISTS hall_journal.batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sitting bytea NOT NULL,
  writer bytea NOT NULL, number bigint NOT NULL, previous bytea NOT NULL, rows integer NOT NULL,
  hash bytea NOT NULL, UNIQUE (writer, sitting, number));
CREATE INDEX IF NOT EXISTS batches_of_sitting ON hall_journal.batches (sitting, id);
CREATE TABLE IF NOT EXISTS hall_journal.events (
  batch bigint NOT NULL, place integer NOT NULL, attempt bytea NOT NULL, epoch integer NOT NULL,
  seq bigint NOT NULL, kind smallint NOT NULL, item integer NOT NULL, option bigint NOT NULL,
  server_ms bigint NOT NULL, client_ms bigint NOT NULL, data bytea NOT NULL,
  PRIMARY KEY (batch, place));
CREATE INDEX IF NOT EXISTS events_of_sittings ON hall_journal.events (kind, item)
  WHERE kind IN (13, 14);
CREATE TABLE IF NOT EXISTS hall_journal.lines (
  key bytea PRIMARY KEY, version bigint NOT NULL, attempts bytea NOT NULL,
  last_ms bigint NOT NULL, moved xid8 NOT NULL)
  WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS lines_moved ON hall_journal.lines (moved);
CREATE TABLE IF NOT EXISTS hall_journal.nodes (
  writer bytea PRIMARY KEY, started_ms bigint NOT NULL, seen_ms bigint NOT NULL,
  order_number bigint NOT NULL, snapshot text NOT NULL) WITH (fillfactor = 50);
CREATE OR REPLACE FUNCTION hall_journal.stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE OR REPLACE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE
  ON hall_journal.events EXECUTE FUNCTION hall_journal.stays();
CREATE OR REPLACE TRIGGER batches_stay BEFORE UPDATE OR DELETE OR TRUNCATE
  ON hall_journal.batches EXECUTE FUNCTION hall_journal.stays();
"""
OWN_HEADS = """
SELECT DISTINCT ON (sitting) sitting, number, hash FROM hall_journal.batches
 WHERE writer = %s ORDER BY sitting, number DESC
"""
NEWEST_HEADS = """
SELECT DISTINCT ON (sitting) sitting, hash FROM hall_journal.batches ORDER BY sitting, id DESC
"""
LAST_ORDER = "SELECT coalesce(max(item), 0) FROM hall_journal.events WHERE kind = 13"
CLOSED = """
SELECT sitting, max(item) FROM hall_journal.batches JOIN hall_journal.events ON batch = id
 WHERE kind = 14 GROUP BY sitting
"""
# Rows of lines that nobody has touched; in order, as all rows of lines are locked. They have not
# moved: who asks for what moved does not read a whole roster.
MAKE_LINES = """
INSERT INTO hall_journal.lines
SELECT key, 0, %s, 0, '0'::xid8 FROM unnest(%s) AS key ORDER BY key
ON CONFLICT DO NOTHING RETURNING key
"""
READ_LINES = "SELECT key, version, attempts, last_ms FROM hall_journal.lines WHERE key = ANY (%s)"
# Transactions below the snapshot's xmin are seen whole by this reading; all others come again.
READ_MOVED = """
SELECT key, attempts, pg_snapshot_xmin(pg_current_snapshot())::text
  FROM hall_journal.lines WHERE moved >= %s::xid8
"""
# One transaction and one round trip: lock the lines in order, and store only if each still has the
# version on which the batch was decided. The answer is the batch's id, or nothing.
STORE = """
WITH held AS MATERIALIZED (
  SELECT key, version FROM hall_journal.lines WHERE key = ANY (%s) ORDER BY key FOR UPDATE),
stored AS (
  INSERT INTO hall_journal.batches (sitting, writer, number, previous, rows, hash)
  SELECT %s, %s, %s, %s, %s, %s
   WHERE coalesce((SELECT array_agg(version ORDER BY key) FROM held), ARRAY[]::bigint[]) = %s
  RETURNING id),
written AS (
  INSERT INTO hall_journal.events
  SELECT id, place, attempt, epoch, seq, kind, item, option, server_ms, client_ms, data
    FROM stored, unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s) WITH ORDINALITY
         AS r (attempt, epoch, seq, kind, item, option, server_ms, client_ms, data, place)),
kept AS (
  UPDATE hall_journal.lines
     SET version = version + 1, attempts = new.attempts, last_ms = new.last_ms,
         moved = CASE WHEN new.has_moved THEN pg_current_xact_id() ELSE lines.moved END
    FROM stored, unnest(%s, %s, %s, %s) AS new (key, attempts, last_ms, has_moved)
   WHERE lines.key = new.key)
SELECT id FROM stored
"""
REPORT = """
INSERT INTO hall_journal.nodes VALUES (%s, %s, %s, %s, %s) ON CONFLICT (writer) DO UPDATE SET
  seen_ms = excluded.seen_ms, order_number = excluded.order_number, snapshot = excluded.snapshot
"""
CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
