import { Counter, type Registry } from 'prom-client';

/** Messages to operators, by channel and by what came of them. */
export function noticeCounter(registry: Registry): Counter<'channel' | 'result'> {
  return new Counter({
    name: 'aegis_siem_notices_total',
    help: 'Messages to operators, by channel and by whether they were taken',
    labelNames: ['channel', 'result'],
    registers: [registry],
  });
}
