import { recordById } from '@tenantry/deeds'

/** An invite as its line in the record of deeds compares it. */
export const inviteRecord = recordById(`
  SELECT jsonb_build_object('id', id, 'email', email, 'role', role, 'state', state, 'user_id', user_id, 'sent_by', sent_by, 'accepted_by', accepted_by, 'expires_at', expires_at) AS record
  FROM invites WHERE org_id = $1 AND id = $2`)
