-- The functions and the trigger of tasker-core 0.1.8 that a worker touches. Like the originals they name tables and functions without a schema,
-- so that a session with the wrong search path fails here as it fails there.

CREATE FUNCTION tasker.extract_queue_namespace(queue_name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN queue_name LIKE 'orchestration%' THEN 'orchestration'
        WHEN queue_name ~ '^worker_.+_queue$' THEN regexp_replace(queue_name, '^worker_(.+)_queue$', '\1')
        WHEN queue_name ~ '^.+_queue$' THEN regexp_replace(queue_name, '_queue$', '')
        ELSE 'default'
    END
$$;

CREATE FUNCTION tasker.pgmq_payload_size_threshold() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 7000';

CREATE FUNCTION tasker.pgmq_send_with_notify(queue_name text, message jsonb, delay_seconds integer DEFAULT 0) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    namespace text := extract_queue_namespace(queue_name);
    payload text;
BEGIN
    SELECT send INTO id FROM pgmq.send(queue_name, message, delay_seconds) AS send;
    IF length(message::text) < pgmq_payload_size_threshold() THEN
        payload := json_build_object(
            'event_type', 'message_with_payload', 'msg_id', id, 'queue_name', queue_name, 'namespace', namespace,
            'message', message, 'ready_at', now(), 'delay_seconds', delay_seconds);
    ELSE
        payload := json_build_object(
            'event_type', 'message_ready', 'msg_id', id, 'queue_name', queue_name, 'namespace', namespace,
            'ready_at', now(), 'delay_seconds', delay_seconds, 'payload_omitted', true);
    END IF;
    IF length(payload) > 7800 THEN
        payload := json_build_object(
            'event_type', 'message_ready', 'msg_id', id, 'queue_name', queue_name, 'namespace', namespace,
            'ready_at', now(), 'payload_omitted', true, 'truncated', true);
    END IF;
    PERFORM pg_notify('pgmq_message_ready.' || namespace, payload);
    PERFORM pg_notify('pgmq_message_ready', payload);
    RETURN id;
END $$;

CREATE FUNCTION tasker.pgmq_send_batch_with_notify(queue_name text, messages jsonb[], delay_seconds integer DEFAULT 0)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    namespace text := extract_queue_namespace(queue_name);
    payload text;
BEGIN
    SELECT array_agg(send) INTO ids FROM pgmq.send_batch(queue_name, messages, delay_seconds) AS send;
    payload := json_build_object(
        'event_type', 'batch_ready', 'msg_ids', ids, 'queue_name', queue_name, 'namespace', namespace,
        'message_count', cardinality(ids), 'ready_at', now(), 'delay_seconds', delay_seconds)::text;
    IF length(payload) > 7800 THEN
        payload := left(payload, 7790) || '...}';
    END IF;
    PERFORM pg_notify('pgmq_message_ready.' || namespace, payload);
    PERFORM pg_notify('pgmq_message_ready', payload);
    RETURN QUERY SELECT unnest(ids);
END $$;

CREATE FUNCTION tasker.pgmq_read_specific_message(queue_name text, target_msg_id bigint, vt_seconds integer DEFAULT 30)
RETURNS TABLE (msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb) LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(format('pgmq.%I', 'q_' || queue_name)) IS NULL THEN
        RAISE EXCEPTION 'Queue does not exist: %', queue_name;
    END IF;
    RETURN QUERY EXECUTE format(
        'UPDATE pgmq.%I SET vt = clock_timestamp() + make_interval(secs => $2), read_ct = read_ct + 1
         WHERE msg_id = $1 AND vt <= clock_timestamp() RETURNING msg_id, read_ct, enqueued_at, vt, message', 'q_' || queue_name)
        USING target_msg_id, vt_seconds;
END $$;

CREATE FUNCTION tasker.get_step_transitive_dependencies(target_step_uuid uuid)
RETURNS TABLE (
    workflow_step_uuid uuid, task_uuid uuid, named_step_uuid uuid, step_name varchar, results jsonb, processed boolean, distance integer)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE ancestors (step, distance) AS (
        SELECT e.from_step_uuid, 1 FROM workflow_step_edges e WHERE e.to_step_uuid = target_step_uuid
        UNION ALL
        SELECT e.from_step_uuid, a.distance + 1
        FROM ancestors a JOIN workflow_step_edges e ON e.to_step_uuid = a.step WHERE a.distance < 50)
    SELECT ws.workflow_step_uuid, ws.task_uuid, ws.named_step_uuid, ns.name, ws.results, ws.processed, a.distance
    FROM ancestors a
    JOIN workflow_steps ws ON ws.workflow_step_uuid = a.step
    JOIN named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
    ORDER BY a.distance, ws.workflow_step_uuid
$$;

CREATE FUNCTION tasker.create_step_result_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event jsonb;
    task uuid;
    worker uuid;
    correlation uuid;
    succeeded boolean;
    took bigint;
BEGIN
    IF NEW.to_state NOT IN ('enqueued_for_orchestration', 'enqueued_as_error_for_orchestration') THEN
        RETURN NEW;
    END IF;
    SELECT ws.task_uuid INTO task FROM workflow_steps ws WHERE ws.workflow_step_uuid = NEW.workflow_step_uuid;
    BEGIN worker := (NEW.metadata ->> 'worker_uuid')::uuid; EXCEPTION WHEN OTHERS THEN worker := NULL; END;
    BEGIN correlation := (NEW.metadata ->> 'correlation_id')::uuid; EXCEPTION WHEN OTHERS THEN correlation := NULL; END;
    BEGIN
        event := (NEW.metadata ->> 'event')::jsonb;
        succeeded := (event ->> 'success')::boolean;
        took := (event #>> '{metadata,execution_time_ms}')::bigint;
    EXCEPTION WHEN OTHERS THEN
        event := NULL;
    END;
    INSERT INTO workflow_step_result_audit (
        workflow_step_uuid, workflow_step_transition_uuid, task_uuid, worker_uuid, correlation_id, success, execution_time_ms)
    VALUES (
        NEW.workflow_step_uuid, NEW.workflow_step_transition_uuid, task, worker, correlation,
        coalesce(succeeded, NEW.to_state = 'enqueued_for_orchestration'), took);
    RETURN NEW;
END $$;

CREATE TRIGGER trg_step_result_audit AFTER INSERT ON tasker.workflow_step_transitions
    FOR EACH ROW EXECUTE FUNCTION tasker.create_step_result_audit();

-- Queues of older versions of PGMQ have no column for headers. This trigger adds it, and so it runs in each session that creates a table.
CREATE FUNCTION tasker.pgmq_ensure_headers_column(queue_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE pgmq.%I ADD COLUMN IF NOT EXISTS headers jsonb', 'q_' || queue_name);
END $$;

CREATE FUNCTION tasker.pgmq_auto_add_headers_trigger() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    created record;
BEGIN
    FOR created IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
        IF created.object_identity LIKE 'pgmq.q\_%' THEN
            PERFORM pgmq_ensure_headers_column(substr(created.object_identity, length('pgmq.q_') + 1));
        END IF;
    END LOOP;
END $$;

CREATE EVENT TRIGGER pgmq_headers_compatibility_trigger ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
    EXECUTE FUNCTION tasker.pgmq_auto_add_headers_trigger();

CREATE FUNCTION tasker.pgmq_notify_queue_created() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('pgmq_queue_created', json_build_object(
        'event_type', 'queue_created', 'queue_name', NEW.queue_name, 'namespace', extract_queue_namespace(NEW.queue_name), 'created_at', now())::text);
    RETURN NEW;
END $$;

CREATE TRIGGER pgmq_queue_created_trigger AFTER INSERT ON pgmq.meta FOR EACH ROW EXECUTE FUNCTION tasker.pgmq_notify_queue_created();
