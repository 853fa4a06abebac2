import { parseIdentityConfig } from './config.js'

const key = Buffer.alloc(32, 1).toString('base64url')
const env = {
  DATABASE_URL: 'postgres://identity@127.0.0.1/tenantry', NATS_URL: 'nats://127.0.0.1:4222', NATS_TOKEN: 'a-token-for-tests', PUBLIC_URL: 'https://db.example.com',
  IDENTITY_URL: 'http://127.0.0.1:3001', CONTROL_PLANE_URL: 'http://127.0.0.1:3002', INTERNAL_TOKEN: 'a-token-for-tests', SEALING_KEY: key, PEPPER: key,
}

describe('the configuration of identity', () => {
  it('has a default for what is no secret and no address', () => {
    expect(parseIdentityConfig(env)).toMatchObject({ bcryptCost: 10, signUp: 'open', rotateKeysDays: 90, signUpsPerHour: undefined, failedLoginsPerMinute: 20, wrongPasswords: 5, wrongPasswordWaitSeconds: 5, host: '127.0.0.1', sealingKey: Buffer.alloc(32, 1) })
  })

  it('names everything that is wrong at once, and shows no secret', () => {
    const wrong = () => parseIdentityConfig({ ...env, SEALING_KEY: 'c2hvcnQ', PEPPER: 'not base64!', BCRYPT_COST: '40', SIGNUP: 'maybe', PUBLIC_URL: undefined })
    expect(wrong).toThrow('SEALING_KEY: must hold at least 32 bytes')
    for (const name of ['SEALING_KEY', 'PEPPER', 'BCRYPT_COST', 'SIGNUP', 'PUBLIC_URL']) expect(wrong).toThrow(name)
    expect(wrong).not.toThrow(/c2hvcnQ|not base64!/)
  })
})
