CREATE TABLE identity.accounts (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  email text NOT NULL,
  email_key text NOT NULL,
  firstname text NOT NULL,
  lastname text NOT NULL,
  org_name text NOT NULL,
  founder boolean NOT NULL,
  server_admin boolean NOT NULL DEFAULT false,
  password_hash text NOT NULL,
  epoch integer NOT NULL DEFAULT 0,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now()
);
INSERT INTO identity.accounts OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.accounts, $rows$[{"id":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","org_id":"ed530160-db5c-440d-b097-a96086188997","email":"ada@example.com","email_key":"ada@example.com","firstname":"Ada","lastname":"Byron","org_name":"Engines","founder":true,"server_admin":true,"password_hash":"$2b$04$veZdDlvzV8X0eQoGgbFn1eYLXbFSLpwfjfYVFU80RTR2rkzBMmwMq","epoch":0,"created_at":"2026-11-22T03:03:55.575+00:00","updated_at":"2026-11-22T03:03:55.575+00:00"}, 
 {"id":"754822bf-db41-449b-aa36-63b351422d61","org_id":"dd199af4-30b1-4eec-bf37-4fc2efa4c279","email":"bob@example.com","email_key":"bob@example.com","firstname":"Bob","lastname":"Babbage","org_name":"Organization for bob@example.com","founder":true,"server_admin":false,"password_hash":"$2b$04$uKr6ZMzm4XphngKiz5TEnuiBJ818ZaWjVsAtZ0sdN83uf29qvuTIC","epoch":0,"created_at":"2026-11-22T03:03:55.631+00:00","updated_at":"2026-11-22T03:03:55.631+00:00"}]$rows$);
ALTER TABLE identity.accounts ADD CONSTRAINT "accounts_email_key" UNIQUE (email_key);
ALTER TABLE identity.accounts ADD CONSTRAINT "accounts_pkey" PRIMARY KEY (id);
CREATE INDEX accounts_org ON identity.accounts USING btree (org_id);
CREATE TABLE identity.api_keys (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  user_id uuid NOT NULL,
  digest bytea NOT NULL,
  description text NOT NULL,
  status text NOT NULL DEFAULT 'ACTIVE'::text,
  used_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_by uuid NOT NULL
);
INSERT INTO identity.api_keys OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.api_keys, $rows$[{"id":"60cfd4ca-c413-4ce0-bc1e-e31ccdfa322c","org_id":"ed530160-db5c-440d-b097-a96086188997","user_id":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","digest":"\\x86b0c6553cf5fa38a09e251b7840e8c050945df9f87bbf9589702196bc7e3d24","description":"nightly","status":"ACTIVE","used_at":null,"created_at":"2026-11-22T03:03:55.738+00:00","updated_at":"2026-11-22T03:03:55.738+00:00","updated_by":"49fb9b68-75e7-4892-9220-57fd22b7fb2b"}]$rows$);
ALTER TABLE identity.api_keys ADD CONSTRAINT "api_keys_digest" UNIQUE (digest);
ALTER TABLE identity.api_keys ADD CONSTRAINT "api_keys_pkey" PRIMARY KEY (id);
ALTER TABLE identity.api_keys ADD CONSTRAINT "api_keys_status_check" CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'REVOKED'::text])));
CREATE INDEX api_keys_org ON identity.api_keys USING btree (org_id, created_at, id);
CREATE INDEX api_keys_user ON identity.api_keys USING btree (user_id, created_at, id);
CREATE TABLE identity.failures (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  count integer NOT NULL,
  reason text NOT NULL,
  parked_at timestamp with time zone,
  failed_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE identity.failures ADD CONSTRAINT "failures_pkey" PRIMARY KEY (consumer, event_id);
CREATE TABLE identity.inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE identity.inbox ADD CONSTRAINT "inbox_pkey" PRIMARY KEY (consumer, event_id);
CREATE INDEX inbox_taken ON identity.inbox USING btree (taken_at);
CREATE TABLE identity.migrations (
  id serial,
  timestamp bigint NOT NULL,
  name character varying NOT NULL
);
INSERT INTO identity.migrations OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.migrations, $rows$[{"id":1,"timestamp":1732233600000,"name":"FirstRecords1732233600000"}]$rows$);
SELECT setval(pg_get_serial_sequence('identity.migrations', 'id'), greatest((SELECT max(id) FROM identity.migrations), 1));
ALTER TABLE identity.migrations ADD CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id);
CREATE TABLE identity.outbox (
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  sent_at timestamp with time zone
);
INSERT INTO identity.outbox OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.outbox, $rows$[{"seq":1,"id":"48cbd972-34ee-463c-bf58-4b5b72bb165c","subject":"identity.account.registered","payload":{"email": "ada@example.com", "orgId": "ed530160-db5c-440d-b097-a96086188997", "userId": "49fb9b68-75e7-4892-9220-57fd22b7fb2b", "orgName": "Engines", "lastname": "Byron", "firstname": "Ada", "serverAdmin": true},"created_at":"2026-11-22T03:03:55.574959+00:00","sent_at":"2026-11-22T03:03:55.590602+00:00"}, 
 {"seq":2,"id":"f4b3a0ef-9876-44e2-af0d-463483a061de","subject":"identity.account.registered","payload":{"email": "bob@example.com", "orgId": "dd199af4-30b1-4eec-bf37-4fc2efa4c279", "userId": "754822bf-db41-449b-aa36-63b351422d61", "orgName": "Organization for bob@example.com", "lastname": "Babbage", "firstname": "Bob", "serverAdmin": false},"created_at":"2026-11-22T03:03:55.63056+00:00","sent_at":"2026-11-22T03:03:55.640522+00:00"}, 
 {"seq":3,"id":"a74da1ab-647f-446e-9798-c01e3ffb12a6","subject":"identity.key.created","payload":{"keyId": "60cfd4ca-c413-4ce0-bc1e-e31ccdfa322c", "orgId": "ed530160-db5c-440d-b097-a96086188997", "userId": "49fb9b68-75e7-4892-9220-57fd22b7fb2b"},"created_at":"2026-11-22T03:03:55.7384+00:00","sent_at":"2026-11-22T03:03:55.753073+00:00"}]$rows$);
