import { recordByName } from '@tenantry/deeds'

/** A role of the org's own; who holds it is a matter of those. */
export const roleRecord = recordByName(`
  SELECT jsonb_build_object('id', id, 'name', name, 'acl', acl) AS record FROM roles WHERE org_id = $1 AND name = $2`)
