import { z } from 'zod'
import { operation } from './operation.js'

const token = z.string().min(1).max(1024)
const nothing = z.object({})

/** Ours: the original left passwords to its console. */
export const forgotPassword = operation({
  id: 'forgotPassword', method: 'POST', path: '/id/password/forgot', tag: 'Login', summary: 'Have a link mailed that sets a new password', permission: 'anyone',
  body: { kind: 'json', schema: z.object({ email: z.string().max(1024) }), anyContentType: true },
  success: { status: 202, description: 'If there is such an account, a mail is on its way to it. The answer is the same if there is none.', schema: nothing },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'MailNotConfigured', 'RequestTooLarge', 'TooManyRequests'],
  examples: { request: { email: 'john.doe@example.com' }, answer: {} },
})

export const resetPassword = operation({
  id: 'resetPassword', method: 'POST', path: '/id/password/reset', tag: 'Login', summary: 'Set a new password with the token of a mailed link', permission: 'anyone',
  body: { kind: 'json', schema: z.object({ token, password: z.string().max(8192) }), anyContentType: true },
  success: { status: 200, description: 'The password is set and every session of the account has ended; log in with it.', schema: nothing },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'LinkNotValid', 'RequestTooLarge', 'TooManyRequests'],
  examples: { request: { token: 'pXcvB…', password: 'a new secret password' }, answer: {} },
})

export const askToVerifyEmail = operation({
  id: 'askToVerifyEmail', method: 'POST', path: '/id/email/verify', tag: 'Login', summary: 'Have a link mailed that proves the caller\'s address', permission: 'caller',
  deed: { object: 'user', own: true },
  success: { status: 202, description: 'A mail is on its way, unless the address is proven already.', schema: nothing },
  problems: ['MailNotConfigured', 'UserNotFound', 'TooManyRequests'],
  examples: { answer: {} },
})

export const verifyEmail = operation({
  id: 'verifyEmail', method: 'POST', path: '/id/email/verified', tag: 'Login', summary: 'Prove an address with the token of a mailed link', permission: 'anyone',
  body: { kind: 'json', schema: z.object({ token }), anyContentType: true },
  success: { status: 200, description: 'The address is proven to be its account\'s.', schema: nothing },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'LinkNotValid', 'RequestTooLarge', 'TooManyRequests'],
  examples: { request: { token: 'pXcvB…' }, answer: {} },
})

export const showLinkPage = operation({
  id: 'showLinkPage', method: 'GET', path: '/id/link', tag: 'Login', summary: 'Show the page that the links in mails lead to', permission: 'anyone',
  success: { status: 200, description: 'A page that asks for what the link needs. The token is behind the # of the link, and is not sent.', contentType: 'text/html' },
  problems: [],
})
