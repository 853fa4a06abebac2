/** What each group of operations is about, for readers of the document. */
export const tagDescriptions: Readonly<Record<string, string>> = {
  Login: 'Accounts, sessions and the keys that tokens are signed with.',
  Users: 'The people of an org, and what they may do.',
  Invites: 'Invitations into an org.',
  Keys: 'API keys: they never expire, can be revoked, and are shown once.',
  Orgs: 'An org: everything belongs to one.',
  Roles: 'Roles that an org makes for itself; they add rights to the built-in ones.',
  Shapes: 'What a database can be made of.',
  Limits: 'What is refused past which number.',
  Databases: 'Databases and their states.',
  Credentials: 'Logins of a database for clients that speak its engine\'s own protocol.',
  Backups: 'Backups of databases.',
  Query: 'Statements in the language of the database.',
  Metrics: 'What a database tells of its work, in the format of Prometheus.',
  Events: 'What happens in an org, as it happens.',
  Audit: 'Who did what in an org.',
  Usage: 'What an org uses of what it may use.',
}
