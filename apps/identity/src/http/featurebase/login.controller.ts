import { Controller, Inject } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import {
  type LoginWish, describeLogin, describeRoot, logInAtId, logInAtRoot, logOut, presentSignUp, presentTokens, signUp,
} from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import type { IdentityConfig } from '../../config.js'
import { CONFIG } from '../../platform/platform.module.js'
import type { Client } from '../../limits/client.js'
import { LogIn } from '../../sessions/log-in.js'
import { SessionsService } from '../../sessions/sessions.service.js'
import { SignUp } from '../../sessions/sign-up.js'
import { From } from './client.js'

@Controller()
export class LoginController {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'publicUrl'>, private readonly sessions: SessionsService,
    private readonly loggingIn: LogIn, private readonly signingUp: SignUp) {}

  @On(logInAtRoot)
  logInAtRoot(@Input() { body }: InputOf<typeof logInAtRoot>, @From() client: Client) {
    return this.logIn(body, client)
  }

  @On(logInAtId)
  logInAtId(@Input() { body }: InputOf<typeof logInAtId>, @From() client: Client) {
    return this.logIn(body, client)
  }

  @On(signUp)
  async signUp(@Input() { body }: InputOf<typeof signUp>, @From() client: Client) {
    const account = await this.signingUp.run(body, client)
    return presentSignUp(account, account.tokens)
  }

  @On(logOut)
  async logOut(@Caller() caller: Principal) {
    await this.sessions.logOut(caller)
    return {}
  }

  @On(describeRoot)
  describeRoot() {
    return this.description()
  }

  @On(describeLogin)
  describeLogin() {
    return this.description()
  }

  private async logIn(wish: LoginWish, client: Client) {
    return presentTokens(wish.kind === 'refresh' ? await this.sessions.renew(wish.refreshToken, client) : await this.loggingIn.run(wish.email, wish.password, client))
  }

  private description() {
    return { service: 'Tenantry', login: 'POST {"USERNAME", "PASSWORD"} or {"REFRESH_TOKEN"} here.', issuer: this.config.publicUrl }
  }
}
