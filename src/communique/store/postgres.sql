CREATE SCHEMA IF NOT EXISTS communique;
SET search_path = communique;

CREATE TABLE IF NOT EXISTS exported_parts (name text PRIMARY KEY, exported_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE IF NOT EXISTS article_revisions (
    document_id text, revision bigint, date date, title text, url text, publication text, language text, place text,
    text_sha256 text, n_characters bigint, n_events bigint, coder text, codebook text, options jsonb, coding_key text,
    run_id text, PRIMARY KEY (document_id, revision)
);
CREATE TABLE IF NOT EXISTS texts (
    document_id text, text_sha256 text, text text, PRIMARY KEY (document_id, text_sha256)
);
CREATE TABLE IF NOT EXISTS event_revisions (
    id text, document_id text, date date, enddate date, date_resolution text, event text[], mode text[], context text[],
    auxiliary_mode text[], quad_code bigint, event_scale double precision, actor jsonb, recipient jsonb, event_loc jsonb,
    event_text text[], event_spans jsonb, text_info jsonb, attribution jsonb, size jsonb, size_spans jsonb,
    confidence double precision, link text, cite_info jsonb, coder text, codebook text, coded_date date, extra jsonb,
    revision bigint, run_id text, PRIMARY KEY (id, revision)
);
CREATE INDEX IF NOT EXISTS event_revisions_document ON event_revisions (document_id, revision);
CREATE INDEX IF NOT EXISTS event_revisions_date ON event_revisions (date);
CREATE TABLE IF NOT EXISTS rejections (
    rejection_key text PRIMARY KEY, "where" text, document_id text, date date, found text, expected text, run_id text
);
CREATE TABLE IF NOT EXISTS runs (
    run_id text PRIMARY KEY, started_at timestamptz, committed_at timestamptz, version text, model_digest text, coder text,
    codebook text, options jsonb, n_read bigint, n_coded bigint, n_rejected bigint, n_events bigint
);
CREATE TABLE IF NOT EXISTS judgements (
    "user" text, "time" timestamptz, record_id text, revision bigint, verdict text, field text, old jsonb, new jsonb,
    note text, PRIMARY KEY ("user", "time", record_id, revision, field)
);

CREATE OR REPLACE VIEW latest AS
SELECT document_id, max(revision) AS revision FROM article_revisions GROUP BY document_id;
CREATE OR REPLACE VIEW articles AS SELECT * FROM article_revisions JOIN latest USING (document_id, revision);
CREATE OR REPLACE VIEW events AS SELECT * FROM event_revisions JOIN latest USING (document_id, revision);

-- As the store's view of this name: each actor with each recipient, or with each other actor where all are actors.
CREATE OR REPLACE VIEW dyads AS
SELECT events.id AS event_id, document_id, events.revision, date, enddate, a.party->>'code' AS actor_code,
    a.party->'sector'->>0 AS actor_sector, r.party->>'code' AS recipient_code, r.party->'sector'->>0 AS recipient_sector,
    event[1] AS event, quad_code, event_scale, auxiliary_mode, cardinality(auxiliary_mode) = 0 AS happened,
    jsonb_array_length(recipient) = 0 AS mutual, confidence, link
FROM events
CROSS JOIN LATERAL jsonb_array_elements(actor) WITH ORDINALITY AS a (party, number)
CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_array_length(recipient) > 0 THEN recipient ELSE actor END)
    WITH ORDINALITY AS r (party, number)
WHERE jsonb_array_length(recipient) > 0 OR a.number <> r.number;
