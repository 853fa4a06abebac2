import type { Operation } from '@tenantry/contracts'
import { acceptInvite } from './accepting.js'
import { listAudit } from './audit.js'
import { listBackups } from './backups.js'
import { createCredential, deleteCredential, listCredentials, resetCredential } from './credentials.js'
import { createDatabase, deleteDatabase, getDatabase, listDatabases, listDeployments, startDatabase, stopDatabase, undeleteDatabase, updateDatabase } from './databases.js'
import { listDatabaseOperations } from './deeds.js'
import { listDocuments, setDocuments } from './documents.js'
import { streamDatabaseEvents, streamEvents } from './events.js'
import { runGraphql } from './graphql.js'
import { createKey, getKey, listKeys, listOrgKeys, updateKey } from './keys.js'
import { importTable } from './imports.js'
import { createInvite, deleteInvite, getInvite, listInvites, moveUser, updateInvite } from './invites.js'
import { deleteAccount } from './leaving.js'
import { listLimits } from './limits.js'
import { describeLogin, describeRoot, getJwks, getOpenIdConfiguration, logInAtId, logInAtRoot, logOut, signUp } from './login.js'
import { readMetrics, readMetricsUnversioned } from './metrics.js'
import { runOrgSql, runOrgSqlV2 } from './org-sql.js'
import { deleteOrg, getOrg, updateOrg } from './orgs.js'
import { runPersistedGraphql } from './persisted.js'
import { runPql, runSql, runSqlShort, runSqlShortV2, runSqlUnversioned } from './queries.js'
import { applySchema, readSchema } from './schema.js'
import { askToVerifyEmail, forgotPassword, resetPassword, showLinkPage, verifyEmail } from './recovery.js'
import { createRole, deleteRole, getRole, listRoles, updateRole } from './roles.js'
import { getShape, listShapes } from './shapes.js'
import { addUserRoles, createUser, getCurrentUser, getUser, listUsers, updateUser } from './users.js'

/** Every operation of the native API, in the order in which its document tells them. */
export const operations: readonly Operation[] = [
  describeRoot, logInAtRoot, describeLogin, logInAtId, signUp, logOut, forgotPassword, resetPassword, askToVerifyEmail, verifyEmail, acceptInvite, deleteAccount, showLinkPage, getJwks, getOpenIdConfiguration,
  createUser, listUsers, getCurrentUser, updateUser, getUser, addUserRoles, moveUser,
  createInvite, listInvites, getInvite, updateInvite, deleteInvite,
  createKey, listKeys, getKey, updateKey,
  getOrg, updateOrg, deleteOrg, listOrgKeys, listAudit,
  listShapes, getShape, listLimits,
  createRole, listRoles, getRole, updateRole, deleteRole,
  createDatabase, listDatabases, listDeployments, getDatabase, updateDatabase, deleteDatabase, undeleteDatabase, listBackups, stopDatabase, startDatabase, listDatabaseOperations, listDocuments, setDocuments,
  listCredentials, createCredential, resetCredential, deleteCredential,
  streamDatabaseEvents, streamEvents,
  runSql, runSqlShort, runSqlShortV2, runSqlUnversioned, runOrgSql, runOrgSqlV2, runPql, runGraphql, runPersistedGraphql, readSchema, applySchema, importTable, readMetrics, readMetricsUnversioned,
]
