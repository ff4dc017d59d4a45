import { type Command, COMMON_OPTIONS, type OptionSpec } from '../command.ts';

/** What may follow the words of one place on a command line. */
export interface CompletionPlace {
  /** `''` for the start, else a command or the first word of a group (`destinations`). */
  readonly words: string;
  /** Next words, with what they mean. */
  readonly next: readonly CompletionWord[];
  /** Options, with their dashes; empty for a group, which takes none. */
  readonly options: readonly CompletionOption[];
}

export interface CompletionWord {
  readonly word: string;
  readonly summary: string;
}

export interface CompletionOption {
  readonly flag: string;
  readonly takesValue: boolean;
  /** Its value is the name of a file. */
  readonly takesFile: boolean;
  readonly summary: string;
}

const FILE_VALUES = new Set(['FILE', 'EXPORT', 'FOLDER', 'PEM']);
/** A completion line has one line for a summary. */
const SUMMARY_CHARS = 70;

/** Every place of the command table in which something can be completed, the start first. Pure. */
export function completionPlaces(commands: readonly Command[]): readonly CompletionPlace[] {
  const groups = [...new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [firstOf(name)] : [])))];
  const start: CompletionPlace = { words: '', next: firstWords(commands), options: [] };
  const ofGroups = groups.map((group) => ({
    words: group,
    next: commands
      .filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, summary }) => ({ word: name.slice(group.length + 1), summary: shorten(summary) })),
    options: [],
  }));
  const ofCommands = commands.map((command) => ({
    words: command.name,
    next: [],
    options: optionsOf(command),
  }));
  return [start, ...ofGroups, ...ofCommands];
}

function firstWords(commands: readonly Command[]): readonly CompletionWord[] {
  const words = new Map<string, string>();
  for (const { name, summary } of commands) {
    const first = firstOf(name);
    const isGroup = name !== first;
    if (!words.has(first)) words.set(first, isGroup ? `Commands of ${first}` : shorten(summary));
  }
  words.set('help', 'Help on everything, a command, or a group of commands');
  return [...words].map(([word, summary]) => ({ word, summary }));
}

function optionsOf(command: Command): readonly CompletionOption[] {
  const options: Readonly<Record<string, OptionSpec>> = { ...command.options, ...COMMON_OPTIONS };
  return Object.entries(options).map(([name, spec]) => ({
    flag: `--${name}`,
    takesValue: spec.type === 'string',
    takesFile: FILE_VALUES.has(spec.value ?? ''),
    summary: shorten(spec.help),
  }));
}

function firstOf(name: string): string {
  return name.split(' ')[0] ?? name;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= SUMMARY_CHARS ? line : `${line.slice(0, SUMMARY_CHARS - 3)}...`;
}
