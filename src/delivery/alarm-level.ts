/** Shares of a limit at which an alarm is raised, once for each crossing. */
export const ALARM_PERCENTS = [50, 70, 90, 100] as const;

/** A level is left only when the share has fallen this far below it: a value that swings around a level alarms once. */
const HYSTERESIS_PERCENT = 5;

/** The level after `percent` was measured: 0 or one of `ALARM_PERCENTS`. */
export function alarmLevel(current: number, percent: number): number {
  const reached = ALARM_PERCENTS.findLast((level) => percent >= level) ?? 0;
  if (reached >= current) return reached;
  return ALARM_PERCENTS.findLast((level) => level <= current && percent > level - HYSTERESIS_PERCENT) ?? 0;
}
