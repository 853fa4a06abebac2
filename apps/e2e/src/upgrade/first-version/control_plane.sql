CREATE TABLE control_plane.database_history (
  database_id uuid NOT NULL,
  seq integer NOT NULL,
  fact text NOT NULL,
  from_state text,
  to_state text NOT NULL,
  generation integer NOT NULL,
  version integer NOT NULL,
  reason text,
  moved_by uuid,
  moved_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO control_plane.database_history OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.database_history, $rows$[{"database_id":"f02ceb45-7250-4132-b28a-e64ab3f99106","seq":1,"fact":"created","from_state":null,"to_state":"CREATING","generation":1,"version":1,"reason":null,"moved_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","moved_at":"2026-11-22T03:03:55.761825+00:00"}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","seq":1,"fact":"created","from_state":null,"to_state":"CREATING","generation":1,"version":1,"reason":null,"moved_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","moved_at":"2026-11-22T03:03:55.790582+00:00"}, 
 {"database_id":"f02ceb45-7250-4132-b28a-e64ab3f99106","seq":2,"fact":"claimed","from_state":"CREATING","to_state":"PROVISIONING","generation":1,"version":1,"reason":null,"moved_by":null,"moved_at":"2026-11-22T03:03:55.868939+00:00"}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","seq":2,"fact":"claimed","from_state":"CREATING","to_state":"PROVISIONING","generation":1,"version":1,"reason":null,"moved_by":null,"moved_at":"2026-11-22T03:03:56.050502+00:00"}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","seq":3,"fact":"provisioned","from_state":"PROVISIONING","to_state":"RUNNING","generation":1,"version":1,"reason":null,"moved_by":null,"moved_at":"2026-11-22T03:03:56.09407+00:00"}, 
 {"database_id":"f02ceb45-7250-4132-b28a-e64ab3f99106","seq":3,"fact":"provisioned","from_state":"PROVISIONING","to_state":"RUNNING","generation":1,"version":1,"reason":null,"moved_by":null,"moved_at":"2026-11-22T03:03:56.106463+00:00"}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","seq":4,"fact":"deletionAsked","from_state":"RUNNING","to_state":"DELETING","generation":1,"version":2,"reason":null,"moved_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","moved_at":"2026-11-22T03:03:56.333061+00:00"}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","seq":5,"fact":"deprovisionBegan","from_state":"DELETING","to_state":"DEPROVISIONING","generation":1,"version":2,"reason":null,"moved_by":null,"moved_at":"2026-11-22T03:03:56.379387+00:00"}, 
 {"database_id":"15655517-d695-4e3c-b2f2-1d20b725a314","seq":6,"fact":"deprovisioned","from_state":"DEPROVISIONING","to_state":"DELETED","generation":1,"version":2,"reason":null,"moved_by":null,"moved_at":"2026-11-22T03:03:56.40163+00:00"}]$rows$);