SELECT setval(pg_get_serial_sequence('identity.outbox', 'seq'), greatest((SELECT max(seq) FROM identity.outbox), 1));
ALTER TABLE identity.outbox ADD CONSTRAINT "outbox_id_key" UNIQUE (id);
ALTER TABLE identity.outbox ADD CONSTRAINT "outbox_pkey" PRIMARY KEY (seq);
CREATE INDEX outbox_created ON identity.outbox USING btree (created_at);
CREATE INDEX outbox_unsent ON identity.outbox USING btree (seq) WHERE (sent_at IS NULL);
CREATE TABLE identity.refresh_tokens (
  digest bytea NOT NULL,
  session_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  used_by bytea,
  successor bytea
);
INSERT INTO identity.refresh_tokens OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.refresh_tokens, $rows$[{"digest":"\\xc0d5c646195110a344c4be78348c7f55ac5d7c61a0c83672e7cf63ee0fabbf49","session_id":"91879b1c-1568-4bb6-ab5e-d084363f5775","created_at":"2026-11-22T03:03:55.574959+00:00","expires_at":"2026-11-29T03:03:55.574959+00:00","used_at":null,"used_by":null,"successor":null}, 
 {"digest":"\\xc689bf9684654ad80fcdb9c6074a2c735ff79e67f90b678767410f6355bdaad6","session_id":"3620fdbd-f381-4520-bd7b-ab5665e54beb","created_at":"2026-11-22T03:03:55.63056+00:00","expires_at":"2026-11-29T03:03:55.63056+00:00","used_at":null,"used_by":null,"successor":null}]$rows$);
