/** Reserved: no name unless it is quoted. Names of functions and options are none of these, but for MIN and MAX. */
export const keywords = [
  'ABORT', 'ACTION', 'ADD', 'AFTER', 'ALL', 'ALTER', 'ANALYZE', 'AND', 'AS', 'ASC', 'ASTERISK', 'ATTACH', 'AUTOINCREMENT', 'BEFORE',
  'BEGIN', 'BETWEEN', 'BY', 'BULK', 'CACHETYPE', 'CASCADE', 'CASE', 'CAST', 'CHECK', 'COLUMN', 'COLUMNS', 'COLUMNKW', 'COMMIT', 'COMMENT',
  'CONFLICT', 'CONSTRAINT', 'COPY', 'CREATE', 'CROSS', 'CURRENT', 'CURRENT_DATE', 'CURRENT_TIMESTAMP', 'DATABASE', 'DATABASES', 'DEFAULT',
  'DEFERRABLE', 'DEFERRED', 'DELETE', 'DESC', 'DETACH', 'DISTINCT', 'DO', 'DROP', 'EACH', 'ELSE', 'END', 'EPOCH', 'ESCAPE', 'EXCEPT',
  'EXCLUDE', 'EXCLUSIVE', 'EXISTS', 'EXPLAIN', 'FAIL', 'FILTER', 'FIRST', 'FOLLOWING', 'FOR', 'FOREIGN', 'FROM', 'FULL', 'FUNCTION',
  'GLOB', 'GROUP', 'GROUPS', 'HAVING', 'IF', 'IF_NULL_ROW', 'IGNORE', 'IMMEDIATE', 'IN', 'INDEX', 'INDEXED', 'INITIALLY', 'INNER',
  'INSERT', 'INSTEAD', 'INTERSECT', 'INTO', 'IS', 'ISNOT', 'JOIN', 'KEY', 'KEYPARTITIONS', 'LAST', 'LEFT', 'LIKE', 'LIMIT', 'LRU', 'MAP',
  'MATCH', 'MAX', 'MIN', 'MODEL', 'NO', 'NOT', 'NOTBETWEEN', 'NOTEXISTS', 'NOTGLOB', 'NOTHING', 'NOTIN', 'NOTLIKE', 'NOTMATCH', 'NOTREGEXP',
  'NULLS', 'OF', 'ON', 'OR', 'ORDER', 'OTHERS', 'OUTER', 'OVER', 'PARTITION', 'PLAN', 'PRAGMA', 'PRECEDING', 'PREDICT', 'PRIMARY', 'QUERY',
  'RANGE', 'RANKED', 'RECURSIVE', 'REFERENCES', 'REGEXP', 'REGISTER', 'REINDEX', 'RELEASE', 'RENAME', 'REPLACE', 'RESTRICT', 'RETURNS',
  'RETURN', 'RIGHT', 'ROLLBACK', 'ROW', 'ROWS', 'SAVEPOINT', 'SELECT', 'SELECT_COLUMN', 'SET', 'SIZE', 'SHOW', 'SPAN', 'TABLE', 'TABLES',
  'TEMP', 'THEN', 'TIES', 'TIMEUNIT', 'TIMEQUANTUM', 'TO', 'TOP', 'TOPN', 'TRANSACTION', 'TRANSFORM', 'TRIGGER', 'TRUTH', 'TTL',
  'UNBOUNDED', 'UNION', 'UNIQUE', 'UNITS', 'UPDATE', 'USING', 'VACUUM', 'VALUES', 'VIEW', 'VIRTUAL', 'WHEN', 'WHERE', 'WINDOW', 'WITH',
  'WITHOUT',
] as const

export type Keyword = typeof keywords[number]
/** What an error shows as it was written; of all else it shows the kind. */
export type Literal = 'IDENT' | 'VARIABLE' | 'QIDENT' | 'STRING' | 'BLOB' | 'FLOAT' | 'INTEGER' | 'PARAMETER' | 'NULL' | 'TRUE' | 'FALSE'
export type Sign =
  | ';' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | '!=' | '=' | '<=' | '<' | '>' | '>=' | '&' | '|' | '!' | '<<' | '>>'
  | '+' | '-' | '*' | '/' | '%' | '||' | '.'
export type Kind = 'EOF' | 'ILLEGAL' | 'unterminated string literal' | Literal | Sign | Keyword

const literals: ReadonlySet<Kind> =
  new Set<Literal>(['IDENT', 'VARIABLE', 'QIDENT', 'STRING', 'BLOB', 'FLOAT', 'INTEGER', 'PARAMETER', 'NULL', 'TRUE', 'FALSE'])

export const isLiteral = (kind: Kind): boolean => literals.has(kind)

const words: ReadonlyMap<string, Kind> = new Map<string, Kind>([...keywords, 'NULL' as const, 'TRUE' as const, 'FALSE' as const].map((word) => [word, word]))
const longest = Math.max(...[...words.keys()].map(({ length }) => length))

export const kindOfWord = (word: string): Kind => word.length > longest ? 'IDENT' : words.get(word.toUpperCase()) ?? 'IDENT'
