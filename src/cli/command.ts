import type { ParseArgsConfig } from 'node:util';
import type { CliIo } from './cli-io.ts';

/** An option as `parseArgs` takes it, and what help says of it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** `URL`, `FILE`, `N`: shown in help for a string. */
  readonly value?: string;
  /** A string that may be left out: `--store` is `--store=`. */
  readonly optionalValue?: true;
  readonly help: string;
}

export type OptionValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

export interface CommandContext {
  readonly io: CliIo;
  readonly options: OptionValues;
  readonly positionals: readonly string[];
  /** `--json`: machine-readable output on stdout. */
  readonly json: boolean;
}

/** One command: help, parsing and suggestions are made from this table entry. */
export interface Command {
  /** One word or two: `map`, `destinations create`. */
  readonly name: string;
  readonly summary: string;
  /** Shown first in help; each runs as written. */
  readonly examples: readonly string[];
  /** `FILE`, `[FILE]`, `ID...`. */
  readonly positionals?: string;
  readonly minPositionals?: number;
  readonly maxPositionals?: number;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Answers the exit status. */
  run(context: CommandContext): Promise<number>;
}

/** Options that every command has. */
export const COMMON_OPTIONS = {
  help: { type: 'boolean', short: 'h', help: 'Show this help' },
  json: { type: 'boolean', help: 'Write JSON on stdout' },
  'no-color': { type: 'boolean', help: 'Taken, and changes nothing: no output has colours' },
} as const satisfies Record<string, OptionSpec>;

export function parseArgsOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, spec] of Object.entries({ ...command.options, ...COMMON_OPTIONS })) {
    options[name] = {
      type: spec.type,
      ...('multiple' in spec && spec.multiple === true ? { multiple: true } : {}),
      ...('short' in spec && spec.short !== undefined ? { short: spec.short } : {}),
    };
  }
  return options;
}

/** The text of an option, or undefined. */
export function textOption(context: CommandContext, name: string): string | undefined {
  const value = context.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function flagOption(context: CommandContext, name: string): boolean {
  return context.options[name] === true;
}

export function textOptions(context: CommandContext, name: string): readonly string[] {
  const value = context.options[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
