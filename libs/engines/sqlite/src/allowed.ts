const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''))

/** The functions that a statement may call: SQLite's own that touch nothing but their arguments and this database. */
export const functions = words(`
  -> ->> abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling changes char coalesce concat concat_ws cos cosh count cume_dist
  current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor format glob group_concat hex highlight
  if ifnull iif instr json json_array json_array_insert json_array_length json_error_position json_extract json_group_array json_group_object
  json_insert json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid
  jsonb jsonb_array jsonb_array_insert jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove
  jsonb_replace jsonb_set julianday lag last_insert_rowid last_value lead length like likelihood likely ln log log10 log2 lower ltrim match
  max median min mod nth_value ntile nullif octet_length percent_rank percentile percentile_cont percentile_disc pi pow power printf quote
  radians random randomblob rank replace round row_number rtrim sign sin sinh snippet sqlite_source_id sqlite_version sqrt strftime string_agg
  substr substring subtype sum tan tanh time timediff total total_changes trim trunc typeof unhex unicode unistr unistr_quote unixepoch
  unlikely upper zeroblob regexp
  rtreecheck rtreedepth rtreenode
  sqlite_rename_table sqlite_rename_column sqlite_rename_test sqlite_rename_quotefix sqlite_drop_column
`)

/** Pragmas that may be given a value: they only tell, or set a number that SQLite itself ignores. */
export const pragmas = words(`
  table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list foreign_key_check
  collation_list function_list module_list pragma_list integrity_check quick_check user_version application_id
`)

/** Pragmas that may be read and never set. */
export const readablePragmas = words(`
  schema_version data_version encoding page_count page_size freelist_count max_page_count journal_mode synchronous foreign_keys
  auto_vacuum cache_size query_only busy_timeout compile_options
`)

/** Kinds of virtual table that may be made. */
export const virtualModules = words('fts5 fts5vocab rtree rtree_i32')

/** Tables that modules bring along without being made, and that reach past rows. */
export const tableModules = words('sqlite_dbpage sqlite_stmt bytecode tables_used fsdir completion carray dbstat')
