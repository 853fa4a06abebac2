/** The system's code of an error (ENOENT, EADDRINUSE, …). An error of Node's own may be of another realm, so its class says nothing. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined
