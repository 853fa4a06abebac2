import { recordById } from '@tenantry/deeds'

/** An org's particulars, without its counters. */
export const orgRecord = recordById(`
  SELECT jsonb_build_object('id', id, 'name', name, 'company_name', company_name, 'address', address, 'tech_email', tech_email, 'billing_email', billing_email,
    'org_type', org_type) AS record
  FROM orgs WHERE id = $1 AND id = $2 AND deleted_at IS NULL`)
