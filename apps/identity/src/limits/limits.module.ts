import { Module } from '@nestjs/common'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { Allowances } from './allowances.js'
import { FamiliarPlaces } from './familiar-places.js'
import { Guesses } from './guesses.js'
import { GuessesRepository } from './guesses.repository.js'
import { Limits } from './limits.service.js'

const guesses = {
  provide: Guesses,
  inject: [GuessesRepository, CONFIG],
  useFactory: (repository: GuessesRepository, config: IdentityConfig) =>
    new Guesses(repository, { free: config.wrongPasswords, firstWaitSeconds: config.wrongPasswordWaitSeconds }),
}

@Module({ providers: [Allowances, GuessesRepository, guesses, FamiliarPlaces, Limits], exports: [Limits] })
export class LimitsModule {}
