import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, type DatabaseId, DatabaseIdSchema, type EngineName, Problem } from '@tenantry/contracts'
import type { CredentialsPort, Engine } from '@tenantry/engines-contract'
import { Answers } from '@tenantry/events'
import { type Instance, targetOf } from '../instances/instance.entity.js'
import { InstancesRepository } from '../instances/instances.repository.js'
import { ENGINES } from '../platform/platform.module.js'

const settleSeconds = 20

/** Brings the logins of a database to what the control plane has of them. Which there are is its record alone. */
@Controller()
export class CredentialsConsumer {
  constructor(@Inject(ENGINES) private readonly engines: Readonly<Partial<Record<EngineName, Engine>>>, private readonly instances: InstancesRepository) {}

  @Answers('provisioner.credentials.settle')
  async settle(@Payload() ask: AskOf<'provisioner.credentials.settle'>): Promise<AnswerOf<'provisioner.credentials.settle'>> {
    const instance = await this.running(DatabaseIdSchema.parse(ask.databaseId))
    await this.portOf(instance).settle(targetOf(instance), ask.credentials, AbortSignal.timeout(settleSeconds * 1_000))
    return {}
  }

  private async running(id: DatabaseId): Promise<Instance> {
    const instance = await this.instances.get(id)
    if (!instance?.present || !instance.settled || instance.power !== 'on') throw new Problem('DatabaseNotReady', 'The database is changing at the moment; try again when its status is RUNNING.', { retryAfterSeconds: 1 })
    return instance
  }

  private portOf({ engine }: Instance): CredentialsPort {
    const port = this.engines[engine]?.credentials
    if (!port) throw new Problem('LanguageNotSupported', `Databases of ${engine} have no logins of their own.`)
    return port
  }
}
