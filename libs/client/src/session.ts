import type { Client } from './generated/client/index.js'
import { type LogInResponse, logIn } from './generated/index.js'
import { dataOf } from './problem.js'

type Tokens = LogInResponse['AuthenticationResult']

// Long enough for a request that begins with the old token to arrive.
const renewBeforeSeconds = 60

/** The tokens of one login. They are renewed when they are about to end, once for all requests that wait for it. */
export class Session {
  private tokens: Tokens | undefined
  private endsAt = 0
  private renewing: Promise<void> | undefined

  constructor(private readonly client: Client, private readonly now: () => number) {}

  keep(tokens: Tokens): void {
    this.tokens = tokens
    this.endsAt = this.now() + tokens.ExpiresIn * 1000
  }

  end(): void {
    this.tokens = undefined
  }

  async token(): Promise<string | undefined> {
    if (this.tokens && this.now() > this.endsAt - renewBeforeSeconds * 1000) await (this.renewing ??= this.renew(this.tokens))
    return this.tokens?.IdToken
  }

  /** A refused renewal ends the session: the next request is then refused as that of a stranger. */
  private async renew({ RefreshToken }: Tokens): Promise<void> {
    try {
      const answer = await logIn({ client: this.client, body: { REFRESH_TOKEN: RefreshToken } })
      if (answer.response?.status === 401) return this.end()
      this.keep(dataOf(answer).AuthenticationResult)
    } finally {
      this.renewing = undefined
    }
  }
}
