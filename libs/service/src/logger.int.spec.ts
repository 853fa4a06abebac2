import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

it('writes each entry on one line of plain characters, whatever it is given', async () => {
  const odd = 'a\r\n{"level":"fatal"}\u001b[31m\u009b31m\u0085\u2028\u2029\u202e\u0000\u007f\ud800 z'
  const script = `import { createLogger } from ${JSON.stringify(new URL('../dist/logger.js', import.meta.url).href)}
const odd = JSON.parse(process.argv[1])
const logger = createLogger('test', 'debug')
logger.warn({ odd, error: new Error(odd), [odd]: 1 }, odd)
logger.child({ odd }).debug(odd)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(odd)], { timeout: 20_000 })
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length).toBe(2)
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/)
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ service: 'test', msg: expect.stringMatching(/^a\r\n.* z$/s) })
})
