CREATE TABLE provisioner.failures (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  count integer NOT NULL,
  reason text NOT NULL,
  parked_at timestamp with time zone,
  failed_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE provisioner.failures ADD CONSTRAINT "failures_pkey" PRIMARY KEY (consumer, event_id);
CREATE TABLE provisioner.inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now()
);
INSERT INTO provisioner.inbox OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::provisioner.inbox, $rows$[{"consumer":"desired","event_id":"ef03f533-b108-4bb0-ac9b-e7802d25cb8a","taken_at":"2026-11-22T03:03:55.780852+00:00"}, 
 {"consumer":"desired","event_id":"ae10d903-4836-4db8-b121-c19b72d4e039","taken_at":"2026-11-22T03:03:55.840205+00:00"}, 
 {"consumer":"desired","event_id":"394c656a-e78d-45d5-a809-b89f29165a74","taken_at":"2026-11-22T03:03:56.358292+00:00"}]$rows$);
ALTER TABLE provisioner.inbox ADD CONSTRAINT "inbox_pkey" PRIMARY KEY (consumer, event_id);
CREATE INDEX inbox_taken ON provisioner.inbox USING btree (taken_at);
CREATE TABLE provisioner.instances (
  database_id uuid NOT NULL,
  org_id uuid NOT NULL,
  engine text NOT NULL,
  node text NOT NULL,
  storage_bytes bigint NOT NULL,
  generation integer NOT NULL,
  version integer NOT NULL,
  present boolean NOT NULL,
  power text NOT NULL,
  born_version integer,
  settled boolean NOT NULL DEFAULT false,
  attempts integer NOT NULL DEFAULT 0,
  reason text,
  try_at timestamp with time zone NOT NULL DEFAULT now(),
  wished_at timestamp with time zone NOT NULL DEFAULT now(),
  removed_at timestamp with time zone,
  purged_at timestamp with time zone
);
INSERT INTO provisioner.instances OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::provisioner.instances, $rows$[{"database_id":"f02ceb45-7250-4132-b28a-e64ab3f99106","org_id":"ed530160-db5c-440d-b097-a96086188997","engine":"sqlite","node":"local","storage_bytes":1073741824,"generation":1,"version":1,"present":true,"power":"on","born_version":1,"settled":true,"attempts":0,"reason":null,"try_at":"2026-11-22T03:03:55.780852+00:00","wished_at":"2026-11-22T03:03:55.780852+00:00","removed_at":null,"purged_at":null}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","org_id":"ed530160-db5c-440d-b097-a96086188997","engine":"sqlite","node":"local","storage_bytes":1073741824,"generation":1,"version":2,"present":false,"power":"on","born_version":1,"settled":true,"attempts":0,"reason":null,"try_at":"2026-11-22T03:03:56.358292+00:00","wished_at":"2026-11-22T03:03:56.358292+00:00","removed_at":"2026-11-22T03:03:56.381+00:00","purged_at":null}]$rows$);
ALTER TABLE provisioner.instances ADD CONSTRAINT "instances_pkey" PRIMARY KEY (database_id);
ALTER TABLE provisioner.instances ADD CONSTRAINT "instances_power_check" CHECK ((power = ANY (ARRAY['on'::text, 'off'::text])));
CREATE INDEX instances_removed ON provisioner.instances USING btree (removed_at) WHERE ((removed_at IS NOT NULL) AND (purged_at IS NULL));
CREATE INDEX instances_unsettled ON provisioner.instances USING btree (try_at) WHERE (NOT settled);
CREATE TABLE provisioner.migrations (
  id serial,
  timestamp bigint NOT NULL,
  name character varying NOT NULL
);
INSERT INTO provisioner.migrations OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::provisioner.migrations, $rows$[{"id":1,"timestamp":1732233600000,"name":"FirstInstances1732233600000"}]$rows$);
SELECT setval(pg_get_serial_sequence('provisioner.migrations', 'id'), greatest((SELECT max(id) FROM provisioner.migrations), 1));
ALTER TABLE provisioner.migrations ADD CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id);
CREATE TABLE provisioner.outbox (
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  sent_at timestamp with time zone
);
INSERT INTO provisioner.outbox OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::provisioner.outbox, $rows$[{"seq":1,"id":"bb3c0597-d635-497e-b706-97fb563a5d91","subject":"provisioner.database.seen","payload":{"fact": "claimed", "orgId": "ed530160-db5c-440d-b097-a96086188997", "version": 1, "databaseId": "f02ceb45-7250-4132-b28a-e64ab3f99106", "generation": 1},"created_at":"2026-11-22T03:03:55.780852+00:00","sent_at":"2026-11-22T03:03:55.844964+00:00"}, 
 {"seq":2,"id":"ffbcebc5-ecbc-4a54-8fa7-8f2f7ba53569","subject":"provisioner.database.seen","payload":{"fact": "claimed", "orgId": "ed530160-db5c-440d-b097-a96086188997", "version": 1, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:55.840205+00:00","sent_at":"2026-11-22T03:03:55.891009+00:00"}, 
 {"seq":3,"id":"62e7bb10-7a4c-4c0b-84a5-081d6fa83d07","subject":"provisioner.database.seen","payload":{"fact": "provisioned", "orgId": "ed530160-db5c-440d-b097-a96086188997", "version": 1, "databaseId": "f02ceb45-7250-4132-b28a-e64ab3f99106", "generation": 1},"created_at":"2026-11-22T03:03:55.798611+00:00","sent_at":"2026-11-22T03:03:55.891009+00:00"}, 
 {"seq":4,"id":"3237877f-0081-451f-9c68-ac94f5924409","subject":"provisioner.database.seen","payload":{"fact": "provisioned", "orgId": "ed530160-db5c-440d-b097-a96086188997", "version": 1, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:55.858862+00:00","sent_at":"2026-11-22T03:03:56.024248+00:00"}, 
 {"seq":5,"id":"211ac86b-ed72-41de-ad0f-f55445c41578","subject":"provisioner.database.seen","payload":{"fact": "deprovisionBegan", "orgId": "ed530160-db5c-440d-b097-a96086188997", "version": 2, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.358292+00:00","sent_at":"2026-11-22T03:03:56.362863+00:00"}, 
 {"seq":6,"id":"6b5d1903-1789-49d6-b5f2-71f4b36b0a00","subject":"provisioner.database.seen","payload":{"fact": "deprovisioned", "orgId": "ed530160-db5c-440d-b097-a96086188997", "version": 2, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.36466+00:00","sent_at":"2026-11-22T03:03:56.392763+00:00"}]$rows$);
SELECT setval(pg_get_serial_sequence('provisioner.outbox', 'seq'), greatest((SELECT max(seq) FROM provisioner.outbox), 1));
ALTER TABLE provisioner.outbox ADD CONSTRAINT "outbox_id_key" UNIQUE (id);
ALTER TABLE provisioner.outbox ADD CONSTRAINT "outbox_pkey" PRIMARY KEY (seq);
CREATE INDEX outbox_created ON provisioner.outbox USING btree (created_at);
CREATE INDEX outbox_unsent ON provisioner.outbox USING btree (seq) WHERE (sent_at IS NULL);
CREATE TABLE provisioner.streams_seen (
  stream text NOT NULL,
  created text NOT NULL
);
INSERT INTO provisioner.streams_seen OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::provisioner.streams_seen, $rows$[{"stream":"PROVISIONER","created":"2026-11-22T03:03:54.994526982Z"}]$rows$);
ALTER TABLE provisioner.streams_seen ADD CONSTRAINT "streams_seen_pkey" PRIMARY KEY (stream);
