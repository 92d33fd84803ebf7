-- Who wants to hear. Texts are ordered by their bytes, so that every machine has them in one order.
CREATE TABLE people (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  salt bytea NOT NULL
);

CREATE TABLE subscription (
  id text COLLATE "C" PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  slice smallint NOT NULL CHECK (slice BETWEEN 0 AND 1023),
  address text NOT NULL,
  audience text NOT NULL,
  components text NOT NULL,
  impact text NOT NULL,
  kinds text NOT NULL,
  follow text NOT NULL,
  incident text NOT NULL,
  language text NOT NULL,
  timezone text NOT NULL,
  secret text NOT NULL,
  confirmed_at timestamptz,
  suppressed text NOT NULL
);
CREATE INDEX subscription_key ON subscription (channel, key, id);
CREATE INDEX subscription_slice ON subscription (channel, slice, key, id);
CREATE INDEX subscription_digest ON subscription (follow) WHERE follow = 'digest';

CREATE TABLE suppression (
  mark text PRIMARY KEY,
  reason text NOT NULL,
  at timestamptz NOT NULL
);
