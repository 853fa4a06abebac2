import type { AccountLinkKind, InviteFacts, LinkKind } from '../links/link.entity.js'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Where a link leads. The token stands behind the #, which no browser sends and no server logs. */
export const linkTo = (publicUrl: string, kind: LinkKind, token: string): string => `${publicUrl.replace(/\/$/, '')}/id/link#${kind}=${token}`

const bodies: Readonly<Record<AccountLinkKind, (email: string, link: string) => Omit<Mail, 'to'>>> = {
  reset: (email, link) => ({
    subject: 'Set a new password',
    text: `A new password was asked for, for the account ${email}.\n\nTo set one, open this link within an hour; it works once:\n\n${link}\n\nIf you did not ask for it, do nothing: the password stays as it is.\n`,
  }),
  verify: (email, link) => ({
    subject: 'Confirm your e-mail address',
    text: `An account was made with the address ${email}.\n\nTo confirm that it is yours, open this link within seven days; it works once:\n\n${link}\n\nIf the account is not yours, do nothing.\n`,
  }),
}

/** Whoever invites has chosen the name of the org: only the beginning of it is said, and it cannot be taken for our own words. */
const shownName = (name: string): string => `"${[...name.replaceAll(/[\p{C}"]/gu, ' ')].slice(0, 80).join('').trim()}"`

export const inviteMailOf = ({ email, orgName, inviteId, expiresAt }: InviteFacts, link: string): Mail => ({
  to: email,
  subject: 'You are invited into an org',
  text: `You are invited into the org ${shownName(orgName)}.\n\nTo accept, open this link before ${expiresAt.slice(0, 10)}; it works once:\n\n${link}\n\n`
    + `If you have an account already, it becomes a member and stays where it is. To move it there afterwards, send POST /v2/users/{your id}/action/invite with the id of the invite, ${inviteId}.\n\n`
    + 'If you do not know who invites you, do nothing.\n',
})

export const mailOf = (kind: AccountLinkKind, email: string, link: string): Mail => ({ to: email, ...bodies[kind](email, link) })
