import type { Command } from '../command.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'See it work in half a minute: fake SIEMs on this machine, or your own Splunk',
  examples: [
    'aegis-siem demo',
    'aegis-siem demo --stay',
    'aegis-siem demo --splunk-url https://splunk.example.com:8088 --splunk-token-file token.txt',
  ],
  options: {
    stay: { type: 'boolean', help: 'Keep the service running afterwards, to try it out' },
    'splunk-url': { type: 'string', value: 'URL', help: 'Send to this Splunk in place of the fake one' },
    'splunk-token-file': { type: 'string', value: 'FILE', help: 'File that holds its HEC token' },
    'splunk-token': {
      type: 'string',
      value: 'TOKEN',
      help: 'Its HEC token itself (seen by others on this machine; prefer the file)',
    },
    'splunk-index': {
      type: 'string',
      value: 'INDEX',
      help: 'Index for the events; the default of the token otherwise',
    },
    'splunk-ca-file': { type: 'string', value: 'FILE', help: 'Authority of its certificate, PEM' },
  },
  async run(context) {
    // The demo brings fakes and a whole service; nothing else needs them.
    const { readDemoOptions } = await import('../../demo/read-demo-options.ts');
    const options = readDemoOptions(context);
    const { runDemo } = await import('../../demo/run-demo.ts');
    return runDemo(context.io, options);
  },
};
