import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import {
  createInvite, deleteInvite, getInvite, listInvites, moveUser, presentInvite, presentInviteDeletion, presentPage, presentUser, updateInvite,
} from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { InvitesService } from '../../invites/invites.service.js'
import { MoveUser } from '../../invites/move-user.js'

@Controller()
export class InvitesController {
  constructor(private readonly invites: InvitesService, private readonly moving: MoveUser) {}

  @On(createInvite)
  async create(@Caller() caller: Principal, @Input() { body }: InputOf<typeof createInvite>) {
    return presentInvite((await this.invites.send(caller, body)).invite)
  }

  @On(listInvites)
  async list(@Caller() caller: Principal, @Input() { query }: InputOf<typeof listInvites>) {
    return presentPage(await this.invites.list(caller, query), presentInvite)
  }

  @On(getInvite)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getInvite>) {
    return presentInvite(await this.invites.get(caller, params.inviteId))
  }

  @On(updateInvite)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateInvite>) {
    return presentInvite(await this.invites.correct(caller, params.inviteId, body.accepted))
  }

  @On(deleteInvite)
  async delete(@Caller() caller: Principal, @Input() { params }: InputOf<typeof deleteInvite>) {
    await this.invites.revoke(caller, params.inviteId)
    return presentInviteDeletion()
  }

  @On(moveUser)
  async move(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof moveUser>) {
    return presentUser(await this.moving.run(caller, params.id, body.invite_id))
  }
}
