// node:http and node:sqlite in one process, twice: as it is, and behind the gatekeeper that every service uses. Arguments: the file.
import http from 'node:http'
import { createGatekeeper, may } from '@tenantry/auth'
import { newId } from '@tenantry/contracts'
import { testSigner } from '@tenantry/testing'
import { DatabaseSync } from 'node:sqlite'

const issuer = 'http://localhost'
const database = new DatabaseSync(process.argv[2])
const statement = database.prepare('select * from t where id = 1')
statement.setReturnArrays(true)

const [userId, orgId] = [newId(), newId()]
const signer = await testSigner(issuer)
const token = await signer.sign({
  sub: userId, org_id: orgId, sid: newId(), jti: newId(), epoch: 0, token_use: 'access', email: 'ada@example.com', given_name: 'Ada', family_name: 'Byron', founder: true,
  org_name: 'Engines', server_admin: false,
}, { typ: 'at+jwt' })
const gatekeeper = createGatekeeper({
  issuer,
  ports: {
    jwks: async () => signer.jwks,
    verifyKey: async () => undefined,
    rights: async () => ({ status: 'Active', permissions: ['data:read', 'data:write'], version: 1 }),
    revocationsSince: async (seq) => ({ entries: [], seq }),
  },
})

const answer = (response) => {
  const body = JSON.stringify({ data: statement.all() })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}

const checked = async (request, response) => {
  const caller = gatekeeper.peek(request) ?? await gatekeeper.admit(request)
  const rights = gatekeeper.peekRights(caller) ?? await gatekeeper.rightsOf(caller)
  if (may(rights, 'data:read')) return answer(response)
  response.writeHead(403).end()
}

const peeked = (request, response) => {
  const caller = gatekeeper.peek(request)
  const rights = caller && gatekeeper.peekRights(caller)
  if (rights && may(rights, 'data:read')) return answer(response)
  checked(request, response).catch((error) => response.writeHead(401).end(error.message))
}

const server = http.createServer((request, response) => {
  request.on('data', () => undefined).on('end', () => request.url === '/checked' ? peeked(request, response) : answer(response))
})
server.listen(0, '127.0.0.1', () => void process.stdout.write(`listening on http://127.0.0.1:${server.address().port} with ${token}\n`))
process.once('SIGTERM', () => process.exit(0))
