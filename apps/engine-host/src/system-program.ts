import { existsSync } from 'node:fs'

/** Where a program of the system is; undefined where the system has none. */
export const systemProgram = (name: string): string | undefined => [`/usr/bin/${name}`, `/bin/${name}`].find((file) => existsSync(file))
