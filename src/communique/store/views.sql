-- What analysts see. {articles}, {events}, … stand for the live parts; see views.py.

CREATE OR REPLACE VIEW article_revisions AS SELECT * FROM {articles};
CREATE OR REPLACE VIEW texts AS SELECT * FROM {texts};
CREATE OR REPLACE VIEW event_revisions AS SELECT * FROM {events};
CREATE OR REPLACE VIEW rejections AS SELECT * FROM {rejections};
CREATE OR REPLACE VIEW run_days AS SELECT * FROM {run_days};
CREATE OR REPLACE VIEW judgements AS SELECT * FROM {judgements};

CREATE OR REPLACE VIEW latest AS
SELECT document_id, max(revision) AS revision FROM article_revisions GROUP BY document_id;

CREATE OR REPLACE VIEW articles AS
SELECT * FROM article_revisions SEMI JOIN latest USING (document_id, revision);

-- One row a record, its fields as in JSONL, of the latest revision of each article.
CREATE OR REPLACE VIEW events AS
SELECT * FROM event_revisions SEMI JOIN latest USING (document_id, revision);

CREATE OR REPLACE VIEW runs AS
SELECT run_id, min(started_at) AS started_at, max(committed_at) AS committed_at, any_value(version) AS version,
    any_value(model_digest) AS model_digest, any_value(coder) AS coder, any_value(codebook) AS codebook,
    any_value(options) AS options, sum(n_coded + n_rejected)::BIGINT AS n_read, sum(n_coded)::BIGINT AS n_coded,
    sum(n_rejected)::BIGINT AS n_rejected, sum(n_events)::BIGINT AS n_events
FROM run_days GROUP BY run_id ORDER BY started_at;

-- Articles read by day of publication: what counts of events are divided by.
CREATE OR REPLACE VIEW days AS
SELECT date, sum(n_coded)::BIGINT AS n_coded, sum(n_rejected)::BIGINT AS n_rejected, sum(n_events)::BIGINT AS n_events
FROM (
    SELECT date, 1 AS n_coded, 0 AS n_rejected, n_events FROM articles
    UNION ALL SELECT date, 0, 1, 0 FROM rejections
) GROUP BY date ORDER BY date;

-- Every stretch of text that a record quotes.
CREATE OR REPLACE VIEW mentions AS
WITH named AS (
    SELECT id AS event_id, document_id, revision, role, position, entity
    FROM (
        SELECT id, document_id, revision, 'actor' AS role, unnest(actor) AS entity,
            generate_subscripts(actor, 1) AS position FROM events
        UNION ALL
        SELECT id, document_id, revision, 'recipient', unnest(recipient), generate_subscripts(recipient, 1) FROM events
    )
)
SELECT event_id, document_id, revision, role, position, entity.entity_text AS text, entity.start AS start,
    entity."end" AS "end", entity.code AS code, entity.sector AS sector, entity.resolved_text AS resolved_text,
    entity.identifier_text AS identifier_text, entity.identifier_id AS identifier_id, entity.office AS office,
    entity.reason AS reason
FROM named
UNION ALL
SELECT id, document_id, revision, 'event', generate_subscripts(event_text, 1), unnest(event_text),
    unnest([span[1] FOR span IN event_spans]), unnest([span[2] FOR span IN event_spans]),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM events
UNION ALL
SELECT id, document_id, revision, 'place', 1, event_loc.extracted_place, event_loc.start, event_loc."end",
    event_loc.country_code, NULL, event_loc.resolved_place, NULL, NULL, NULL, NULL FROM events WHERE event_loc IS NOT NULL
UNION ALL
SELECT id, document_id, revision, 'attribution', 1, attribution.entity_text, attribution.start, attribution."end",
    attribution.code, NULL, NULL, NULL, NULL, NULL, NULL FROM events WHERE attribution IS NOT NULL;

-- Who acts or is acted upon in the corpus: one row a code, sector and name.
CREATE OR REPLACE VIEW entities AS
SELECT code, sector[1] AS sector, identifier_text AS name, identifier_id, count(*) AS n_mentions,
    count(DISTINCT event_id) AS n_events, count(*) FILTER (role = 'actor') AS n_as_actor,
    count(*) FILTER (role = 'recipient') AS n_as_recipient
FROM mentions WHERE role IN ('actor', 'recipient')
GROUP BY ALL ORDER BY n_mentions DESC, code, sector, name, identifier_id;

-- One row for each actor with each recipient of an event. Where all parties are actors (a meeting), each ordered pair
-- of them. `happened` is false for what is planned, possible, past or denied.
CREATE OR REPLACE VIEW dyads AS
WITH pairs AS (
    SELECT *, unnest(
        CASE WHEN len(recipient) > 0 THEN flatten([
            [{'actor': a, 'recipient': r} FOR r IN recipient] FOR a IN actor
        ]) ELSE flatten([
            [{'actor': actor[i], 'recipient': actor[j]} FOR j IN range(1, len(actor) + 1) IF i != j]
            FOR i IN range(1, len(actor) + 1)
        ]) END
    ) AS pair, len(recipient) = 0 AS mutual FROM events
)
SELECT id AS event_id, document_id, revision, date, enddate, pair.actor.code AS actor_code,
    pair.actor.sector[1] AS actor_sector, pair.actor.identifier_text AS actor_name,
    pair.recipient.code AS recipient_code, pair.recipient.sector[1] AS recipient_sector,
    pair.recipient.identifier_text AS recipient_name, event[1] AS event, quad_code, event_scale, auxiliary_mode,
    len(auxiliary_mode) = 0 AS happened, mutual, confidence, link
FROM pairs;

-- Counts of what happened, by dyad of codes and quad category.
CREATE OR REPLACE VIEW quads AS
SELECT actor_code, recipient_code, quad_code, count(DISTINCT event_id) AS n_events, avg(event_scale) AS mean_scale,
    sum(event_scale) AS sum_scale, min(date) AS first_date, max(date) AS last_date
FROM dyads WHERE happened GROUP BY ALL ORDER BY n_events DESC, actor_code, recipient_code, quad_code;

-- Counts of what happened, by month of its first day and type.
CREATE OR REPLACE VIEW by_month AS
SELECT date_trunc('month', date)::DATE AS month, event[1] AS event, any_value(quad_code) AS quad_code,
    count(*) AS n_events, avg(event_scale) AS mean_scale, count(DISTINCT document_id) AS n_articles
FROM events WHERE len(auxiliary_mode) = 0 GROUP BY 1, 2 ORDER BY 1, 2;
