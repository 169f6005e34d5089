-- The tables of a migrated tasker-core 0.1.8 database, as its catalog describes them.

CREATE TYPE tasker.identity_strategy AS ENUM ('strict', 'caller_provided', 'always_unique');
CREATE TYPE tasker.dlq_reason AS ENUM ('staleness_timeout', 'max_retries_exceeded', 'dependency_cycle_detected', 'worker_unavailable', 'manual_dlq');
CREATE TYPE tasker.dlq_resolution_status AS ENUM ('pending', 'manually_resolved', 'permanently_failed', 'cancelled');


CREATE TABLE tasker.task_namespaces (
    task_namespace_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    name varchar(64) NOT NULL,
    description varchar(255),
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    CONSTRAINT task_namespaces_pkey PRIMARY KEY (task_namespace_uuid),
    CONSTRAINT task_namespaces_name_key UNIQUE (name)
);

-- Twice, as it is there. Within one statement the second would be left out.
ALTER TABLE tasker.task_namespaces ADD CONSTRAINT task_namespaces_name_unique UNIQUE (name);

CREATE TABLE tasker.named_tasks (
    named_task_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    task_namespace_uuid uuid NOT NULL,
    name varchar(64) NOT NULL,
    description varchar(255),
    version varchar(16) NOT NULL DEFAULT '0.1.0',
    configuration jsonb DEFAULT '{}',
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    identity_strategy tasker.identity_strategy NOT NULL DEFAULT 'strict'::tasker.identity_strategy,
    CONSTRAINT named_tasks_pkey PRIMARY KEY (named_task_uuid),
    CONSTRAINT named_tasks_namespace_name_version_unique UNIQUE (task_namespace_uuid, name, version),
    CONSTRAINT named_tasks_task_namespace_uuid_fkey FOREIGN KEY (task_namespace_uuid) REFERENCES tasker.task_namespaces(task_namespace_uuid)
);

CREATE TABLE tasker.named_steps (
    named_step_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    name varchar(128) NOT NULL,
    description varchar(255),
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    CONSTRAINT named_steps_pkey PRIMARY KEY (named_step_uuid),
    CONSTRAINT named_steps_name_unique UNIQUE (name)
);

CREATE TABLE tasker.named_tasks_named_steps (
    ntns_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    named_task_uuid uuid NOT NULL,
    named_step_uuid uuid NOT NULL,
    default_retryable boolean NOT NULL DEFAULT true,
    default_max_attempts int NOT NULL DEFAULT 3,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    CONSTRAINT named_tasks_named_steps_pkey PRIMARY KEY (ntns_uuid),
    CONSTRAINT named_tasks_named_steps_unique UNIQUE (named_task_uuid, named_step_uuid),
    CONSTRAINT named_tasks_named_steps_named_step_uuid_fkey FOREIGN KEY (named_step_uuid) REFERENCES tasker.named_steps(named_step_uuid),
    CONSTRAINT named_tasks_named_steps_named_task_uuid_fkey FOREIGN KEY (named_task_uuid) REFERENCES tasker.named_tasks(named_task_uuid)
);

CREATE TABLE tasker.tasks (
    task_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    named_task_uuid uuid NOT NULL,
    complete boolean NOT NULL DEFAULT false,
    requested_at timestamp(6) NOT NULL,
    completed_at timestamp(6),
    initiator varchar(128),
    source_system varchar(128),
    reason varchar(128),
    tags jsonb,
    context jsonb,
    identity_hash varchar(128) NOT NULL,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    priority int NOT NULL DEFAULT 0,
    correlation_id uuid NOT NULL,
    parent_correlation_id uuid,
    CONSTRAINT tasks_pkey PRIMARY KEY (task_uuid),
    CONSTRAINT tasks_named_task_uuid_fkey FOREIGN KEY (named_task_uuid) REFERENCES tasker.named_tasks(named_task_uuid)
);

