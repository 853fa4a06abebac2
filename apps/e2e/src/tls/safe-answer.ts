import type { Answer } from '../story/api.js'

const wanted = {
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'x-frame-options': /^DENY$/,
  'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
  'cross-origin-resource-policy': /^same-origin$/,
} as const

const unwanted = ['server', 'x-powered-by', 'via', 'set-cookie', 'access-control-allow-origin', 'access-control-allow-credentials'] as const
const mayBeKept = ['/.well-known/', '/docs'] as const

/** What an answer lacks that every answer has, or has that none should; nothing when it is as it should be. */
export const faultsOf = ({ method, path, status, headers }: Pick<Answer, 'method' | 'path' | 'status' | 'headers'>): readonly string[] => {
  const where = `${method} ${path} ${status}`
  const kept = status === 200 && mayBeKept.some((prefix) => path.startsWith(prefix))
  return [
    ...Object.entries(wanted).filter(([name, pattern]) => !pattern.test(String(headers[name]))).map(([name]) => `${where}: ${name} is ${String(headers[name])}`),
    ...unwanted.filter((name) => headers[name] !== undefined).map((name) => `${where}: has ${name}`),
    ...(kept || headers['cache-control'] === 'no-store' ? [] : [`${where}: cache-control is ${String(headers['cache-control'])}`]),
    ...(status >= 400 && headers['x-request-id'] === undefined ? [`${where}: has no x-request-id`] : []),
  ]
}
