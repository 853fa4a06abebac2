import { z } from 'zod'

/** The variable that names FeatureBase servers: `name=http://host:10101`, one after another. */
export const featurebaseVariables = {
  FEATUREBASE_SERVERS: z.string().optional(),
}

interface FeaturebaseValues {
  readonly FEATUREBASE_SERVERS?: string | undefined
}

/** Where each server is reached, by its name. */
export type FeaturebaseServers = ReadonlyMap<string, URL>

const nameForm = /^[a-z0-9][a-z0-9._-]{0,62}$/
/** Words that a shape's placement uses for something else. */
const reserved: readonly string[] = ['any', 'local']

const urlIn = (text: string): URL | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === ''
  return isPlain ? url : undefined
}

/** Reads the servers in a schema's transform; what is wrong with them is an issue of the schema. */
export const featurebaseServersOf = ({ FEATUREBASE_SERVERS: text = '' }: FeaturebaseValues, context: z.RefinementCtx): FeaturebaseServers => {
  const servers = new Map<string, URL>()
  const complain = (message: string): void => context.addIssue({ code: 'custom', path: ['FEATUREBASE_SERVERS'], message })
  for (const pair of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const cut = pair.indexOf('=')
    const [name, url] = [pair.slice(0, Math.max(0, cut)), urlIn(pair.slice(cut + 1))]
    if (!nameForm.test(name) || reserved.includes(name) || !url) complain('must be name=http://host:port, one after another: small letters and digits, and an address without a path or a password')
    else if (servers.has(name)) complain(`names ${name} twice`)
    else if ([...servers.values()].some(({ host }) => host === url.host)) complain(`names one server twice, the second time as ${name}`)
    else servers.set(name, url)
  }
  return servers
}
