import { recordById } from '@tenantry/deeds'

/** A user as a member of one org. */
export const memberRecord = recordById(`
  SELECT jsonb_build_object('id', u.id, 'email', u.email, 'firstname', u.firstname, 'lastname', u.lastname, 'membership', to_jsonb(m) - 'created_at' - 'updated_at',
    'roles', ARRAY(SELECT r.role_id FROM member_roles r WHERE r.org_id = m.org_id AND r.user_id = m.user_id ORDER BY r.role_id)) AS record
  FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND m.user_id = $2`)
