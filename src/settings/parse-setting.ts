import type { Setting, SettingValue } from './setting.ts';

export type ParsedSetting =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly message: string };

const ON = new Set(['on', 'true', 'yes', '1']);
const OFF = new Set(['off', 'false', 'no', '0']);
/** A value is repeated in a message only up to here. */
const SHOWN_CHARS = 60;

/** Parses one value, whether it came as text (flag, environment) or as JSON (file). Never throws. */
export function parseSetting(setting: Setting, raw: unknown): ParsedSetting {
  switch (setting.kind) {
    case 'text': {
      if (typeof raw !== 'string') return refuse(`must be text, not ${nameOfType(raw)}`);
      const value = raw.trim();
      // An empty value is the default's business: it stands for "not set".
      const wrong = value === '' ? undefined : setting.check?.(value);
      return wrong === undefined
        ? { ok: true, value: value === '' ? setting.default : value }
        : refuse(wrong);
    }
    case 'integer': {
      const number = typeof raw === 'string' && /^\s*-?\d{1,15}\s*$/.test(raw) ? Number(raw) : raw;
      const range = `${setting.min} to ${setting.max}${setting.unit === undefined ? '' : ` ${setting.unit}`}`;
      if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
        return refuse(`must be a whole number from ${range}, not ${show(setting, raw)}`);
      }
      if (number < setting.min || number > setting.max) return refuse(`must be from ${range}, not ${number}`);
      return { ok: true, value: number };
    }
    case 'switch': {
      if (typeof raw === 'boolean') return { ok: true, value: raw };
      const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
      if (ON.has(word)) return { ok: true, value: true };
      if (OFF.has(word)) return { ok: true, value: false };
      return refuse(`must be on or off, not ${show(setting, raw)}`);
    }
    case 'choice': {
      const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
      if (setting.choices.includes(word)) return { ok: true, value: word };
      return refuse(`must be one of ${setting.choices.join(', ')}, not ${show(setting, raw)}`);
    }
    default:
      return setting satisfies never;
  }
}

function refuse(message: string): ParsedSetting {
  return { ok: false, message };
}

function show(setting: Setting, raw: unknown): string {
  if (setting.secret === true) return 'the value given';
  if (typeof raw === 'string') return JSON.stringify(raw.slice(0, SHOWN_CHARS));
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : nameOfType(raw);
}

function nameOfType(raw: unknown): string {
  if (raw === null) return 'null';
  if (Array.isArray(raw)) return 'a list';
  return typeof raw === 'object' ? 'an object' : `a ${typeof raw}`;
}
