import packageJson from '../../../package.json' with { type: 'json' };
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { show } from '../output.ts';

export const version: Command = {
  name: 'version',
  summary: 'Print the version',
  examples: ['aegis-siem version'],
  options: {},
  async run(context) {
    await show(
      context,
      { version: packageJson.version, node: process.version },
      () => `${packageJson.version}\n`,
    );
    return EXIT.ok;
  },
};
