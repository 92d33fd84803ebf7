-- Who was told what. `entry` is the ledger, and is never changed; the other tables are an index of it, kept in the
-- same transactions. No address stands in any of them: recipients are keyed digests.
CREATE TABLE chain (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  number bigint NOT NULL,
  hash text NOT NULL
);
INSERT INTO chain (number, hash) VALUES (0, repeat('0', 64));

CREATE TABLE entry (
  number bigint PRIMARY KEY,
  hash text NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  token uuid NOT NULL
);
CREATE INDEX entry_of_kind ON entry (kind, number) WHERE kind IN ('begin', 'swept', 'rest', 'erased');

CREATE FUNCTION entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Retention takes texts out, line by line, and says so in a line of its own.
  IF TG_OP = 'UPDATE' AND current_setting('stillup.erasing', true) = 'on' AND NEW.text = ''
     AND (NEW.number, NEW.hash, NEW.kind, NEW.token) = (OLD.number, OLD.hash, OLD.kind, OLD.token) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a line of the ledger never changes';
END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_stays();
CREATE TRIGGER entry_is_kept BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION entry_stays();

CREATE TABLE event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event text NOT NULL,
  channel text NOT NULL,
  incident text NOT NULL DEFAULT '',
  at timestamptz,
  settled boolean NOT NULL DEFAULT false,
  generation integer NOT NULL DEFAULT 0,
  everybody boolean NOT NULL DEFAULT false,
  UNIQUE (event, channel)
);
CREATE INDEX event_of_incident ON event (incident, channel);

CREATE TABLE intent (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  event bigint NOT NULL REFERENCES event,
  entry bigint NOT NULL,
  owner text NOT NULL,
  until timestamptz NOT NULL,
  open boolean NOT NULL DEFAULT true
);
CREATE INDEX intent_open ON intent (event) WHERE open;

CREATE TABLE told (
  event bigint NOT NULL,
  recipient bytea NOT NULL,
  standing "char" NOT NULL,
  intent bigint NOT NULL,
  PRIMARY KEY (event, recipient)
);
