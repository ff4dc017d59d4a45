import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { settingFlags, settingOptions, settingsDocument, showSettings } from './describe-settings.ts';
import { readSettings, readSettingsWithOrigins, type SettingSources } from './read-settings.ts';
import { SettingsError } from './settings-error.ts';
import { SETTING_GROUPS, SETTINGS } from './settings-schema.ts';

function mistakesOf(sources: SettingSources): readonly string[] {
  try {
    readSettings(sources);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.mistakes.map(({ where, message }) => `${where}: ${message}`);
  }
  return [];
}

test('takes the documented defaults and freezes them', () => {
  const settings = readSettings({});
  assert.equal(settings.store, 'sqlite:./data/aegis.db');
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.port, 8_600);
  assert.equal(settings.ambientIdentity, false);
  assert.ok(Object.isFrozen(settings));
});

test('a flag wins over the environment, and the environment over the file', () => {
  const sources = {
    flags: { config: 'settings.json', port: '1001' },
    env: { AEGIS_SIEM_PORT: '1002', AEGIS_SIEM_HOST: '::1' },
    readFile: () => '{"port": 1003, "host": "127.0.0.2", "log_level": "warn"}',
  };
  const { settings, origins } = readSettingsWithOrigins(sources);
  assert.deepEqual([settings.port, settings.host, settings.logLevel], [1_001, '::1', 'warn']);
  assert.deepEqual(
    [origins.port, origins.host, origins.logLevel, origins.store],
    ['flag', 'environment', 'file', 'default'],
  );
});

test('reports all mistakes at once, each by the name under which it was given', () => {
  const found = mistakesOf({
    flags: { port: '99999', config: 's.json' },
    env: { AEGIS_SIEM_AMBIENT_IDENTITY: 'maybe', AEGIS_SIEM_LOG_LEVEL: 'loud', AEGIS_SIEM_PROT: '1' },
    readFile: () => '{"stop_grace_seconds": "soon", "egres_allow": "x", "max_body_bytes": 1.5}',
  });
  assert.deepEqual(found.toSorted(), [
    '--port: must be from 0 to 65535, not 99999',
    'AEGIS_SIEM_AMBIENT_IDENTITY: must be on or off, not "maybe"',
    'AEGIS_SIEM_LOG_LEVEL: must be one of fatal, error, warn, info, debug, silent, not "loud"',
    'AEGIS_SIEM_PROT: there is no such setting; did you mean AEGIS_SIEM_PORT?',
    'egres_allow in s.json: there is no such setting; did you mean egress_allow?',
    'max_body_bytes in s.json: must be a whole number from 1024 to 268435456 bytes, not 1.5',
    'stop_grace_seconds in s.json: must be a whole number from 0 to 600 seconds, not "soon"',
  ]);
});

for (const [name, text, expected] of [
  ['is not JSON', '{"store": "postgres://u:hunter2@db/x",', /not JSON/],
  ['is a list', '[]', /one JSON object/],
] as const) {
  test(`refuses a settings file that ${name}, without quoting it`, () => {
    const [found = ''] = mistakesOf({ flags: { config: 'f.json' }, readFile: () => text });
    assert.match(found, expected);
    assert.doesNotMatch(found, /hunter2/);
  });
}

test('refuses a settings file that is not there', () => {
  assert.deepEqual(mistakesOf({ env: { AEGIS_SIEM_CONFIG: '/nonexistent/settings.json' } }), [
    '/nonexistent/settings.json: the settings file cannot be read (ENOENT)',
  ]);
});

for (const store of [
  'mysql://db/x',
  'sqlite:',
  'sqlite::memory:',
  'postgres://',
  'postgres://host',
  './a.db',
]) {
  test(`refuses the store address ${store}`, () => {
    assert.equal(mistakesOf({ flags: { store } }).length, 1);
  });
}

test('a mistake in a store address does not repeat its password', () => {
  const [found = ''] = mistakesOf({ env: { AEGIS_SIEM_STORE: 'mssql://u:hunter2@db/x' } });
  assert.match(found, /^AEGIS_SIEM_STORE: must begin with/);
  assert.doesNotMatch(found, /hunter2/);
});

test('names the entry of the egress list that cannot be read', () => {
  const [found = ''] = mistakesOf({ env: { AEGIS_SIEM_EGRESS_ALLOW: '10.0.0.0/8:8088,10.0.0.0/99' } });
  assert.match(found, /^AEGIS_SIEM_EGRESS_ALLOW: .*10\.0\.0\.0\/99/);
});

test('an empty variable counts as not set', () => {
  assert.equal(readSettings({ env: { AEGIS_SIEM_PORT: '', AEGIS_SIEM_STORE: '' } }).port, 8_600);
});

test('--no-worker turns the worker off', () => {
  assert.ok('no-worker' in settingOptions());
  assert.equal(readSettings({ flags: settingFlags({ 'no-worker': true }) }).worker, false);
  assert.equal(readSettings({ flags: settingFlags({}) }).worker, true);
});

test('shows a PostgreSQL address without its password', () => {
  const shown = showSettings(
    readSettingsWithOrigins({ flags: { store: 'postgres://u:hunter2@db:5432/x?password=hunter2' } }),
  );
  const [store] = shown;
  assert.equal(store?.value, 'postgres://u:***@db:5432/x?password=***');
});

test('every setting stands in one group, in the order of the page', () => {
  const grouped = SETTING_GROUPS.flatMap(({ settings }) => Object.keys(settings));
  assert.deepEqual(grouped, Object.keys(SETTINGS));
});

test('docs/reference/settings.md is what the table makes', () => {
  const file = path.join(import.meta.dirname, '../../docs/reference/settings.md');
  const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');
  assert.equal(plain(readFileSync(file, 'utf8')), plain(settingsDocument()));
});

test('the public address is https, or this machine, and nothing but scheme, host and port', () => {
  for (const good of ['https://siem.example.com', 'https://siem.example.com:8443', 'http://localhost:8600']) {
    assert.deepEqual(mistakesOf({ env: { AEGIS_SIEM_PUBLIC_URL: good } }), [], good);
  }
  for (const bad of [
    'siem.example.com',
    'http://siem.example.com',
    'http://localhost.example.com',
    'ftp://siem.example.com',
    'https://siem.example.com/console',
    'https://user@siem.example.com',
    'https://siem.example.com/?a',
  ]) {
    assert.equal(mistakesOf({ env: { AEGIS_SIEM_PUBLIC_URL: bad } }).length, 1, bad);
  }
});
