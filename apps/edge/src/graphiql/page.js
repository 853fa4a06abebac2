/* global document, location, sessionStorage, fetch, TextDecoderStream, AbortController, React, ReactDOM, GraphiQL */
'use strict'

const endpoint = location.pathname.replace(/\/graphiql\/?$/, '/query/graphql')
const place = 'tenantry:credential'
const form = document.getElementById('credential')
const input = form.elements.namedItem('credential')
const root = ReactDOM.createRoot(document.getElementById('graphiql'))

// Nothing of it outlives the tab.
let credential = sessionStorage.getItem(place) ?? ''
let shown = 0

const proof = () => credential.startsWith('tnt_') ? { 'x-api-key': credential } : { authorization: `Bearer ${credential}` }

const send = (params, accept, signal) => fetch(endpoint, {
  method: 'POST', credentials: 'omit', signal, body: JSON.stringify(params), headers: { 'content-type': 'application/json', accept, ...proof() },
})

const isSubscription = ({ operationName }, { documentAST }) => (documentAST?.definitions ?? [])
  .some((one) => one.kind === 'OperationDefinition' && one.operation === 'subscription' && (!operationName || one.name?.value === operationName))

async function* answersOf(params, signal) {
  const response = await send(params, 'text/event-stream', signal)
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) return yield await response.json()
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let rest = ''; ;) {
    const { done, value } = await reader.read()
    if (done) return
    const events = (rest + value).split('\n\n')
    rest = events.pop()
    for (const event of events) {
      if (event.startsWith('event: complete')) return
      if (event.startsWith('event: next\ndata: ')) yield JSON.parse(event.slice('event: next\ndata: '.length))
    }
  }
}

// Whoever stops hearing must not wait for an answer that never comes.
const live = (params) => {
  const leaving = new AbortController()
  const answers = answersOf(params, leaving.signal)
  return {
    [Symbol.asyncIterator]() { return this },
    next: () => answers.next(),
    return: async () => {
      leaving.abort()
      return { done: true, value: undefined }
    },
  }
}

const fetcher = async (params, options) => {
  if (credential === '') return { errors: [{ message: 'Paste an API key or a token above first.' }] }
  return isSubscription(params, options ?? {}) ? live(params) : (await send(params, 'application/json')).json()
}

const show = () => {
  shown += 1
  root.render(React.createElement(GraphiQL, { key: shown, fetcher, storage: sessionStorage, isHeadersEditorEnabled: false, shouldPersistHeaders: false }))
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  credential = input.value.trim()
  input.value = ''
  input.placeholder = credential === '' ? 'API key or token' : 'A credential is kept until this tab is closed'
  if (credential === '') sessionStorage.removeItem(place)
  else sessionStorage.setItem(place, credential)
  show()
})
if (credential !== '') input.placeholder = 'A credential is kept until this tab is closed'
show()
