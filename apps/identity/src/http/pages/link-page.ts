import { createHash } from 'node:crypto'
import { showLinkPage } from '@tenantry/dialects-featurebase'
import { type ProblemRules, mountRaw } from '@tenantry/http'
import type { FastifyInstance } from 'fastify'

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:4rem auto;max-width:28rem;padding:0 1rem;color:#1b1f24;background:#fff}
label,input,button{display:block;font:inherit}input,button{padding:.5rem .7rem;margin:.4rem 0 1rem;box-sizing:border-box}input{width:100%}
[data-kind]:not([data-kind=reset]) .reset,[data-kind]:not([data-kind=verify]) .verify,[data-kind]:not([data-kind=invite]) .invite,[data-kind]:not([data-new]) .new,[data-kind]:not([data-kind=reset]):not([data-new]) .password,[data-kind]:not([data-kind=none]) .none,[data-kind=none] form{display:none}
@media (prefers-color-scheme:dark){body{color:#e6e9ec;background:#15181c}}`

// The token is behind the #: neither this page's request nor a log of it has it. It is spent by the button and not by opening the
// page, because programs open links that are mailed.
const script = `const [kind = '', token = ''] = location.hash.slice(1).split('=')
const paths = { reset: '/id/password/reset', verify: '/id/email/verified', invite: '/id/invites/accept' }
const done = { reset: 'The password is set. Log in with it.', verify: 'Thank you: the address is confirmed.', invite: 'You are a member of the org. Log in as ever; an account that was there before stays in its org until it is moved.' }
const form = document.querySelector('form'), said = document.querySelector('output')
document.body.dataset.kind = Object.hasOwn(paths, kind) ? kind : 'none'
form.password.required = kind === 'reset'
const asked = () => kind === 'reset' ? ['password'] : 'new' in document.body.dataset ? ['firstname', 'lastname', 'password'] : []
const send = async () => {
  const body = JSON.stringify({ token, ...Object.fromEntries(asked().map((name) => [name, form.elements[name].value])) })
  const response = await fetch(paths[kind], { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const answer = await response.json()
  if (!response.ok && kind === 'invite' && answer.code === 'MissingParameter') return askForAccount(answer.message)
  if (!response.ok) return answer.message
  form.hidden = true
  history.replaceState(null, '', location.pathname)
  return done[kind]
}
const askForAccount = (message) => {
  document.body.dataset.new = ''
  for (const name of asked()) form.elements[name].required = true
  return message
}
form.addEventListener('submit', (event) => {
  event.preventDefault()
  send().catch(() => 'The server could not be reached; try again.').then((text) => { said.textContent = text })
})`

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tenantry</title><style>${style}</style></head>
<body>
<h1 class="reset">Set a new password</h1><h1 class="verify">Confirm your e-mail address</h1><h1 class="invite">Accept the invite</h1>
<p class="none">This page is opened by a link that was mailed; open that link as a whole.</p>
<form><label class="new">First name <input name="firstname" maxlength="300" autocomplete="given-name"></label>
<label class="new">Last name <input name="lastname" maxlength="300" autocomplete="family-name"></label>
<label class="password">New password <input name="password" type="password" minlength="8" autocomplete="new-password"></label>
<button class="reset">Set the password</button><button class="verify">Confirm</button><button class="invite">Accept</button></form>
<output></output>
<noscript>Scripts are needed here.</noscript>
<script>${script}</script>
</body></html>
`

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** What the page may do: its own style and script, and ask this server. */
const policy = [
  'default-src \'none\'', `style-src ${sha256(style)}`, `script-src ${sha256(script)}`, 'connect-src \'self\'', 'frame-ancestors \'none\'', 'base-uri \'none\'', 'form-action \'none\'',
].join('; ')

/** Mounts the page that the links in mails lead to. */
export const mountLinkPage = (fastify: FastifyInstance, problems: ProblemRules): void => {
  mountRaw(fastify, showLinkPage, problems, async (_request, reply) => {
    await reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', policy).send(page)
  })
}
