import { type Command, COMMON_OPTIONS, type OptionSpec } from './command.ts';

export function overviewHelp(commands: readonly Command[]): string {
  return `aegis-siem carries the decisions of AI agents into your SIEM as OCSF events.

Try it:  aegis-siem demo
Run it:  aegis-siem serve

Commands:
${commandList(commands)}

aegis-siem help COMMAND says more. Messages go to stderr, results to stdout.
`;
}

export function groupHelp(group: string, commands: readonly Command[]): string {
  return `Commands of ${group}:
${commandList(commands)}

aegis-siem help ${commands[0]?.name ?? group} says more, and so on.
`;
}

function commandList(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
}

export function commandHelp(command: Command): string {
  const usage = ['aegis-siem', command.name, '[options]', command.positionals].filter(Boolean).join(' ');
  const examples = command.examples.map((example) => `  ${example}`).join('\n');
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(optionLine);
  const width = Math.max(...options.map(([left]) => left.length));
  const listed = options.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`).join('\n');
  return `${command.summary}

Examples:
${examples}

Usage: ${usage}

Options:
${listed}
`;
}

function optionLine([name, spec]: [string, OptionSpec]): [string, string] {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = spec.type === 'string' ? ` ${spec.value ?? 'TEXT'}` : '';
  return [`${short}--${name}${value}`, spec.help];
}
