/**
 * How the server is set, whatever its configuration file says.
 *
 * @param port - where it listens, on 127.0.0.1 only
 */
export function serverSettings(port: number): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 120,
    password_encryption: 'scram-sha-256',
    md5_password_warnings: 'off',

    // Snapshot isolation is the default of Redshift; LOCK as the first statement takes its snapshot once it has the lock.
    default_transaction_isolation: 'repeatable read',
    timezone: 'UTC',
    datestyle: 'ISO, YMD',

    shared_buffers: '256MB',
    work_mem: '64MB',
    maintenance_work_mem: '128MB',
    effective_cache_size: '1GB',
    // A load analyzes its temporary tables anew each time; what follows needs to know how many rows there are, and little else.
    default_statistics_target: 20,
    // Compiling costs more than most of these queries.
    jit: 'off',
    // Everything is in memory: a page costs as much as a few rows, wherever it is, and few rows are best found by an index.
    seq_page_cost: 0.1,
    random_page_cost: 0.1,
    // Parallel plans want shared memory that containers do not give, and the cores have other work.
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    // What is read is in memory: processes that read ahead only start later.
    io_method: 'sync',

    // It is not replicated, so a table filled in the transaction that makes it needs no log.
    wal_level: 'minimal',
    max_wal_senders: 0,
    // Above what a load of the whole file writes: a checkpoint in its midst makes every page be logged anew. In time, so that little is
    // left to recover after a kill.
    max_wal_size: '1GB',
    checkpoint_timeout: '5min',

    // Loads delete and insert all the time: what is dead goes soon, and plans know what is there.
    autovacuum_naptime: '5s',
    autovacuum_max_workers: 2,
    autovacuum_vacuum_scale_factor: 0.1,
    autovacuum_vacuum_insert_scale_factor: 0.5,
    autovacuum_analyze_scale_factor: 0.1,
    autovacuum_vacuum_cost_delay: 0,

    // Mistakes of callers are theirs to report; the log is for the server's own.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    log_autovacuum_min_duration: -1,
    lc_messages: 'C',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
}
