import { createHash } from 'node:crypto'

/** As much of an OpenAPI document as the page shows. */
interface Shown {
  readonly info?: { readonly title?: string; readonly version?: string; readonly description?: string }
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly summary?: string; readonly tags?: readonly string[] }>>>>
}

interface Line { readonly method: string; readonly path: string; readonly summary: string; readonly tag: string }

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character)

const linesOf = ({ paths = {} }: Shown): readonly Line[] => Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(), path, summary: operation.summary ?? '', tag: operation.tags?.[0] ?? 'Other',
  })))

const tableOf = (lines: readonly Line[]): string => `<table>${lines.map(({ method, path, summary }) =>
  `<tr><td><b>${escaped(method)}</b></td><td><code>${escaped(path)}</code></td><td>${escaped(summary)}</td></tr>`).join('\n')}</table>`

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #d7dce1;padding:.4rem .6rem;vertical-align:top}code{white-space:nowrap}
@media (prefers-color-scheme:dark){body{color:#e6e9ec;background:#15181c}td{border-color:#343a41}a{color:#8ab8ff}}`

/** What the page may do: show its own style, and nothing else. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

/** A page that lists the operations of the document, complete in itself. */
export const docsPage = (document: object): string => {
  const shown = document as Shown
  const title = escaped(shown.info?.title ?? 'Tenantry')
  const groups = Map.groupBy(linesOf(shown), (line) => line.tag)
  const sections = [...groups].map(([tag, lines]) => `<h2>${escaped(tag)}</h2>\n${tableOf(lines)}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body><h1>${title} <small>${escaped(shown.info?.version ?? '')}</small></h1>
<p>${escaped(shown.info?.description ?? '')}</p>
<p>The whole description, for programs: <a href="/docs/openapi.json">/docs/openapi.json</a></p>
${sections.join('\n')}
</body></html>
`
}
