import { recordById } from '@tenantry/deeds'

/** A database as it was wished for: where its life has come to moves by itself. Options may hold what jsonb has no room for. */
export const databaseRecord = recordById(`
  SELECT jsonb_build_object('id', id, 'name', name, 'options', options::text, 'shape', shape, 'engine', engine, 'generation', generation, 'version', version,
    'present', present, 'power', power, 'created_by', created_by, 'owned_by', owned_by)
    || CASE WHEN documents_version > 0 THEN jsonb_build_object('documents_version', documents_version, 'documents_only', documents_only) ELSE '{}' END AS record
  FROM databases WHERE org_id = $1 AND id = $2`)