ALTER TABLE control_plane.database_history ADD CONSTRAINT "database_history_pkey" PRIMARY KEY (database_id, seq);
CREATE TABLE control_plane.databases (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  environment_id uuid,
  name text NOT NULL,
  options jsonb NOT NULL,
  shape text NOT NULL,
  engine text NOT NULL,
  node text NOT NULL,
  storage_bytes bigint NOT NULL,
  state text NOT NULL,
  state_at timestamp with time zone NOT NULL DEFAULT now(),
  asked_at timestamp with time zone NOT NULL DEFAULT now(),
  moves integer NOT NULL DEFAULT 0,
  generation integer NOT NULL DEFAULT 1,
  version integer NOT NULL DEFAULT 1,
  present boolean NOT NULL DEFAULT true,
  power text NOT NULL DEFAULT 'on'::text,
  created_by uuid NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  owned_by uuid NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_by uuid NOT NULL
);
INSERT INTO control_plane.databases OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.databases, $rows$[{"id":"f02ceb45-7250-4132-b28a-e64ab3f99106","org_id":"ed530160-db5c-440d-b097-a96086188997","environment_id":null,"name":"orders","options":{"shape": "sqlite-small"},"shape":"sqlite-small","engine":"sqlite","node":"local","storage_bytes":1073741824,"state":"RUNNING","state_at":"2026-11-22T03:03:56.099432+00:00","asked_at":"2026-11-22T03:03:55.758492+00:00","moves":3,"generation":1,"version":1,"present":true,"power":"on","created_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","created_at":"2026-11-22T03:03:55.758+00:00","owned_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","updated_at":"2026-11-22T03:03:55.758+00:00","updated_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b"}, 
 {"id":"15655517-d695-4e3c-b2f2-1d20b725a314","org_id":"ed530160-db5c-440d-b097-a96086188997","environment_id":null,"name":"gone","options":{},"shape":"sqlite-small","engine":"sqlite","node":"local","storage_bytes":1073741824,"state":"DELETED","state_at":"2026-11-22T03:03:56.400789+00:00","asked_at":"2026-11-22T03:03:55.780931+00:00","moves":6,"generation":1,"version":2,"present":false,"power":"on","created_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","created_at":"2026-11-22T03:03:55.781+00:00","owned_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","updated_at":"2026-11-22T03:03:56.321+00:00","updated_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b"}]$rows$);
ALTER TABLE control_plane.databases ADD CONSTRAINT "databases_pkey" PRIMARY KEY (id);
ALTER TABLE control_plane.databases ADD CONSTRAINT "databases_power_check" CHECK ((power = ANY (ARRAY['on'::text, 'off'::text])));
CREATE INDEX databases_listed ON control_plane.databases USING btree (org_id, created_at, id) WHERE (state <> 'DELETED'::text);
CREATE UNIQUE INDEX databases_name ON control_plane.databases USING btree (org_id, environment_id, lower(name)) NULLS NOT DISTINCT WHERE (state <> 'DELETED'::text);
CREATE INDEX databases_restless ON control_plane.databases USING btree (asked_at) WHERE (state = ANY (ARRAY['CREATING'::text, 'PROVISIONING'::text, 'UPDATING'::text, 'RESTORING'::text, 'DELETING'::text, 'DEPROVISIONING'::text]));
CREATE TABLE control_plane.failures (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  count integer NOT NULL,
  reason text NOT NULL,
  parked_at timestamp with time zone,
  failed_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE control_plane.failures ADD CONSTRAINT "failures_pkey" PRIMARY KEY (consumer, event_id);
CREATE TABLE control_plane.inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now()
);
INSERT INTO control_plane.inbox OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.inbox, $rows$[{"consumer":"accounts","event_id":"48cbd972-34ee-463c-bf58-4b5b72bb165c","taken_at":"2026-11-22T03:03:55.61191+00:00"}, 
 {"consumer":"accounts","event_id":"f4b3a0ef-9876-44e2-af0d-463483a061de","taken_at":"2026-11-22T03:03:55.687068+00:00"}, 
 {"consumer":"facts","event_id":"bb3c0597-d635-497e-b706-97fb563a5d91","taken_at":"2026-11-22T03:03:55.850357+00:00"}, 
 {"consumer":"facts","event_id":"ffbcebc5-ecbc-4a54-8fa7-8f2f7ba53569","taken_at":"2026-11-22T03:03:55.967919+00:00"}, 
 {"consumer":"facts","event_id":"3237877f-0081-451f-9c68-ac94f5924409","taken_at":"2026-11-22T03:03:56.065139+00:00"}, 
 {"consumer":"facts","event_id":"62e7bb10-7a4c-4c0b-84a5-081d6fa83d07","taken_at":"2026-11-22T03:03:56.088812+00:00"}, 
 {"consumer":"facts","event_id":"211ac86b-ed72-41de-ad0f-f55445c41578","taken_at":"2026-11-22T03:03:56.370662+00:00"}, 
 {"consumer":"facts","event_id":"6b5d1903-1789-49d6-b5f2-71f4b36b0a00","taken_at":"2026-11-22T03:03:56.39779+00:00"}]$rows$);
