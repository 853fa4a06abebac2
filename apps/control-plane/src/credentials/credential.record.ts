import { recordById } from '@tenantry/deeds'

/** A login as its line in the record of deeds compares it: without what it is checked by. */
export const credentialRecord = recordById(`
  SELECT jsonb_build_object('id', id, 'database_id', database_id, 'name', name, 'kind', kind, 'tls', tls, 'created_by', created_by, 'reset_at', reset_at) AS record
  FROM credentials WHERE org_id = $1 AND id = $2`)