CREATE TABLE tasker.workflow_steps (
    workflow_step_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    task_uuid uuid NOT NULL,
    named_step_uuid uuid NOT NULL,
    retryable boolean NOT NULL DEFAULT true,
    max_attempts int DEFAULT 3,
    in_process boolean NOT NULL DEFAULT false,
    processed boolean NOT NULL DEFAULT false,
    processed_at timestamp(6),
    attempts int,
    last_attempted_at timestamp(6),
    backoff_request_seconds int,
    inputs jsonb,
    results jsonb,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    priority int NOT NULL DEFAULT 0,
    checkpoint jsonb,
    CONSTRAINT workflow_steps_pkey PRIMARY KEY (workflow_step_uuid),
    CONSTRAINT uq_workflow_step_task_named_step UNIQUE (task_uuid, named_step_uuid),
    CONSTRAINT workflow_steps_named_step_uuid_fkey FOREIGN KEY (named_step_uuid) REFERENCES tasker.named_steps(named_step_uuid),
    CONSTRAINT workflow_steps_task_uuid_fkey FOREIGN KEY (task_uuid) REFERENCES tasker.tasks(task_uuid)
);

CREATE TABLE tasker.workflow_step_edges (
    workflow_step_edge_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    from_step_uuid uuid NOT NULL,
    to_step_uuid uuid NOT NULL,
    name varchar NOT NULL,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    CONSTRAINT workflow_step_edges_pkey PRIMARY KEY (workflow_step_edge_uuid),
    CONSTRAINT unique_edge_per_step_pair UNIQUE (from_step_uuid, to_step_uuid, name),
    CONSTRAINT workflow_step_edges_from_step_uuid_fkey FOREIGN KEY (from_step_uuid) REFERENCES tasker.workflow_steps(workflow_step_uuid),
    CONSTRAINT workflow_step_edges_to_step_uuid_fkey FOREIGN KEY (to_step_uuid) REFERENCES tasker.workflow_steps(workflow_step_uuid)
);

CREATE TABLE tasker.task_transitions (
    task_transition_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    task_uuid uuid NOT NULL,
    to_state varchar NOT NULL,
    from_state varchar,
    metadata jsonb DEFAULT '{}',
    sort_key int NOT NULL,
    most_recent boolean NOT NULL DEFAULT false,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    processor_uuid uuid,
    transition_metadata jsonb DEFAULT '{}',
    CONSTRAINT task_transitions_pkey PRIMARY KEY (task_transition_uuid),
    CONSTRAINT chk_task_transitions_from_state CHECK (from_state IS NULL OR from_state::text = ANY (ARRAY[('pending'::character varying)::text, ('initializing'::character varying)::text, ('enqueuing_steps'::character varying)::text, ('steps_in_process'::character varying)::text, ('evaluating_results'::character varying)::text, ('waiting_for_dependencies'::character varying)::text, ('waiting_for_retry'::character varying)::text, ('blocked_by_failures'::character varying)::text, ('complete'::character varying)::text, ('error'::character varying)::text, ('cancelled'::character varying)::text, ('resolved_manually'::character varying)::text])),
    CONSTRAINT chk_task_transitions_to_state CHECK (to_state::text = ANY (ARRAY[('pending'::character varying)::text, ('initializing'::character varying)::text, ('enqueuing_steps'::character varying)::text, ('steps_in_process'::character varying)::text, ('evaluating_results'::character varying)::text, ('waiting_for_dependencies'::character varying)::text, ('waiting_for_retry'::character varying)::text, ('blocked_by_failures'::character varying)::text, ('complete'::character varying)::text, ('error'::character varying)::text, ('cancelled'::character varying)::text, ('resolved_manually'::character varying)::text])),
    CONSTRAINT task_transitions_task_uuid_fkey FOREIGN KEY (task_uuid) REFERENCES tasker.tasks(task_uuid)
);