ALTER TABLE control_plane.inbox ADD CONSTRAINT "inbox_pkey" PRIMARY KEY (consumer, event_id);
CREATE INDEX inbox_taken ON control_plane.inbox USING btree (taken_at);
CREATE TABLE control_plane.memberships (
  org_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  status text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_by uuid NOT NULL
);
INSERT INTO control_plane.memberships OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.memberships, $rows$[{"org_id":"ed530160-db5c-440d-b097-a96086188997","user_id":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","role":"owner","status":"Active","version":1,"created_at":"2026-11-22T03:03:55.612+00:00","updated_at":"2026-11-22T03:03:55.612+00:00","updated_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b"}, 
 {"org_id":"dd199af4-30b1-4eec-bf37-4fc2efa4c279","user_id":"754822bf-db41-449b-aa36-63b351422d61","role":"owner","status":"Active","version":1,"created_at":"2026-11-22T03:03:55.687+00:00","updated_at":"2026-11-22T03:03:55.687+00:00","updated_by":"754822bf-db41-449b-aa36-63b351422d61"}]$rows$);
ALTER TABLE control_plane.memberships ADD CONSTRAINT "memberships_pkey" PRIMARY KEY (org_id, user_id);
ALTER TABLE control_plane.memberships ADD CONSTRAINT "memberships_role_check" CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'developer'::text, 'viewer'::text])));
ALTER TABLE control_plane.memberships ADD CONSTRAINT "memberships_status_check" CHECK ((status = ANY (ARRAY['Active'::text, 'Deactivated'::text, 'Open'::text, 'Left'::text])));
CREATE INDEX memberships_user ON control_plane.memberships USING btree (user_id);
CREATE TABLE control_plane.migrations (
  id serial,
  timestamp bigint NOT NULL,
  name character varying NOT NULL
);
INSERT INTO control_plane.migrations OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.migrations, $rows$[{"id":1,"timestamp":1732233600000,"name":"FirstRecords1732233600000"}]$rows$);
SELECT setval(pg_get_serial_sequence('control_plane.migrations', 'id'), greatest((SELECT max(id) FROM control_plane.migrations), 1));
ALTER TABLE control_plane.migrations ADD CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id);
CREATE TABLE control_plane.orgs (
  id uuid NOT NULL,
  name text NOT NULL,
  company_name text NOT NULL DEFAULT ''::text,
  address text NOT NULL DEFAULT ''::text,
  tech_email text NOT NULL,
  billing_email text NOT NULL,
  org_type text NOT NULL DEFAULT 'trial'::text,
  databases_used integer NOT NULL DEFAULT 0,
  databases_max integer NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_by uuid NOT NULL
);
INSERT INTO control_plane.orgs OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.orgs, $rows$[{"id":"dd199af4-30b1-4eec-bf37-4fc2efa4c279","name":"Organization for bob@example.com","company_name":"","address":"","tech_email":"bob@example.com","billing_email":"bob@example.com","org_type":"trial","databases_used":0,"databases_max":10000,"created_at":"2026-11-22T03:03:55.687+00:00","updated_at":"2026-11-22T03:03:55.687+00:00","updated_by":"754822bf-db41-449b-aa36-63b351422d61"}, 
 {"id":"ed530160-db5c-440d-b097-a96086188997","name":"Engines","company_name":"","address":"","tech_email":"ada@example.com","billing_email":"ada@example.com","org_type":"trial","databases_used":1,"databases_max":10000,"created_at":"2026-11-22T03:03:55.612+00:00","updated_at":"2026-11-22T03:03:55.612+00:00","updated_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b"}]$rows$);
