import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';
import { type CliIo, OutputClosedError } from './cli-io.ts';
import { type Command, COMMON_OPTIONS, parseArgsOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { commandHelp, groupHelp, overviewHelp } from './help.ts';
import { nearestWord } from '../settings/nearest-word.ts';

/** Runs one command line and answers the exit status. Never throws: every failure is one line on stderr. */
export async function runCli(
  argv: readonly string[],
  io: CliIo,
  commands: readonly Command[],
): Promise<number> {
  try {
    return await dispatch(argv, io, commands);
  } catch (error) {
    if (error instanceof OutputClosedError) return EXIT.ok;
    // A request that was cut by Ctrl-C looks like a service that cannot be reached.
    const cut = io.signal.aborted && (!(error instanceof CliError) || error.code === 'unreachable');
    if (cut) return EXIT.interrupted;
    if (error instanceof CliError) {
      io.writeError(`aegis-siem: ${error.message}\n`);
      return error.exitCode;
    }
    io.writeError(`aegis-siem: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.unavailable;
  }
}

async function dispatch(argv: readonly string[], io: CliIo, commands: readonly Command[]): Promise<number> {
  const [first, second] = argv;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    await io.writeOut(helpFor(argv.slice(1), commands));
    return EXIT.ok;
  }
  if (first === '--version' || first === '-V') return dispatch(['version', ...argv.slice(1)], io, commands);
  if (second === '--help' || second === '-h') {
    await io.writeOut(helpFor([first], commands));
    return EXIT.ok;
  }
  const found = findCommand(argv, commands);
  if (found === undefined) throw unknownCommand(first, second, commands);
  const { command, rest } = found;
  const parsed = parse(command, rest);
  if (parsed.values['help'] === true) {
    await io.writeOut(commandHelp(command));
    return EXIT.ok;
  }
  const count = parsed.positionals.length;
  if (count < (command.minPositionals ?? 0)) {
    throw new CliError(
      'missing_argument',
      `${command.name} needs ${command.positionals ?? 'an argument'}; see "aegis-siem help ${command.name}"`,
    );
  }
  if (count > (command.maxPositionals ?? 0)) {
    throw new CliError(
      'extra_argument',
      `${command.name} does not take "${parsed.positionals[command.maxPositionals ?? 0] ?? ''}"; see "aegis-siem help ${command.name}"`,
    );
  }
  return command.run({
    io,
    options: parsed.values,
    positionals: parsed.positionals,
    json: parsed.values['json'] === true,
  });
}

/** Help on everything, on a command, or on a group of commands such as `destinations`. */
function helpFor(words: readonly string[], commands: readonly Command[]): string {
  const [first, second] = words;
  if (first === undefined) return overviewHelp(commands);
  const named = findCommand(words, commands);
  if (named !== undefined) return commandHelp(named.command);
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (second !== undefined || group.length === 0) throw unknownCommand(first, second, commands);
  return groupHelp(first, group);
}

function findCommand(
  argv: readonly string[],
  commands: readonly Command[],
): { command: Command; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined && name !== '') return { command, rest: argv.slice(words) };
  }
  return undefined;
}

function unknownCommand(first: string, second: string | undefined, commands: readonly Command[]): CliError {
  const names = commands.map((command) => command.name);
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const said =
      second === undefined || second.startsWith('-')
        ? `${first} needs a word`
        : `${first} has no "${second}"`;
    return new CliError('unknown_command', `${said}; one of: ${group.join(', ')}`);
  }
  const near = nearestWord(first, [...new Set(names.flatMap((name) => [name, name.split(' ')[0] ?? name]))]);
  const hint = near === undefined ? 'see "aegis-siem help"' : `did you mean "${near}"?`;
  return new CliError('unknown_command', `there is no command "${first}"; ${hint}`);
}

function parse(command: Command, rest: readonly string[]): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({
      args: withEmptyValues(command, rest),
      options: parseArgsOptions(command),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw unknownOption(command, rest, error);
  }
}

/** `parseArgs` knows no option whose value may be left out. */
function withEmptyValues({ options }: Command, rest: readonly string[]): string[] {
  return rest.map((word, index) => {
    const isBare = word.startsWith('--') && options[word.slice(2)]?.optionalValue === true;
    const next = rest[index + 1];
    return isBare && (next === undefined || next.startsWith('-')) ? `${word}=` : word;
  });
}

/** `parseArgs` names the option but not the near one. */
function unknownOption(command: Command, rest: readonly string[], error: unknown): CliError {
  const known = Object.keys({ ...command.options, ...COMMON_OPTIONS });
  const said = rest.find(
    (word) => word.startsWith('--') && !known.includes(word.slice(2).split('=')[0] ?? ''),
  );
  const near = said === undefined ? undefined : nearestWord(said.slice(2).split('=')[0] ?? '', known);
  const what = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
  const hint = near === undefined ? `see "aegis-siem help ${command.name}"` : `did you mean --${near}?`;
  return new CliError('bad_option', `${what}; ${hint}`, EXIT.usage, { cause: error });
}
