-- Work for several processes: how fast a provider may be asked by all of them together, and who does which part of a
-- list. Neither says who was told: that stands in the ledger alone, and these two can be emptied at any time.
CREATE TABLE pace (
  account text PRIMARY KEY,
  next timestamptz NOT NULL
);

CREATE TABLE share (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  delivery uuid NOT NULL,
  event text NOT NULL,
  channel text NOT NULL,
  first smallint NOT NULL,
  past smallint NOT NULL,
  size integer NOT NULL,
  at timestamptz NOT NULL,
  commit text NOT NULL,
  reason text NOT NULL,
  owner text NOT NULL DEFAULT '',
  job bigint,
  counts jsonb,
  made timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX share_of_delivery ON share (delivery) WHERE counts IS NULL;
