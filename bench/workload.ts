/** Events of one recording transaction, wherever groups are recorded. */
export const RECORD_GROUP = 500;
export const BENCH_WORKSPACE = 'ws-bench';
/** Of the records that are delivered: everything that is compared sends the same events. */
export const DELIVERY_SEED = 21;
