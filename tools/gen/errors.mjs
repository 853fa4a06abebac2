const head = `# Errors

Every refusal has a status, a \`code\` for programs and a \`message\` for people. The code tells *what kind* of refusal it is and is part of the API; the message tells what to do about this one, and its words may change.

\`\`\`json
{"code": "ResourceAlreadyExists", "message": "A database named \\"first\\" exists already in this org; choose another name."}
\`\`\`

* **reason** is our own name for it: operations in the OpenAPI document list the reasons that they can be refused for. **status** and **code** are what the native API sends. Some reasons share a code; their messages differ. What an engine says of a statement stands in \`error\` too, and a 401 of the login has \`__type\`, \`NotAuthorizedException\`.
* **again** says whether the same request can pass later, unchanged. With 429, and with 409 and 503 of the kind that passes, comes \`Retry-After\` in seconds. A change that is sent again should carry the \`Idempotency-Key\` that it had, so that it is done once.
* Every answer has an \`X-Request-Id\`, which the operator finds in the logs.
* The thing of another org is answered like a thing that does not exist.

[limits.md](limits.md) has the limits that are named here, [rights.md](rights.md) who may do what. This page is written by \`npm run gen\`.

| reason | kind | status | code | what it means | what to do | again |
|---|---|---|---|---|---|---|
`

/** How the operations that can be refused so say it: mostly all alike. */
const wordsOf = (code, { codesOf, exampleProblem, problemKinds, statusOfKind }, { operations, problemWire }) => {
  const problem = exampleProblem(code)
  const wires = operations.filter((operation) => codesOf(operation).includes(code)).map(({ wire }) => wire)
  const words = [...wires, ...(wires.length > 0 ? [] : [problemWire])].map((wire) => {
    const status = wire.status?.(problem) ?? statusOfKind[problemKinds[code]]
    return { status, word: `\`${wire.body(problem, status).code}\`` }
  })
  return { status: words[0].status, words: [...new Set(words.map(({ word }) => word))].join(' or ') }
}

/** The page of every problem that there is, by status. */
export const errorsText = (contracts, dialect) => {
  const { exampleProblem, passesLater, problemGuides, problemKinds } = contracts
  const rows = Object.entries(problemKinds).map(([code, kind]) => {
    const { status, words } = wordsOf(code, contracts, dialect)
    const { means, remedy } = problemGuides[code]
    const again = passesLater(code, exampleProblem(code).mayPass) ? 'yes' : 'no'
    return { status, line: `| \`${code}\` | ${kind} | ${status} | ${words} | ${means} | ${remedy} | ${again} |\n` }
  })
  return head + rows.toSorted((one, other) => one.status - other.status).map(({ line }) => line).join('')
}