CREATE TABLE tasker.workflow_step_transitions (
    workflow_step_transition_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    workflow_step_uuid uuid NOT NULL,
    to_state varchar NOT NULL,
    from_state varchar,
    metadata jsonb DEFAULT '{}',
    sort_key int NOT NULL,
    most_recent boolean NOT NULL DEFAULT false,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    CONSTRAINT workflow_step_transitions_pkey PRIMARY KEY (workflow_step_transition_uuid),
    CONSTRAINT chk_workflow_step_transitions_from_state CHECK (from_state IS NULL OR from_state::text = ANY (ARRAY[('pending'::character varying)::text, ('enqueued'::character varying)::text, ('in_progress'::character varying)::text, ('enqueued_for_orchestration'::character varying)::text, ('enqueued_as_error_for_orchestration'::character varying)::text, ('waiting_for_retry'::character varying)::text, ('complete'::character varying)::text, ('error'::character varying)::text, ('cancelled'::character varying)::text, ('resolved_manually'::character varying)::text])),
    CONSTRAINT chk_workflow_step_transitions_to_state CHECK (to_state::text = ANY (ARRAY[('pending'::character varying)::text, ('enqueued'::character varying)::text, ('in_progress'::character varying)::text, ('enqueued_for_orchestration'::character varying)::text, ('enqueued_as_error_for_orchestration'::character varying)::text, ('waiting_for_retry'::character varying)::text, ('complete'::character varying)::text, ('error'::character varying)::text, ('cancelled'::character varying)::text, ('resolved_manually'::character varying)::text])),
    CONSTRAINT workflow_step_transitions_workflow_step_uuid_fkey FOREIGN KEY (workflow_step_uuid) REFERENCES tasker.workflow_steps(workflow_step_uuid)
);

CREATE TABLE tasker.workflow_step_result_audit (
    workflow_step_result_audit_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    workflow_step_uuid uuid NOT NULL,
    workflow_step_transition_uuid uuid NOT NULL,
    task_uuid uuid NOT NULL,
    recorded_at timestamp(6) NOT NULL DEFAULT now(),
    worker_uuid uuid,
    correlation_id uuid,
    success boolean NOT NULL,
    execution_time_ms bigint,
    created_at timestamp(6) NOT NULL DEFAULT now(),
    updated_at timestamp(6) NOT NULL DEFAULT now(),
    CONSTRAINT workflow_step_result_audit_pkey PRIMARY KEY (workflow_step_result_audit_uuid),
    CONSTRAINT uq_audit_step_transition UNIQUE (workflow_step_uuid, workflow_step_transition_uuid),
    CONSTRAINT workflow_step_result_audit_step_transition_uuid_fkey FOREIGN KEY (workflow_step_transition_uuid) REFERENCES tasker.workflow_step_transitions(workflow_step_transition_uuid),
    CONSTRAINT workflow_step_result_audit_task_uuid_fkey FOREIGN KEY (task_uuid) REFERENCES tasker.tasks(task_uuid),
    CONSTRAINT workflow_step_result_audit_workflow_step_uuid_fkey FOREIGN KEY (workflow_step_uuid) REFERENCES tasker.workflow_steps(workflow_step_uuid)
);

CREATE TABLE tasker.tasks_dlq (
    dlq_entry_uuid uuid NOT NULL DEFAULT tasker.uuid_generate_v7(),
    task_uuid uuid NOT NULL,
    original_state varchar(50) NOT NULL,
    dlq_reason tasker.dlq_reason NOT NULL,
    dlq_timestamp timestamp(6) NOT NULL DEFAULT now(),
    resolution_status tasker.dlq_resolution_status NOT NULL DEFAULT 'pending'::tasker.dlq_resolution_status,
    resolution_timestamp timestamp(6),
    resolution_notes text,
    resolved_by varchar(255),
    task_snapshot jsonb NOT NULL,
    metadata jsonb,
    created_at timestamp(6) NOT NULL DEFAULT now(),
    updated_at timestamp(6) NOT NULL DEFAULT now(),
    CONSTRAINT tasks_dlq_pkey PRIMARY KEY (dlq_entry_uuid),
    CONSTRAINT tasks_dlq_task_uuid_fkey FOREIGN KEY (task_uuid) REFERENCES tasker.tasks(task_uuid)
);


