import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import nodemailer from 'nodemailer'
import type { Mail } from './texts.js'

/** Where mail goes: out by SMTP, or into a folder on this machine. */
export type MailRoad = { readonly kind: 'smtp'; readonly url: string } | { readonly kind: 'folder'; readonly folder: string }

export interface Transport {
  /** Throws when the mail was not taken. */
  send(mail: Mail): Promise<void>
  close(): void
}

const patienceMs = 10_000
/** A folder is for looking into, not for keeping: the oldest go. */
const mostKept = 1_000

export const openTransport = (road: MailRoad, from: string): Transport => road.kind === 'smtp' ? bySmtp(road.url, from) : intoFolder(road.folder, from)

const bySmtp = (url: string, from: string): Transport => {
  const mailer = nodemailer.createTransport(
    { url, pool: true, maxConnections: 2, connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs, disableFileAccess: true, disableUrlAccess: true },
    { from })
  return { send: async (mail) => { await mailer.sendMail({ ...mail }) }, close: () => mailer.close() }
}

const intoFolder = (folder: string, from: string): Transport => {
  const mailer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix', disableFileAccess: true, disableUrlAccess: true }, { from })
  let written = 0
  return {
    send: async (mail) => {
      const { message } = await mailer.sendMail({ ...mail })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // The name sorts by time, and two of one moment do not meet.
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}-${++written}.eml`
      await writeWhole(path.join(folder, name), message as Buffer)
      await prune(folder)
    },
    close: () => mailer.close(),
  }
}

/** A reader finds the whole file or none. */
const writeWhole = async (file: string, bytes: Buffer): Promise<void> => {
  const draft = `${file}.writing`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

const prune = async (folder: string): Promise<void> => {
  const mails = (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort()
  for (const name of mails.slice(0, Math.max(0, mails.length - mostKept))) await rm(path.join(folder, name), { force: true })
}
