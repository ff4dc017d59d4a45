/** Everything that a simulated world can do to the engine, by name. Each time that it happens it is counted. */
export const FAULT_CLASSES = [
  // Processes
  'crash_before_effect',
  'crash_after_effect',
  'crash_at_any_time',
  'graceful_restart',
  'stalled_past_lease',
  'wall_clock_forward',
  'wall_clock_back',
  // The store
  'store_error',
  'store_answer_lost',
  'store_slow',
  'store_outage',
  'store_clock_forward',
  'store_clock_back',
  'epoch_anchor_changed',
  // Recording
  'late_commit',
  'rolled_back',
  'enqueue_missed',
  'enqueue_lost_without_trace',
  // The way to the SIEM
  'connection_refused',
  'reply_lost',
  'taken_after_timeout',
  'connector_threw',
  'credentials_unreadable',
  // The SIEM
  'siem_503',
  'siem_429',
  'siem_401',
  'siem_404',
  'siem_refuses_all',
  'siem_body_limit',
  'poison_with_number',
  'poison_without_number',
  'wrong_event_number',
  'taken_in_part',
  'taken_twice',
  'ack_late',
  'ack_never',
  'ack_question_failed',
  'ack_of_another',
  'ack_ids_restart',
  'record_unrenderable',
  // Operators
  'paused',
  'resumed',
  'disabled',
  'enabled',
  'deleted',
  'ocsf_changed',
  'batch_changed',
  'limits_changed',
  'credentials_rotated',
  'dead_letter_retried',
  'dead_letter_skipped',
  'replayed',
  'replay_asked',
  'replay_changed',
] as const;

export type FaultClass = (typeof FAULT_CLASSES)[number];

export type FaultCounts = Partial<Record<FaultClass, number>>;