ALTER TABLE identity.refresh_tokens ADD CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY (digest);
CREATE INDEX refresh_tokens_session ON identity.refresh_tokens USING btree (session_id);
CREATE TABLE identity.revocation_counter (
  one boolean NOT NULL DEFAULT true,
  seq bigint NOT NULL
);
INSERT INTO identity.revocation_counter OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.revocation_counter, $rows$[{"one":true,"seq":0}]$rows$);
ALTER TABLE identity.revocation_counter ADD CONSTRAINT "revocation_counter_pkey" PRIMARY KEY (one);
ALTER TABLE identity.revocation_counter ADD CONSTRAINT "revocation_counter_one_check" CHECK (one);
CREATE TABLE identity.revocations (
  seq bigint NOT NULL,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  epoch integer,
  revoked_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE identity.revocations ADD CONSTRAINT "revocations_pkey" PRIMARY KEY (seq);
ALTER TABLE identity.revocations ADD CONSTRAINT "revocations_kind_check" CHECK ((kind = ANY (ARRAY['session'::text, 'key'::text, 'user'::text])));
CREATE INDEX revocations_time ON identity.revocations USING btree (revoked_at);
CREATE TABLE identity.sessions (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone
);
INSERT INTO identity.sessions OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.sessions, $rows$[{"id":"91879b1c-1568-4bb6-ab5e-d084363f5775","user_id":"49fb9b68-75e7-4892-9220-57fd22b7fb2b","created_at":"2026-11-22T03:03:55.574959+00:00","expires_at":"2026-12-22T03:03:55.574959+00:00","ended_at":null}, 
 {"id":"3620fdbd-f381-4520-bd7b-ab5665e54beb","user_id":"754822bf-db41-449b-aa36-63b351422d61","created_at":"2026-11-22T03:03:55.63056+00:00","expires_at":"2026-12-22T03:03:55.63056+00:00","ended_at":null}]$rows$);
