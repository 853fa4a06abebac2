export interface Welcome {
  readonly url: string
  readonly adminUrl: string
  readonly dataDir: string
  readonly isNew: boolean
  readonly signUpOpen: boolean
  /** The certificate to trust, when the authority is our own. */
  readonly authorityFile?: string
  /** Where mails are written that no server sends. */
  readonly mailFolder?: string
}

const account = '"email":"you@example.com","password":"change me to a long one"'
const field = (name: string): string => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`

/** They may be sent again: rows that are there are written as they are. */
const firstStatements = 'create table if not exists pet (_id id, kind string, likes stringset); insert into pet values (1, \'cat\', [\'fish\', \'sleep\']), (2, \'dog\', [\'walks\', \'fish\']); select kind, likes from pet where setcontains(likes, \'fish\')'
const firstCalls = '[pet]Count(Row(likes=fish)) TopK(likes)'

/** What is printed once everything answers; the last line is the one that programs wait for. */
export const welcomeLines = ({ url, adminUrl, dataDir, isNew, signUpOpen, authorityFile, mailFolder }: Welcome): readonly string[] => {
  const curl = authorityFile === undefined ? 'curl -s' : `curl -s --cacert '${authorityFile}'`
  const signingUp = isNew && signUpOpen
  const enter = signingUp
    ? `${curl} ${url}/id/signup -H 'Content-Type: application/json' -d '{${account},"firstname":"Your","lastname":"Name"}'`
    : `${curl} ${url}/id -H 'Content-Type: application/json' -d '{"USERNAME":"you@example.com","PASSWORD":"change me to a long one"}'`
  const ask = (language: string): string => `${url}/v2/databases/$DB/query/${language} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: text/plain'`
  return [
    `Data is kept in ${dataDir}; metrics and readiness are at ${adminUrl}; the API is described at ${url}/docs.`,
    ...(authorityFile === undefined ? [] : [`Clients must trust ${authorityFile}.`]),
    ...(mailFolder === undefined ? [] : [`Mails are written to ${mailFolder}; set SMTP_URL to have them sent.`]),
    '',
    signingUp ? '# Sign up, make a database, ask a table of it in SQL and in PQL:' : '# Log in, make a database, ask a table of it in SQL and in PQL:',
    `TOKEN=$(${enter} | ${field('IdToken')})`,
    `DB=$(${curl} ${url}/v2/databases -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"name":"first"}' | ${field('id')})`,
    `${curl} -f -w '\\n' --retry 9 --retry-delay 1 --retry-all-errors ${ask('sql')} -d "${firstStatements}"`,
    `${curl} -w '\\n' ${ask('pql')} -d '${firstCalls}'`,
    '',
    `Tenantry is ready: ${url}`,
  ]
}
