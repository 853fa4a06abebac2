import { parseSingleConfig } from './config.js'
import { assumedEnvironment, serviceEnvironment } from './environment.js'

const secrets = { sealingKey: 's', pepper: 'p', internalToken: 'i', natsToken: 'n', postgresPassword: 'g' }
const surroundings = { nats: { url: 'nats://inside', token: 'n' }, publicUrl: 'http://here', adminUrl: 'http://admin', engineSocket: '/socket', tenantsPostgres: { url: 'postgres://127.0.0.1/', secret: 'B'.repeat(43) }, mailFolder: '/mail', secrets }

it('starts on the loopback address with an open sign-up when nothing is said', () => {
  expect(parseSingleConfig({})).toMatchObject({ host: '127.0.0.1', port: 8080, dataDir: '.tenantry', signUp: 'open', tls: undefined, logLevel: 'warn' })
})

it('closes the sign-up where strangers can reach it, unless it is opened by name', () => {
  expect(parseSingleConfig({ HOST: '0.0.0.0', INSECURE: '1' }).signUp).toBe('closed')
  expect(parseSingleConfig({ HOST: '0.0.0.0', INSECURE: '1', SIGNUP: 'open' }).signUp).toBe('open')
})

it.each(['0.0.0.0', '::', '192.168.1.5', 'example.com'])('asks for TLS on %s', (HOST) => {
  expect(() => parseSingleConfig({ HOST })).toThrow('can be reached by other machines')
  expect(parseSingleConfig({ HOST, TLS: 'auto' }).host).toBe(HOST)
})

it('takes a certificate only together with its key', () => {
  expect(() => parseSingleConfig({ TLS_CERT_FILE: 'x' })).toThrow('must be set together')
})

it('takes no public address that begins with http:// when it ends TLS itself', () => {
  expect(() => parseSingleConfig({ TLS: 'auto', PUBLIC_URL: 'http://db.example.com' })).toThrow('must begin with https://')
  expect(parseSingleConfig({ INSECURE: '1', PUBLIC_URL: 'https://db.example.com' }).publicUrl).toBe('https://db.example.com')
})

it('takes one certificate and not two', () => {
  expect(() => parseSingleConfig({ TLS: 'auto', TLS_CERT_FILE: 'x', TLS_KEY_FILE: 'y' })).toThrow('set one of them')
})

it.each([['CORS_ORIGINS', 'https://a.example/path'], ['CORS_ORIGINS', '*, https://a.example'], ['CORS_ORIGINS', 'null'], ['ALLOWED_HOSTS', 'a b'], ['ALLOWED_HOSTS', 'https://a']])('refuses %s=%s', (name, value) => {
  expect(() => parseSingleConfig({ [name]: value })).toThrow(name)
})

it('writes the public address without a slash at its end, as it stands in tokens', () => {
  expect(parseSingleConfig({ PUBLIC_URL: 'https://db.example.com/' }).publicUrl).toBe('https://db.example.com')
})

it('hands on what the operator set, and never what speaks of this process', () => {
  const env = { BCRYPT_COST: '12', PORT: '1', DATABASE_URL: 'postgres://all/powerful', DATABASE_URL_FILE: '/x', NATS_URL: 'nats://outside', POOL_SIZE: '9', EMPTY: '' }
  const given = serviceEnvironment(env, parseSingleConfig({}), surroundings)
  expect(given).toMatchObject({ BCRYPT_COST: '12', POOL_SIZE: '9', NATS_URL: 'nats://inside', IDENTITY_URL: 'http://admin', SEALING_KEY: 's' })
  expect(Object.keys(given)).not.toEqual(expect.arrayContaining(['PORT']))
  for (const name of ['PORT', 'DATABASE_URL', 'DATABASE_URL_FILE', 'EMPTY']) expect(given[name]).toBeUndefined()
})

it('lets the operator bring a secret of its own, also as a file', () => {
  const given = serviceEnvironment({ PEPPER: 'mine', SEALING_KEY_FILE: '/run/secrets/key' }, parseSingleConfig({}), surroundings)
  expect(given).toMatchObject({ PEPPER: 'mine', SEALING_KEY_FILE: '/run/secrets/key', INTERNAL_TOKEN: 'i' })
  expect(given['SEALING_KEY']).toBeUndefined()
})

it('can ask every service about its settings before anything is known', () => {
  expect(assumedEnvironment({}, parseSingleConfig({}))).toMatchObject({ DATABASE_URL: expect.stringContaining('postgres://') })
})
