import { Controller, Header, Inject } from '@nestjs/common'
import { tokenAlgorithm } from '@tenantry/auth'
import { getJwks, getOpenIdConfiguration } from '@tenantry/dialects-featurebase'
import { On } from '@tenantry/http'
import type { IdentityConfig } from '../../config.js'
import { CONFIG } from '../../platform/platform.module.js'
import { Keyring } from '../../tokens/keyring.js'

// Shorter than a new key is published before it signs.
const cached = 'public, max-age=300'

@Controller()
export class WellKnownController {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'publicUrl'>, private readonly keyring: Keyring) {}

  @On(getJwks) @Header('cache-control', cached)
  jwks() {
    return this.keyring.jwks()
  }

  @On(getOpenIdConfiguration) @Header('cache-control', cached)
  configuration() {
    const issuer = this.config.publicUrl
    return {
      issuer,
      jwks_uri: new URL('/.well-known/jwks.json', issuer).href,
      token_endpoint: new URL('/id', issuer).href,
      id_token_signing_alg_values_supported: [tokenAlgorithm],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      claims_supported: ['iss', 'aud', 'sub', 'org_id', 'sid', 'epoch', 'token_use', 'jti', 'iat', 'exp', 'email', 'given_name', 'family_name'],
    }
  }
}