CREATE INDEX idx_named_tasks_identity_strategy ON tasker.named_tasks (identity_strategy);
CREATE INDEX idx_named_tasks_lifecycle_config ON tasker.named_tasks USING gin (((configuration -> 'lifecycle'::text))) WHERE ((configuration -> 'lifecycle'::text) IS NOT NULL);
CREATE INDEX idx_named_tasks_namespace_uuid ON tasker.named_tasks (task_namespace_uuid);

CREATE INDEX idx_task_namespaces_name ON tasker.task_namespaces (name);

CREATE INDEX idx_task_transitions_most_recent ON tasker.task_transitions (most_recent) WHERE (most_recent = true);
CREATE INDEX idx_task_transitions_processor ON tasker.task_transitions (processor_uuid) WHERE (processor_uuid IS NOT NULL);
CREATE INDEX idx_task_transitions_state_lookup ON tasker.task_transitions (task_uuid, to_state, most_recent) WHERE (most_recent = true);
CREATE INDEX idx_task_transitions_task_uuid ON tasker.task_transitions (task_uuid);
CREATE INDEX idx_task_transitions_timeout ON tasker.task_transitions (((transition_metadata ->> 'timeout_at'::text))) WHERE (most_recent = true);
CREATE UNIQUE INDEX idx_task_transitions_uuid_most_recent ON tasker.task_transitions (task_uuid, most_recent) WHERE (most_recent = true);
CREATE INDEX idx_task_transitions_uuid_sort_key ON tasker.task_transitions (task_uuid, sort_key);
CREATE INDEX idx_task_transitions_uuid_temporal ON tasker.task_transitions (task_transition_uuid, created_at);

CREATE INDEX idx_tasks_active_with_priority_covering ON tasker.tasks (complete, priority, task_uuid) INCLUDE (named_task_uuid, requested_at) WHERE (complete = false);
CREATE INDEX idx_tasks_complete ON tasker.tasks (complete);
CREATE INDEX idx_tasks_completed_at ON tasker.tasks (completed_at);
CREATE INDEX idx_tasks_correlation_hierarchy ON tasker.tasks (parent_correlation_id, correlation_id) WHERE (parent_correlation_id IS NOT NULL);
CREATE INDEX idx_tasks_correlation_id ON tasker.tasks (correlation_id);
CREATE UNIQUE INDEX idx_tasks_identity_hash ON tasker.tasks (identity_hash);
CREATE INDEX idx_tasks_named_task_uuid ON tasker.tasks (named_task_uuid);
CREATE INDEX idx_tasks_parent_correlation_id ON tasker.tasks (parent_correlation_id) WHERE (parent_correlation_id IS NOT NULL);
CREATE INDEX idx_tasks_priority ON tasker.tasks (priority);
CREATE INDEX idx_tasks_requested_at ON tasker.tasks (requested_at);
CREATE INDEX idx_tasks_source_system ON tasker.tasks (source_system);
CREATE INDEX idx_tasks_tags_gin ON tasker.tasks USING gin (tags);
CREATE INDEX idx_tasks_tags_gin_path ON tasker.tasks USING gin (tags jsonb_path_ops);
CREATE INDEX idx_tasks_uuid_temporal ON tasker.tasks (task_uuid, created_at);

CREATE INDEX idx_dlq_reason ON tasker.tasks_dlq (dlq_reason);
CREATE INDEX idx_dlq_resolution_status ON tasker.tasks_dlq (resolution_status, dlq_timestamp);
CREATE INDEX idx_dlq_task_lookup ON tasker.tasks_dlq (task_uuid);
CREATE INDEX idx_dlq_timestamp ON tasker.tasks_dlq (dlq_timestamp DESC);
CREATE UNIQUE INDEX idx_dlq_unique_pending_task ON tasker.tasks_dlq (task_uuid) WHERE (resolution_status = 'pending'::tasker.dlq_resolution_status);

CREATE INDEX idx_workflow_step_edges_from_step ON tasker.workflow_step_edges (from_step_uuid);
CREATE INDEX idx_workflow_step_edges_from_step_name ON tasker.workflow_step_edges (from_step_uuid, name);
CREATE INDEX idx_workflow_step_edges_to_step ON tasker.workflow_step_edges (to_step_uuid);

