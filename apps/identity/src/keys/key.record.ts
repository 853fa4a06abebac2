import { recordById } from '@tenantry/deeds'

/** A key without its digest, and without when it was last used. */
export const keyRecord = recordById(`
  SELECT jsonb_build_object('id', id, 'user_id', user_id, 'description', description, 'status', status) AS record
  FROM api_keys WHERE org_id = $1 AND id = $2`)
