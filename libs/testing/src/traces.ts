type Ask = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** Every row of every table of a service's schema, with the table's name before it, in which one of the words stands in whatever case. */
export const tracesIn = async (ask: Ask, schema: string, words: readonly string[]): Promise<string[]> => {
  const tables = await ask(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${schema}' AND table_type = 'BASE TABLE'`)
  const all: string[] = []
  for (const name of tables.map((table) => String(table['name']))) all.push(...(await ask(`SELECT '${name} ' || to_json(t)::text AS text FROM "${name}" t`)).map(({ text }) => String(text)))
  return all.filter((text) => words.some((word) => text.toLowerCase().includes(word.toLowerCase())))
}