CREATE INDEX idx_audit_correlation_id ON tasker.workflow_step_result_audit (correlation_id) WHERE (correlation_id IS NOT NULL);
CREATE INDEX idx_audit_recorded_at ON tasker.workflow_step_result_audit (recorded_at);
CREATE INDEX idx_audit_step_uuid ON tasker.workflow_step_result_audit (workflow_step_uuid);
CREATE INDEX idx_audit_success ON tasker.workflow_step_result_audit (success);
CREATE INDEX idx_audit_task_uuid ON tasker.workflow_step_result_audit (task_uuid);
CREATE INDEX idx_audit_worker_uuid ON tasker.workflow_step_result_audit (worker_uuid) WHERE (worker_uuid IS NOT NULL);

CREATE INDEX idx_workflow_step_transitions_most_recent ON tasker.workflow_step_transitions (most_recent) WHERE (most_recent = true);
CREATE INDEX idx_workflow_step_transitions_state_lookup ON tasker.workflow_step_transitions (workflow_step_uuid, to_state, most_recent) WHERE (most_recent = true);
CREATE INDEX idx_workflow_step_transitions_step_uuid ON tasker.workflow_step_transitions (workflow_step_uuid);
CREATE UNIQUE INDEX idx_workflow_step_transitions_uuid_most_recent ON tasker.workflow_step_transitions (workflow_step_uuid, most_recent) WHERE (most_recent = true);
CREATE INDEX idx_workflow_step_transitions_uuid_sort_key ON tasker.workflow_step_transitions (workflow_step_uuid, sort_key);
CREATE INDEX idx_workflow_step_transitions_uuid_temporal ON tasker.workflow_step_transitions (workflow_step_transition_uuid, created_at);

CREATE INDEX idx_workflow_steps_active_operations ON tasker.workflow_steps (workflow_step_uuid, task_uuid) WHERE ((processed = false) OR (processed IS NULL));
CREATE INDEX idx_workflow_steps_checkpoint_cursor ON tasker.workflow_steps (((checkpoint ->> 'cursor'::text))) WHERE (checkpoint IS NOT NULL);
CREATE INDEX idx_workflow_steps_checkpoint_exists ON tasker.workflow_steps (workflow_step_uuid) WHERE (checkpoint IS NOT NULL);
CREATE INDEX idx_workflow_steps_named_step_uuid ON tasker.workflow_steps (named_step_uuid);
CREATE INDEX idx_workflow_steps_processed_at ON tasker.workflow_steps (processed_at);
CREATE INDEX idx_workflow_steps_processing_status ON tasker.workflow_steps (task_uuid, processed, in_process);
CREATE INDEX idx_workflow_steps_ready_covering ON tasker.workflow_steps (task_uuid, processed, in_process) INCLUDE (workflow_step_uuid, attempts, max_attempts, retryable) WHERE (processed = false);
CREATE INDEX idx_workflow_steps_retry_logic ON tasker.workflow_steps (attempts, max_attempts, retryable);
CREATE INDEX idx_workflow_steps_retry_status ON tasker.workflow_steps (attempts, max_attempts);
CREATE INDEX idx_workflow_steps_task_covering ON tasker.workflow_steps (task_uuid) INCLUDE (workflow_step_uuid, processed, in_process, attempts, max_attempts);
CREATE INDEX idx_workflow_steps_task_grouping_active ON tasker.workflow_steps (task_uuid, workflow_step_uuid) WHERE ((processed = false) OR (processed IS NULL));
CREATE INDEX idx_workflow_steps_task_readiness ON tasker.workflow_steps (task_uuid, processed, workflow_step_uuid) WHERE (processed = false);
CREATE INDEX idx_workflow_steps_task_uuid ON tasker.workflow_steps (task_uuid);
CREATE INDEX idx_workflow_steps_transitive_deps ON tasker.workflow_steps (workflow_step_uuid, named_step_uuid) INCLUDE (task_uuid, processed);
