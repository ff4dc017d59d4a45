import { type Command, flagOption, textOption } from '../command.ts';

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
  },
  async run(context) {
    // The demo brings fakes and a whole service; nothing else needs them.
    const { runDemo } = await import('../../demo/run-demo.ts');
    return runDemo(context.io, {
      stay: flagOption(context, 'stay'),
      json: context.json,
      splunkUrl: textOption(context, 'splunk-url'),
      splunkToken: textOption(context, 'splunk-token'),
      splunkTokenFile: textOption(context, 'splunk-token-file'),
      splunkIndex: textOption(context, 'splunk-index'),
    });
  },
};
