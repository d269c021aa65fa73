-- Times are microseconds since 1970-01-01 UTC; leases are microseconds of the boot-time clock
-- named by lease_boot. Ids of jobs and owners are the 16 bytes of their UUIDs.
--
-- What is checked at each write of a job is spelled out with OR: for a list of more than two, IN
-- makes a table of its own each time.

CREATE TABLE floorplans (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id   INTEGER,
    filename     TEXT,
    pdf_ref      TEXT    NOT NULL,
    pdf_bytes    INTEGER NOT NULL CHECK (pdf_bytes >= 0),
    -- What was read: all null until an ingest succeeded, then all set.
    source       TEXT    CHECK (source IN ('vector', 'raster')),
    wall_count   INTEGER,
    linear_pts   REAL,
    document_ref TEXT,
    svg_ref      TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    CHECK ((source IS NULL) = (document_ref IS NULL)),
    CHECK ((source IS NULL) = (wall_count IS NULL)),
    CHECK ((source IS NULL) = (linear_pts IS NULL)),
    CHECK ((source IS NULL) = (svg_ref IS NULL))
) STRICT;

CREATE TABLE jobs (
    seq                INTEGER PRIMARY KEY,
    id                 BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    kind               TEXT    NOT NULL,
    queue              TEXT    NOT NULL,
    priority           INTEGER NOT NULL,
    status             TEXT    NOT NULL
        CHECK (status = 'queued' OR status = 'running' OR status = 'succeeded'
            OR status = 'failed' OR status = 'cancelled'),
    -- 1 when the job is due and waits for no other; a claim promotes what has become due.
    ready              INTEGER NOT NULL CHECK (ready IN (0, 1)),
    run_at             INTEGER NOT NULL,
    payload            TEXT    NOT NULL,
    payload_ref        TEXT,
    unique_key         TEXT,
    -- Until when the key is held beyond queued and running; null: no longer.
    unique_until       INTEGER,
    -- The request of the host's that led to the job, for its logs.
    request_id         TEXT,
    -- How many rows of dependencies name this job as the child.
    waiting_for        INTEGER NOT NULL DEFAULT 0 CHECK (waiting_for >= 0),
    -- 1 once a job was made that waits for this one; ending it may make others ready.
    awaited            INTEGER NOT NULL DEFAULT 0 CHECK (awaited IN (0, 1)),
    on_parent_failure  TEXT    NOT NULL DEFAULT 'cancel'
        CHECK (on_parent_failure = 'cancel' OR on_parent_failure = 'fail'
            OR on_parent_failure = 'run'),
    max_attempts       INTEGER,
    retry_delay_us     INTEGER,
    timeout_us         INTEGER,
    -- The fence: counts starts, only a claim increments it, and it never goes back.
    attempt            INTEGER NOT NULL DEFAULT 0,
    errors             INTEGER NOT NULL DEFAULT 0,
    crashes            INTEGER NOT NULL DEFAULT 0,
    interruptions      INTEGER NOT NULL DEFAULT 0,
    owner              BLOB    CHECK (length(owner) = 16),
    lease_until        INTEGER,
    lease_boot         TEXT,
    cancel_requested   INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    checkpoint         TEXT,
    progress_fraction  REAL,
    progress_stage     TEXT,
    progress_message   TEXT,
    -- Since when the running attempt has told nothing new, if its worker finds that too long.
    stalled_since      INTEGER,
    result             TEXT,
    result_ref         TEXT,
    error_code         TEXT,
    error_message      TEXT,
    -- A JSON array of texts, the nearest cause first; null if there is none.
    error_causes       TEXT,
    floorplan_id       INTEGER REFERENCES floorplans (id),
    bom_id             INTEGER REFERENCES boms (id),
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    started_at         INTEGER,
    finished_at        INTEGER,
    CHECK ((status = 'running') = (owner IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status = 'succeeded' OR status = 'failed' OR status = 'cancelled')
        = (finished_at IS NOT NULL)),
    CHECK (ready = 0 OR (status = 'queued' AND waiting_for = 0)),
    CHECK (waiting_for = 0 OR status = 'queued'),
    CHECK (stalled_since IS NULL OR status = 'running')
) STRICT;

-- Delayed, blocked and finished jobs are in none of the indices that a claim reads.
-- The kind comes early: a worker claims the kinds it knows, past any number of others.
CREATE INDEX jobs_ready ON jobs (queue, kind, priority DESC, run_at, id)
    WHERE status = 'queued' AND ready = 1;
CREATE INDEX jobs_due ON jobs (queue, run_at)
    WHERE status = 'queued' AND ready = 0 AND waiting_for = 0;
CREATE INDEX jobs_blocked ON jobs (queue)
    WHERE status = 'queued' AND waiting_for > 0;
CREATE INDEX jobs_lease ON jobs (owner, lease_until)
    WHERE status = 'running';
CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key)
    WHERE unique_key IS NOT NULL AND status IN ('queued', 'running');
CREATE INDEX jobs_key ON jobs (kind, unique_key, unique_until)
    WHERE unique_key IS NOT NULL;
CREATE INDEX jobs_floorplan ON jobs (floorplan_id, id)
    WHERE floorplan_id IS NOT NULL;

-- What ended: the oldest and the newest of each kind, and all that lists and counts ask for.
CREATE INDEX jobs_ended ON jobs (status, kind, finished_at, id, queue)
    WHERE finished_at IS NOT NULL;

-- Which blobs are named; asked before one is swept.
CREATE INDEX floorplans_pdf ON floorplans (pdf_ref);
CREATE INDEX floorplans_document ON floorplans (document_ref) WHERE document_ref IS NOT NULL;
CREATE INDEX floorplans_svg ON floorplans (svg_ref) WHERE svg_ref IS NOT NULL;
CREATE INDEX jobs_payload_ref ON jobs (payload_ref) WHERE payload_ref IS NOT NULL;
CREATE INDEX jobs_result_blob ON jobs (result_ref ->> '$.blob')
    WHERE result_ref ->> '$.blob' IS NOT NULL;

CREATE TABLE attempts (
    job           INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    number        INTEGER NOT NULL CHECK (number > 0),
    owner         BLOB    NOT NULL CHECK (length(owner) = 16),
    host          TEXT    NOT NULL,
    pid           INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER,
    outcome       TEXT    CHECK (outcome = 'succeeded' OR outcome = 'retried'
        OR outcome = 'failed' OR outcome = 'snoozed' OR outcome = 'released'
        OR outcome = 'crashed' OR outcome = 'cancelled'),
    error_code    TEXT,
    error_message TEXT,
    error_causes  TEXT,
    -- Where in the handler's program the error came up.
    error_trace   TEXT,
    cpu_us        INTEGER,
    peak_memory   INTEGER,
    PRIMARY KEY (job, number),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
) STRICT, WITHOUT ROWID;

-- Who waits for whom; a row goes when the parent has ended.
CREATE TABLE dependencies (
    parent INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    child  INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;

CREATE INDEX dependencies_child ON dependencies (child);

CREATE TABLE paused_queues (
    queue TEXT    PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The processes that run attempts. A missing row proves nothing.
CREATE TABLE workers (
    owner       BLOB    PRIMARY KEY CHECK (length(owner) = 16),
    process     TEXT    NOT NULL,
    queues      TEXT    NOT NULL,
    kinds       TEXT    NOT NULL,
    -- How many attempts of a kind it runs at a time, such as {"ingest": 2}; other kinds: any.
    kind_limits TEXT    NOT NULL,
    concurrency INTEGER NOT NULL,
    -- How it learns of new jobs, such as local, or a word and the reason after a colon.
    transport   TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    beat_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE layouts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    floorplan_id INTEGER REFERENCES floorplans (id),
    job          INTEGER REFERENCES jobs (seq) ON DELETE SET NULL,
    document_ref TEXT    NOT NULL,
    svg_ref      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE boms (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    floorplan_id INTEGER REFERENCES floorplans (id),
    layout_id    INTEGER REFERENCES layouts (id),
    job          INTEGER REFERENCES jobs (seq) ON DELETE SET NULL,
    total_paise  INTEGER NOT NULL,
    -- Whether lines without a price are missing from the total.
    is_partial   INTEGER NOT NULL,
    document_ref TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

-- Who names a blob, and which rows a deleted job leaves behind.
CREATE INDEX layouts_document ON layouts (document_ref);
CREATE INDEX layouts_svg ON layouts (svg_ref);
CREATE INDEX boms_document ON boms (document_ref);
CREATE INDEX boms_floorplan ON boms (floorplan_id, id) WHERE floorplan_id IS NOT NULL;
CREATE INDEX layouts_job ON layouts (job);
CREATE INDEX boms_job ON boms (job);

-- The catalogue that bills are priced with; no row: the seed is meant.
CREATE TABLE catalogue (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    name      TEXT    NOT NULL,
    -- Whether its rates are samples and no offer.
    is_sample INTEGER NOT NULL
) STRICT;

-- Its rows. Rates, waste and pack sizes are decimal numbers as text, and never fractions of two.
CREATE TABLE materials (
    position            INTEGER PRIMARY KEY,
    code                TEXT    NOT NULL UNIQUE,
    material_name       TEXT    NOT NULL,
    category            TEXT    NOT NULL,
    unit_of_measurement TEXT    NOT NULL,
    cost_inr            TEXT,
    item                TEXT,
    basis               TEXT    NOT NULL,
    waste_percent       TEXT,
    pack_size           TEXT,
    notes               TEXT    NOT NULL,
    -- The rates of other price lists: a JSON object of decimal texts.
    other_rates         TEXT    NOT NULL
) STRICT;
