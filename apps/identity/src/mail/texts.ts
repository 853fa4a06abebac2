import type { LinkKind } from '../links/link.entity.js'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Where a link leads. The token stands behind the #, which no browser sends and no server logs. */
export const linkTo = (publicUrl: string, kind: LinkKind, token: string): string => `${publicUrl.replace(/\/$/, '')}/id/link#${kind}=${token}`

const bodies: Readonly<Record<LinkKind, (email: string, link: string) => Omit<Mail, 'to'>>> = {
  reset: (email, link) => ({
    subject: 'Set a new password',
    text: `A new password was asked for, for the account ${email}.\n\nTo set one, open this link within an hour; it works once:\n\n${link}\n\nIf you did not ask for it, do nothing: the password stays as it is.\n`,
  }),
  verify: (email, link) => ({
    subject: 'Confirm your e-mail address',
    text: `An account was made with the address ${email}.\n\nTo confirm that it is yours, open this link within seven days; it works once:\n\n${link}\n\nIf the account is not yours, do nothing.\n`,
  }),
}

export const mailOf = (kind: LinkKind, email: string, link: string): Mail => ({ to: email, ...bodies[kind](email, link) })
