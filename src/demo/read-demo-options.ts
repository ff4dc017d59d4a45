import { readFileSync } from 'node:fs';
import { CliError } from '../cli/cli-error.ts';
import { type CommandContext, flagOption, textOption } from '../cli/command.ts';
import type { DemoOptions, RealSplunk } from './demo-options.ts';

/** Reads and checks the options before anything is started. Throws `CliError`. */
export function readDemoOptions(context: CommandContext): DemoOptions {
  const splunk = realSplunk(context);
  return {
    stay: flagOption(context, 'stay'),
    json: context.json,
    ...(splunk === undefined ? {} : { splunk }),
  };
}

function realSplunk(context: CommandContext): RealSplunk | undefined {
  const raw = textOption(context, 'splunk-url');
  if (raw === undefined) {
    const alone = ['splunk-token-file', 'splunk-token', 'splunk-index', 'splunk-ca-file'].find(
      (name) => textOption(context, name) !== undefined,
    );
    if (alone !== undefined) throw new CliError('missing_option', `--${alone} needs --splunk-url`);
    return undefined;
  }
  const url = URL.parse(raw);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new CliError('bad_url', `--splunk-url: "${raw}" is not an http or https address`);
  }
  const index = textOption(context, 'splunk-index');
  const caFile = textOption(context, 'splunk-ca-file');
  return {
    url,
    token: tokenOf(context),
    ...(index === undefined ? {} : { index }),
    ...(caFile === undefined ? {} : { caPem: read('--splunk-ca-file', caFile) }),
  };
}

function tokenOf(context: CommandContext): string {
  const file = textOption(context, 'splunk-token-file');
  const token = file === undefined ? textOption(context, 'splunk-token') : read('--splunk-token-file', file);
  if (token === undefined || token.trim() === '') {
    throw new CliError(
      'missing_option',
      '--splunk-url needs the HEC token: --splunk-token-file FILE (or --splunk-token TOKEN)',
    );
  }
  return token.trim();
}

function read(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError('unreadable', `${option}: ${path} cannot be read (${why})`, undefined, {
      cause: error,
    });
  }
}
