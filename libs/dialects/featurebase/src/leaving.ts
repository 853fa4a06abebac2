import { z } from 'zod'
import { loginOperation } from './login.js'

/** Ours: the original left this to its console. */
export const deleteAccount = loginOperation({
  id: 'deleteAccount', method: 'POST', path: '/id/account/delete', tag: 'Login', summary: 'Delete the caller\'s account', permission: 'caller',
  deed: { object: 'user', own: true, elsewhere: true },
  body: { kind: 'json', schema: z.object({ PASSWORD: z.string().max(8192).describe('The account\'s current one: the token alone ends no account.') }), anyContentType: true },
  success: {
    status: 200, schema: z.object({}),
    description: 'The account is gone for good, with its names and its address, its sessions and its keys. Its person has left every org; one that held nobody and nothing else ended with them. The address may sign up again, as somebody new.',
  },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'LoginFailed', 'Forbidden', 'LastOwner', 'RequestTooLarge', 'TooManyRequests'],
  examples: { request: { PASSWORD: 'secretpassword' }, answer: {} },
})
