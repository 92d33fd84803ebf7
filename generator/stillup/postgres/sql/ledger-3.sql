-- The public event log. `public_entry` holds what is chained and is never changed; the texts stand apart, and can only
-- go. `public_chain` is its end: who appends locks it, so that of two publishers one comes after the other.
CREATE TABLE public_chain (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq bigint NOT NULL,
  hash text NOT NULL
);
INSERT INTO public_chain (seq, hash) VALUES (0, repeat('0', 64));

CREATE TABLE public_entry (
  seq bigint PRIMARY KEY,
  hash text NOT NULL,
  key text NOT NULL UNIQUE,
  line text NOT NULL,
  token uuid NOT NULL
);

CREATE TABLE public_text (
  seq bigint PRIMARY KEY REFERENCES public_entry,
  salt text NOT NULL,
  content text NOT NULL
);

-- By marks of a few bytes: what was public before the log began.
CREATE TABLE public_known (
  mark bytea PRIMARY KEY
);

CREATE FUNCTION public_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what is in the event log never changes';
END $$;
CREATE TRIGGER public_entry_stays BEFORE UPDATE OR DELETE ON public_entry
  FOR EACH ROW EXECUTE FUNCTION public_stays();
CREATE TRIGGER public_entry_is_kept BEFORE TRUNCATE ON public_entry FOR EACH STATEMENT EXECUTE FUNCTION public_stays();
CREATE TRIGGER public_text_stays BEFORE UPDATE ON public_text FOR EACH ROW EXECUTE FUNCTION public_stays();
CREATE TRIGGER public_text_is_kept BEFORE TRUNCATE ON public_text FOR EACH STATEMENT EXECUTE FUNCTION public_stays();
CREATE TRIGGER public_known_stays BEFORE UPDATE OR DELETE ON public_known
  FOR EACH ROW EXECUTE FUNCTION public_stays();
CREATE TRIGGER public_known_is_kept BEFORE TRUNCATE ON public_known FOR EACH STATEMENT EXECUTE FUNCTION public_stays();
