import { welcomeLines } from './welcome.js'

const told = { url: 'http://localhost:8080', adminUrl: 'http://127.0.0.1:9', dataDir: '/data', isNew: true, signUpOpen: true }

it('ends with the line that programs wait for', () => {
  expect(welcomeLines(told).at(-1)).toBe('Tenantry is ready: http://localhost:8080')
})

it('shows how to sign up once, and how to log in afterwards or where sign-up is closed', () => {
  expect(welcomeLines(told).join('\n')).toContain('/id/signup')
  expect(welcomeLines({ ...told, isNew: false }).join('\n')).not.toContain('/id/signup')
  expect(welcomeLines({ ...told, signUpOpen: false }).join('\n')).not.toContain('/id/signup')
})

it('asks one table in SQL and in PQL', () => {
  const lines = welcomeLines(told)
  expect(lines.filter((line) => line.includes('/query/sql') && line.includes('create table if not exists pet'))).toHaveLength(1)
  expect(lines.filter((line) => line.includes('/query/pql') && line.includes('[pet]Count(Row(likes=fish))'))).toHaveLength(1)
})

it('names the folder that mails are written to, where no server sends them', () => {
  expect(welcomeLines({ ...told, mailFolder: '/data/mail' }).join('\n')).toContain('written to /data/mail')
  expect(welcomeLines(told).join('\n')).not.toContain('Mails')
})

it('makes every command trust our own authority, and says where it is', () => {
  const lines = welcomeLines({ ...told, authorityFile: '/data/tls/ca.crt' })
  expect(lines).toContain('Clients must trust /data/tls/ca.crt.')
  for (const line of lines.filter((one) => one.includes('curl'))) expect(line).toContain('--cacert')
})
