import { hostRule, parseHosts } from './hosts.js'

const allowed = (host: string, hosts = '', publicUrl: string | undefined = 'https://db.example.com'): boolean =>
  hostRule(publicUrl, parseHosts(hosts) ?? [])(host).allowed

it.each([
  'db.example.com', 'DB.example.com', 'db.example.com:8443', 'db.example.com.', 'localhost', 'localhost:8080', 'app.localhost:80',
  '127.0.0.1:8080', '[::1]:8080', '10.2.3.4', '[2001:db8::7]', 'tenantry', 'edge:8080',
])('takes %s, which is ours or could be nobody else\'s', (host) => {
  expect(allowed(host)).toBe(true)
})

it.each([
  'evil.example', 'db.example.com.evil.example', 'evil-db.example.com', 'localhost.evil.example', '', '@', 'db.example.com@evil.example', 'db.example.com/x',
  'db.example.com:80:80', '[localhost]', 'evil.example:8080', 'db.example.com evil', '127.0.0.1.nip.example',
])('refuses %p', (host) => {
  expect(allowed(host)).toBe(false)
})

it('takes the names that the operator adds, and those below a wildcard', () => {
  expect(['other.example', 'a.b.example', 'b.example', 'c.example'].map((host) => allowed(host, 'other.example, *.b.example'))).toEqual([true, true, false, false])
  expect(allowed('anything.example', '*')).toBe(true)
})

it('remembers what it has judged and forgets before that grows', () => {
  const judge = hostRule(undefined, [])
  for (let count = 0; count < 5_000; count += 1) expect(judge(`${count}.example`).allowed).toBe(false)
  expect(judge('localhost').allowed).toBe(true)
})
