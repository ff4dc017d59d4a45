import { API_OPTIONS } from './api-client.ts';
import { type Command, COMMON_OPTIONS, type OptionSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import { PAGING_OPTIONS } from './paging.ts';
import { SETTING_OPTIONS } from './service-settings.ts';

const INTRODUCTION = `# Command line

<!-- Made from src/cli/commands.ts by "node src/cli/cli-document.ts > docs/reference/cli.md". -->

\`npm run -s aegis-siem -- COMMAND\` runs a command from a clone of the project; here it is written \`aegis-siem COMMAND\`.

Results go to stdout, messages to stderr, and progress to stderr on a terminal only. Lists are tables, or JSON with \`--json\`.
\`aegis-siem help COMMAND\` shows what stands here. No output has colours.

## Exit statuses

| status | meaning                                                                                      |
| ------ | -------------------------------------------------------------------------------------------- |
| 0      | Done.                                                                                        |
| 1      | Some input was refused, or the answer is "no" (a test that failed); the rest was done.       |
| 2      | The command line, a setting or a file that it names is wrong; nothing was done.              |
| 3      | The service or the store cannot be reached, or failed.                                       |
| 4      | The API key is missing, wrong, or lacks a scope.                                             |
| 130    | Ended by a signal. \`serve\` and \`worker\` end with 0 on the first one, and at once on the second. |

## Where the key comes from

Commands that talk to a service take its address from \`--url\` or \`AEGIS_SIEM_URL\`, and the API key from \`--key-file\`,
\`AEGIS_SIEM_API_KEY\`, the file named by \`AEGIS_SIEM_ADMIN_KEY_FILE\`, or \`./data/admin-key\`, in this order. A key is never the
value of a flag: other users of the machine can see those.
`;

/** docs/reference/cli.md. */
export function cliDocument(commands: readonly Command[]): string {
  const sections = commands.map(section);
  const shared = [
    '## Options of every command',
    optionTable(COMMON_OPTIONS),
    '## Options of commands that talk to a service',
    optionTable(API_OPTIONS),
    '## Options of lists',
    optionTable(PAGING_OPTIONS),
  ];
  return `${[INTRODUCTION.trimEnd(), ...shared, '## Commands', ...sections].join('\n\n')}\n`;
}

function section(command: Command): string {
  const takesSettings = 'egress-allow' in command.options;
  const own = Object.entries(command.options).filter(
    ([name]) =>
      !(name in API_OPTIONS) && !(name in PAGING_OPTIONS) && !(takesSettings && name in SETTING_OPTIONS),
  );
  const callsService = 'url' in command.options;
  const isList = 'cursor' in command.options;
  const also = [
    ...(takesSettings ? ['Takes every [setting](settings.md) as a flag.'] : []),
    ...(callsService ? ['Talks to a service.'] : []),
    ...(isList ? ['Answers a page at a time.'] : []),
  ];
  const usage = ['aegis-siem', command.name, '[options]', command.positionals].filter(Boolean).join(' ');
  return [
    `### ${command.name}`,
    `${command.summary}.${also.length === 0 ? '' : ` ${also.join(' ')}`}`,
    `\`\`\`sh\n${command.examples.join('\n')}\n\`\`\``,
    `Usage: \`${usage}\``,
    ...(own.length === 0 ? [] : [optionTable(Object.fromEntries(own))]),
  ].join('\n\n');
}

function optionTable(options: Readonly<Record<string, OptionSpec>>): string {
  const rows = Object.entries(options).map(([name, { type, value, short, help }]) => {
    const flag = `${short === undefined ? '' : `-${short}, `}--${name}${type === 'string' ? ` ${value ?? 'TEXT'}` : ''}`;
    return `| \`${flag}\` | ${help.replaceAll('|', '\\|')} |`;
  });
  return ['| option | meaning |', '| --- | --- |', ...rows].join('\n');
}

if (import.meta.main) process.stdout.write(cliDocument(COMMANDS));
