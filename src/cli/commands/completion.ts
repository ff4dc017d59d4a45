import { bashCompletion } from '../completion/bash-completion.ts';
import { completionPlaces } from '../completion/completion-words.ts';
import { fishCompletion } from '../completion/fish-completion.ts';
import { zshCompletion } from '../completion/zsh-completion.ts';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The command that writes a script from the table of all commands: it is given the table, since it stands in it. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'Write a completion script for bash, zsh or fish',
    examples: [
      'source <(aegis-siem completion bash)',
      'source <(aegis-siem completion zsh)',
      'aegis-siem completion fish > ~/.config/fish/completions/aegis-siem.fish',
    ],
    positionals: 'bash|zsh|fish',
    minPositionals: 1,
    maxPositionals: 1,
    options: {},
    async run({ io, json, positionals }) {
      const [shell = ''] = positionals;
      if (!isShell(shell)) {
        throw new CliError('unknown_shell', `completion: "${shell}" is not bash, zsh or fish`);
      }
      const script = SHELLS[shell](completionPlaces(commands()));
      await io.writeOut(json ? `${JSON.stringify({ shell, script }, null, 2)}\n` : script);
      return EXIT.ok;
    },
  };
}

function isShell(word: string): word is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, word);
}