ALTER TABLE control_plane.orgs ADD CONSTRAINT "orgs_pkey" PRIMARY KEY (id);
ALTER TABLE control_plane.orgs ADD CONSTRAINT "orgs_databases_used_check" CHECK ((databases_used >= 0));
CREATE TABLE control_plane.outbox (
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  sent_at timestamp with time zone
);
INSERT INTO control_plane.outbox OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.outbox, $rows$[{"seq":1,"id":"ef03f533-b108-4bb0-ac9b-e7802d25cb8a","subject":"control.database.desired","payload":{"node": "local", "orgId": "ed530160-db5c-440d-b097-a96086188997", "power": "on", "engine": "sqlite", "limits": {"storageBytes": 1073741824}, "present": true, "version": 1, "databaseId": "f02ceb45-7250-4132-b28a-e64ab3f99106", "generation": 1},"created_at":"2026-11-22T03:03:55.758492+00:00","sent_at":"2026-11-22T03:03:55.769285+00:00"}, 
 {"seq":2,"id":"ae10d903-4836-4db8-b121-c19b72d4e039","subject":"control.database.desired","payload":{"node": "local", "orgId": "ed530160-db5c-440d-b097-a96086188997", "power": "on", "engine": "sqlite", "limits": {"storageBytes": 1073741824}, "present": true, "version": 1, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:55.780931+00:00","sent_at":"2026-11-22T03:03:55.807726+00:00"}, 
 {"seq":3,"id":"bf8c9b9b-ec8e-4c32-9a16-5dd859a74659","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "PROVISIONING", "version": 2, "databaseId": "f02ceb45-7250-4132-b28a-e64ab3f99106", "generation": 1},"created_at":"2026-11-22T03:03:55.850357+00:00","sent_at":"2026-11-22T03:03:55.900767+00:00"}, 
 {"seq":4,"id":"b8ff9648-cde0-4ba3-b956-44966f1a7115","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "PROVISIONING", "version": 2, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:55.967919+00:00","sent_at":"2026-11-22T03:03:56.064745+00:00"}, 
 {"seq":5,"id":"75cfbb61-2437-4d1d-8337-16100f6a8725","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "RUNNING", "version": 3, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.065139+00:00","sent_at":"2026-11-22T03:03:56.119607+00:00"}, 
 {"seq":6,"id":"9d0d83cd-5a95-4b2e-bae0-3146776342a9","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "RUNNING", "version": 3, "databaseId": "f02ceb45-7250-4132-b28a-e64ab3f99106", "generation": 1},"created_at":"2026-11-22T03:03:56.088812+00:00","sent_at":"2026-11-22T03:03:56.119607+00:00"}, 
 {"seq":7,"id":"d955be98-ce16-4b97-94eb-8fa2e7d8f5a9","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "DELETING", "version": 4, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.32128+00:00","sent_at":"2026-11-22T03:03:56.341495+00:00"}, 
 {"seq":8,"id":"394c656a-e78d-45d5-a809-b89f29165a74","subject":"control.database.desired","payload":{"node": "local", "orgId": "ed530160-db5c-440d-b097-a96086188997", "power": "on", "engine": "sqlite", "limits": {"storageBytes": 1073741824}, "present": false, "version": 2, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.32128+00:00","sent_at":"2026-11-22T03:03:56.341495+00:00"}, 
 {"seq":9,"id":"8e13aa7d-cb14-47b4-9711-0eaa65f8f5b2","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "DEPROVISIONING", "version": 5, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.370662+00:00","sent_at":"2026-11-22T03:03:56.385506+00:00"}, 
 {"seq":10,"id":"dc86fe3a-1221-40c2-abaa-5ef964b2bcc3","subject":"control.database.moved","payload":{"orgId": "ed530160-db5c-440d-b097-a96086188997", "state": "DELETED", "version": 6, "databaseId": "15655517-d695-4e3c-b2f2-1d20b725a314", "generation": 1},"created_at":"2026-11-22T03:03:56.39779+00:00","sent_at":"2026-11-22T03:03:56.409391+00:00"}]$rows$);
SELECT setval(pg_get_serial_sequence('control_plane.outbox', 'seq'), greatest((SELECT max(seq) FROM control_plane.outbox), 1));
ALTER TABLE control_plane.outbox ADD CONSTRAINT "outbox_id_key" UNIQUE (id);
ALTER TABLE control_plane.outbox ADD CONSTRAINT "outbox_pkey" PRIMARY KEY (seq);
CREATE INDEX outbox_created ON control_plane.outbox USING btree (created_at);
CREATE INDEX outbox_unsent ON control_plane.outbox USING btree (seq) WHERE (sent_at IS NULL);
CREATE TABLE control_plane.shapes (
  name text NOT NULL,
  display_name text NOT NULL,
  vendor text NOT NULL,
  region text NOT NULL,
  engine text NOT NULL,
  node text NOT NULL,
  storage_bytes bigint NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now()
);
INSERT INTO control_plane.shapes OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.shapes, $rows$[{"name":"sqlite-small","display_name":"SQLite, 1 GB","vendor":"Tenantry","region":"local","engine":"sqlite","node":"local","storage_bytes":1073741824,"created_at":"2026-11-22T03:03:53.818+00:00","updated_at":"2026-11-22T03:03:53.818+00:00"}]$rows$);
ALTER TABLE control_plane.shapes ADD CONSTRAINT "shapes_pkey" PRIMARY KEY (name);
ALTER TABLE control_plane.shapes ADD CONSTRAINT "shapes_storage_bytes_check" CHECK ((storage_bytes > 0));
CREATE TABLE control_plane.streams_seen (
  stream text NOT NULL,
  created text NOT NULL
);
INSERT INTO control_plane.streams_seen OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.streams_seen, $rows$[{"stream":"CONTROL","created":"2026-11-22T03:03:54.898473911Z"}]$rows$);
ALTER TABLE control_plane.streams_seen ADD CONSTRAINT "streams_seen_pkey" PRIMARY KEY (stream);
CREATE TABLE control_plane.users (
  id uuid NOT NULL,
  email text NOT NULL,
  firstname text NOT NULL,
  lastname text NOT NULL,
  server_admin boolean NOT NULL DEFAULT false,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_by uuid NOT NULL
);
INSERT INTO control_plane.users OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::control_plane.users, $rows$[{"id":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","email":"ada@example.com","firstname":"Ada","lastname":"Byron","server_admin":true,"created_at":"2026-11-22T03:03:55.612+00:00","updated_at":"2026-11-22T03:03:55.612+00:00","updated_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b"}, 
 {"id":"754822bf-db41-449b-aa36-63b351422d61","email":"bob@example.com","firstname":"Bob","lastname":"Babbage","server_admin":false,"created_at":"2026-11-22T03:03:55.687+00:00","updated_at":"2026-11-22T03:03:55.687+00:00","updated_by":"754822bf-db41-449b-aa36-63b351422d61"}]$rows$);
ALTER TABLE control_plane.users ADD CONSTRAINT "users_pkey" PRIMARY KEY (id);
ALTER TABLE control_plane.database_history ADD CONSTRAINT "database_history_database_id_fkey" FOREIGN KEY (database_id) REFERENCES control_plane.databases(id);
ALTER TABLE control_plane.databases ADD CONSTRAINT "databases_org_id_fkey" FOREIGN KEY (org_id) REFERENCES control_plane.orgs(id);
ALTER TABLE control_plane.databases ADD CONSTRAINT "databases_shape_fkey" FOREIGN KEY (shape) REFERENCES control_plane.shapes(name);
ALTER TABLE control_plane.memberships ADD CONSTRAINT "memberships_org_id_fkey" FOREIGN KEY (org_id) REFERENCES control_plane.orgs(id);
ALTER TABLE control_plane.memberships ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY (user_id) REFERENCES control_plane.users(id);