ALTER TABLE identity.sessions ADD CONSTRAINT "sessions_pkey" PRIMARY KEY (id);
CREATE INDEX sessions_expiring ON identity.sessions USING btree (expires_at);
CREATE INDEX sessions_user ON identity.sessions USING btree (user_id) WHERE (ended_at IS NULL);
CREATE TABLE identity.signing_keys (
  kid text NOT NULL,
  public_jwk jsonb NOT NULL,
  private_sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  signs_from timestamp with time zone NOT NULL
);
INSERT INTO identity.signing_keys OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.signing_keys, $rows$[{"kid":"952bf02c-3b54-43d3-93c1-9a6e14725b5f","public_jwk":{"e": "AQAB", "n": "s45MXRGlnr21SEFp_whJjX7bWlpcJ039-PvQRIqM5gB9awmrZ6Hng2ElMQs17jgDyPqUZFGHuSUIHRCBwJXKkAuvgJgzfJ7E27s1yB-6VPSDYwxUFV4eHXdSTBIko0RjapA3GmS1V3m5GoDN-wi-AOIRJz6P5kawqU5UPhWGvLvi5YcmH4RbF6WeFzZr15d6go_38Y-3ueXbD3W3riC28KYv2xc1lgdE03RAHHJ82QmTWqI0duJYj-yySDDnKMEAZnLJGCOjh-O5KYwKEOGROIgOZ6Jckm-dbJJQDu-pwSZ0ZhJlANY0I-ia0cgNIUQtnGOALKP6j_nSZBwA7HnWMw", "alg": "RS256", "kid": "952bf02c-3b54-43d3-93c1-9a6e14725b5f", "kty": "RSA", "use": "sig"},"private_sealed":"\\x0101319dd7575643b63cc61c086eba721ced25a75c15afcf19220f3d7bd0d0b3a44f6c9783a740e9790448d6d1fd03397d1ad5a936bbdbd39dfb9bc12bdcbe917870634df22ccaad4749e6abfc81e7cea8892119d4dbf9c294c8c27e7c0618ab9bc16609e9c247afb63842f67bbb28d3dc5acb0b50ddca32731fa5daf7f6cb61457d1cb758ccce2ec71a22f68b9affd4b1530fef60fe0e80f7f2502e542df98d8b56bc5e0c0e487faddda3cbb626263e727c81a4b0a663dade0a6140f11619f1e8243673de8f27649faedad6b0eb3f9574a2ecc04119b07c725e4925d7fac2dda71c52a76d18c1b8c8375871e73001299278ecd04f8cb7e0ef29467770b643cb554a62ec68b5281c591a872b47302f7641b0ba30324eb4452f9fc461a5134e54b85e3b083fb4f3ff139bdd7df528caa317887c50c210726ba9ae1c46a950c4d4f8cfebecc853777ea4d0aa53baffcf163a0ff387f4b2d5b2469fa24ce4a4aea8817d95c442ff8972c55d64c87236ba57dd20575594eba21b598b10c5703cb7940483b7a9e3936e63b3084e6e5906aa9daf99617a95798bfa80d8b184d2018d1a04cdc509e8a2ac39b9279c5a12251c3e9b11417607b2d3e91dc753d29c2bfd856f656da5cbc64fd5f8ed23437aca7555c97fb092f0a956ab5776261f6f1b06bcf8ada07624125f36a7a8b00b18dfbb7ed6bc9e83cb79dd2bbcde00a0152c5cced7b6aeba3df7775494e3fa742d2bf13946c220c90a660ec20b8157a2514a1ba153e6296ff21c86a948bbd4d5eeff5e42f0fec9edb8028b2b6f81dce73d6fb45ee596f852365d7afeeb4035c8ea8f5024c0c51096725a31544b49b04b7cbb93786f9fdbc5bad83756962f0b1a5fc56c7a70ae97dd165a5880a2e46eb0d7bbdebea89dd77f77518937cd17500527eb85085b9a586a07a79e7f729b3d8f3a27cd43c2b63329bccbca07e66d894e41b306c2cd0b24f007cae65fa47d5e01f456f682ae7bef7322270a0d42e17f4cac1c5961e82c3ea9276729c15468fbce6f6252786c22490da8007de4b2baf0217b321a9c131fe5202bcc47d3ffd97abe2a909b79d82cfc34dbdde71b5fba99c158171fda24a69ee2c7908cb1d76687ccf88d9534dbdd7b7db5273753f3c7d1776a05e583c1ab5a907f3e4da9392a478096a736ab6ba335b600b90dc8fb0127353d00180ec2d83ce96adf6d8574d034602420ca0a63ee3322cc4c41da877f944e3450a7e5dacfc368fa99bc2a9784249395492a0a9259fe8b106b400ece2623ed049cb91415cb8704d5e69d287dc94c4fe9038d0008617545000547ff252d1c6db9cc84681037418fd05851cea30b3e6e42e8d886847f068497b0f8bda7f10ccedf5ddc36fb9ce8f645da2d161cc99ad946ab88e20b99d0ac0a0eba62d6ca2506bc07487f08fa26c6a13ac4cfcf734d8155469a3f7df125b6ad88ddd6aca39f7bded7e9897f62ef8e188662f400f059037ede2dd6ca69e2033b8ea4054438387e108ec9ea2def0b5caeb6ceda5b540377308b67db3a770a4ab47208d4c5e9460c00250625cc2ef272e0e4cf689f988dae8e84d2a1c9f3c851aaf06053a27627e6e27a2bd91f761eb8e94812221f6db8ee86164a37c414fc24e1031f059e213c51941af5ac9e806636c3a185309e9179381732b47d6e6f4a089e7b87214f99d12f5ee7da69fc0459e7ad98d73c7cdbce168999683c8c63915c3b274498118fe4c9552000d4dbf09aba18c90239943c659bb46ba1","created_at":"2026-11-22T03:03:54.676837+00:00","signs_from":"2026-11-22T03:03:54.676837+00:00"}]$rows$);
ALTER TABLE identity.signing_keys ADD CONSTRAINT "signing_keys_pkey" PRIMARY KEY (kid);
CREATE TABLE identity.streams_seen (
  stream text NOT NULL,
  created text NOT NULL
);
INSERT INTO identity.streams_seen OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::identity.streams_seen, $rows$[{"stream":"IDENTITY","created":"2026-11-22T03:03:54.898348493Z"}]$rows$);
ALTER TABLE identity.streams_seen ADD CONSTRAINT "streams_seen_pkey" PRIMARY KEY (stream);
ALTER TABLE identity.api_keys ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY (user_id) REFERENCES identity.accounts(id);
ALTER TABLE identity.refresh_tokens ADD CONSTRAINT "refresh_tokens_session_id_fkey" FOREIGN KEY (session_id) REFERENCES identity.sessions(id) ON DELETE CASCADE;
ALTER TABLE identity.sessions ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY (user_id) REFERENCES identity.accounts(id);
