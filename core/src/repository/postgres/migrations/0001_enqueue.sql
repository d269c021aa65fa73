
-- Stores a job in the transaction of whoever calls this, which commits or rolls it back with all
-- else that it does; returns the job's id. A job of the same kind that holds the unique key is
-- returned in place of a new one. What a client checks is checked here as well: bad input is
-- refused with SQLSTATE 22023 (54000 for a payload that is too large), and the error's column names
-- the argument.
--
-- An argument that is null is as good as one that is left out.
CREATE FUNCTION floorjobs.enqueue(
    kind         text,
    payload      json             DEFAULT '{}',
    queue        text             DEFAULT 'default',
    priority     integer          DEFAULT 0,
    -- To run no sooner than so long from now, or than this moment.
    delay        interval         DEFAULT NULL,
    run_at       timestamptz      DEFAULT NULL,
    unique_key   text             DEFAULT NULL,
    -- For how long after it was stored the key is held, if that is longer than until its end.
    unique_for   interval         DEFAULT NULL,
    max_attempts integer          DEFAULT NULL,
    retry_delay  interval         DEFAULT NULL,
    timeout      interval         DEFAULT NULL,
    floorplan_id bigint           DEFAULT NULL,
    -- The request that leads to the job; the worker's log names it with the job.
    request_id   text             DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    stored_at  bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    due_at     bigint;
    held_until bigint;
    wrong      text;
    about      text;
    id_bytes   bytea;
    job        uuid;
    holder     uuid;
BEGIN
    enqueue.payload := coalesce(enqueue.payload, '{}');
    enqueue.queue := coalesce(enqueue.queue, 'default');
    enqueue.priority := coalesce(enqueue.priority, 0);

    IF enqueue.kind IS NULL OR enqueue.kind !~ '^[A-Za-z0-9_.:-]{1,64}$' THEN
        about := 'kind';
        wrong := format('`kind` must be 1 to 64 letters, digits, `_`, `-`, `.` or `:`, not `%s`',
            left(enqueue.kind, 64));
    ELSIF enqueue.queue !~ '^[A-Za-z0-9_.:-]{1,64}$' THEN
        about := 'queue';
        wrong := format('`queue` must be 1 to 64 letters, digits, `_`, `-`, `.` or `:`, not `%s`',
            left(enqueue.queue, 64));
    ELSIF enqueue.delay IS NOT NULL AND enqueue.run_at IS NOT NULL THEN
        about := 'run_at';
        wrong := '`delay` and `run_at` exclude each other';
    ELSIF enqueue.delay < interval '0' THEN
        about := 'delay';
        wrong := '`delay` must not be negative';
    ELSIF enqueue.run_at IS NOT NULL AND NOT isfinite(enqueue.run_at) THEN
        about := 'run_at';
        wrong := '`run_at` must be a moment';
    ELSIF enqueue.unique_key = '' OR octet_length(enqueue.unique_key) > 255 THEN
        about := 'unique_key';
        wrong := '`unique_key` must be 1 to 255 bytes without NUL';
    ELSIF enqueue.unique_for IS NOT NULL AND enqueue.unique_key IS NULL THEN
        about := 'unique_for';
        wrong := '`unique_for` means nothing without `unique_key`';
    ELSIF enqueue.unique_for < interval '0' THEN
        about := 'unique_for';
        wrong := '`unique_for` must not be negative';
    ELSIF enqueue.max_attempts NOT BETWEEN 1 AND 1000 THEN
        about := 'max_attempts';
        wrong := format('`max_attempts` must be 1 to 1000, not %s', enqueue.max_attempts);
    ELSIF enqueue.retry_delay < interval '0' THEN
        about := 'retry_delay';
        wrong := '`retry_delay` must not be negative';
    ELSIF enqueue.timeout <= interval '0' THEN
        about := 'timeout';
        wrong := '`timeout` must be above 0 seconds';
    ELSIF enqueue.request_id !~ '^[A-Za-z0-9._:/+=-]{1,128}$' THEN
        about := 'request_id';
        wrong := '`request_id` must be 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+`, `=` or `-`';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = wrong, COLUMN = about;
    END IF;

    IF octet_length(enqueue.payload::text) > 1048576 THEN
        RAISE EXCEPTION USING ERRCODE = '54000', COLUMN = 'payload', MESSAGE = format(
            'the payload is %s bytes of JSON, over the limit of 1048576',
            octet_length(enqueue.payload::text));
    END IF;
    -- The type json takes some texts that no program can read: half a character, a number beyond
    -- all, or ever deeper lists.
    BEGIN
        IF jsonb_path_exists(enqueue.payload::jsonb, '$.**{127 to last}') THEN
            wrong := 'it is nested more than 127 deep';
        ELSIF jsonb_path_exists(enqueue.payload::jsonb, 'strict $.** ? (@.type() == "number"
                && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))') THEN
            wrong := 'a number in it is too large';
        END IF;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        wrong := SQLERRM;
    END;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023', COLUMN = 'payload',
            MESSAGE = format('`payload` cannot be used: %s', wrong);
    END IF;

    IF enqueue.floorplan_id IS NOT NULL AND NOT EXISTS
        (SELECT FROM floorjobs.floorplans WHERE floorplans.id = enqueue.floorplan_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23503', COLUMN = 'floorplan_id',
            MESSAGE = format('floor plan %s not found', enqueue.floorplan_id);
    END IF;

    due_at := coalesce((extract(epoch FROM enqueue.run_at) * 1000000)::bigint,
        stored_at + (extract(epoch FROM enqueue.delay) * 1000000)::bigint, stored_at);
    held_until := stored_at + (extract(epoch FROM enqueue.unique_for) * 1000000)::bigint;

    -- A UUID of version 7: the milliseconds, the fraction of one in 12 bits, and chance.
    id_bytes := overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(stored_at / 1000) FROM 3) FROM 1 FOR 6);
    id_bytes := overlay(id_bytes
        PLACING substring(int8send(28672 + stored_at % 1000 * 4096 / 1000) FROM 7) FROM 7 FOR 2);
    job := encode(id_bytes, 'hex')::uuid;

    -- Of two that ask for one key at once, the later waits for the earlier, and then finds its job;
    -- or, should that have ended meanwhile, tries again.
    LOOP
        SELECT jobs.id INTO holder FROM floorjobs.jobs
            WHERE jobs.kind = enqueue.kind AND jobs.unique_key = enqueue.unique_key
              AND (jobs.status IN ('queued', 'running') OR jobs.unique_until > stored_at)
            ORDER BY jobs.id DESC LIMIT 1;
        IF holder IS NOT NULL THEN
            RETURN holder;
        END IF;
        INSERT INTO floorjobs.jobs (id, kind, queue, priority, status, ready, run_at, payload,
                unique_key, unique_until, max_attempts, retry_delay_us, timeout_us, floorplan_id,
                request_id, created_at, updated_at)
            VALUES (job, enqueue.kind, enqueue.queue, enqueue.priority, 'queued',
                due_at <= stored_at, due_at, enqueue.payload::text, enqueue.unique_key, held_until,
                enqueue.max_attempts,
                (extract(epoch FROM enqueue.retry_delay) * 1000000)::bigint,
                (extract(epoch FROM enqueue.timeout) * 1000000)::bigint,
                enqueue.floorplan_id, enqueue.request_id, stored_at, stored_at)
            ON CONFLICT (kind, unique_key)
                WHERE unique_key IS NOT NULL AND status IN ('queued', 'running') DO NOTHING;
        IF FOUND THEN
            RETURN job;
        END IF;
    END LOOP;
END
$function$;
