const always = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  // Enough for every service's pool on one machine.
  max_connections: '60',
  shared_buffers: '64MB',
  huge_pages: 'off',
  // Each of these would be a process of its own, idle most of the time.
  io_method: 'sync',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  jit: 'off',
  wal_level: 'replica',
  max_wal_senders: '2',
  max_wal_size: '256MB',
  data_sync_retry: 'off',
  idle_in_transaction_session_timeout: '30s',
  lock_timeout: '5s',
  statement_timeout: '30s',
  client_connection_check_interval: '5s',
  tcp_keepalives_idle: '30',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const

const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' } as const
// Tests run many small pools side by side on one server.
const forgetful = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' } as const

/** The server's arguments. They win over every settings file, so a file in the data directory cannot turn durability off. */
export const postgresArguments = (dataDir: string, port: number, isDurable: boolean, own: Readonly<Record<string, string>> = {}): readonly string[] => [
  '-D', dataDir, '-p', String(port),
  ...Object.entries({ ...always, ...(isDurable ? durable : forgetful), ...own }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
]
