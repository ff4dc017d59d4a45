/**
 * No engine and no cluster runs here. What can be held without one: the files parse, what one part names is there in another, and every
 * setting, command, port and path is one of the product's. `deploy-processes.slow.test.ts` starts what they start.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { asItems, asObject, cell } from '../../src/cli/output.ts';
import type { JsonValue } from '../../src/json.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { SETTINGS } from '../../src/settings/settings-schema.ts';
import { at, COMPOSE, CONTAINERFILE, type EnvValue, MANIFESTS, read, texts, workloads } from './manifests.ts';

const USER = 10_001;
const MODE = 0o440;
const PROBE_PATHS = ['/healthz', '/readyz'];
const API_PORT = SETTINGS.port.default;
const packageJson = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
) as { readonly bin: Readonly<Record<string, string>>; readonly devDependencies: { readonly node: string } };
const ENTRY = `/opt/aegis-siem/${packageJson.bin['aegis-siem']}`;

/** As the process gets them; a secret's value is one of its kind. */
function settingsOf(env: Readonly<Record<string, EnvValue>>) {
  return readSettings({
    env: Object.fromEntries(
      Object.entries(env).map(([name, given]) => [
        name,
        'value' in given ? given.value : 'postgres://login:word@postgres:5432/aegis',
      ]),
    ),
  });
}

/** The command and its options, as the product's own table has them. */
function checkCommand(words: readonly string[]): string {
  const [name = '', ...options] = words;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  assert.ok(command !== undefined, `${name} is a command`);
  for (const option of options) assert.ok(option.replace(/^--/, '') in command.options, option);
  return name;
}

/** As Compose hands it over. */
function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is started, without the program and its own switches. */
function wordsOf(container: Parameters<typeof at>[0]): readonly string[] {
  const words = [...texts(at(container, 'command')), ...texts(at(container, 'args'))];
  if (words[0] !== 'node') return words;
  const entry = words.indexOf(ENTRY);
  assert.ok(entry > 0, `starts ${ENTRY}`);
  return words.slice(entry + 1);
}

test('the image is that of the package: its entry, its user, its port, a Node that the project runs on', () => {
  assert.match(CONTAINERFILE, new RegExp(`^ENTRYPOINT \\["node", "${ENTRY}"\\]$`, 'm'));
  assert.match(CONTAINERFILE, new RegExp(`^USER ${USER}:${USER}$`, 'm'));
  assert.match(CONTAINERFILE, new RegExp(`^EXPOSE ${API_PORT}$`, 'm'));
  assert.ok(CONTAINERFILE.includes(`http://127.0.0.1:${API_PORT}/healthz`));
  const bases = [...CONTAINERFILE.matchAll(/^FROM \S+\/node:(?<major>\d+)-/gm)];
  const [major] = packageJson.devDependencies.node.split('.');
  assert.deepEqual(
    bases.map(({ groups }) => groups?.['major']),
    [major, major],
  );
  const cmd = /^CMD (?<words>\[.*\])$/m.exec(CONTAINERFILE)?.groups?.['words'] ?? '[]';
  assert.equal(checkCommand(JSON.parse(cmd) as string[]), 'serve');
});

for (const { file, pod, labels, container, env } of workloads()) {
  test(`${file}: starts a command with settings that the product takes`, () => {
    const command = checkCommand(wordsOf(container));
    assert.equal(labels['app.kubernetes.io/component'], command === 'serve' ? 'api' : command);
    const settings = settingsOf(env);
    assert.equal(container['image'], 'aegis-siem');
    const [port] = asItems(container['ports']);
    if (command === 'serve') assert.equal(port?.['containerPort'], settings.port);
    if (command === 'worker') assert.equal(port?.['containerPort'], settings.workerPort);
    if (port !== undefined) assert.equal(settings.host, '0.0.0.0', 'the kubelet reaches it');
    if (pod['terminationGracePeriodSeconds'] !== undefined) {
      assert.ok(Number(pod['terminationGracePeriodSeconds']) > settings.stopGraceSeconds);
    }
  });

  test(`${file}: its probes ask for what is answered, at a port that it has`, () => {
    const ports = asItems(container['ports']).map(({ name }) => name);
    const probes = ['livenessProbe', 'readinessProbe'].flatMap((name) => container[name] ?? []);
    assert.equal(probes.length, ports.length === 0 ? 0 : 2);
    for (const probe of probes) {
      assert.ok(ports.includes(at(probe, 'httpGet', 'port') ?? null));
      assert.ok(PROBE_PATHS.includes(cell(at(probe, 'httpGet', 'path'))));
    }
    // Whether the store answers is no reason to kill a process.
    if (ports.length > 0) assert.equal(at(container, 'livenessProbe', 'httpGet', 'path'), '/healthz');
  });

  test(`${file}: without root, rights and a writable root; its secrets are there and only its group's`, () => {
    assert.deepEqual(
      [at(pod, 'securityContext', 'runAsUser'), at(pod, 'securityContext', 'runAsGroup')],
      [USER, USER],
    );
    assert.equal(at(pod, 'securityContext', 'runAsNonRoot'), true);
    assert.equal(at(pod, 'securityContext', 'seccompProfile', 'type'), 'RuntimeDefault');
    assert.equal(pod['automountServiceAccountToken'], false);
    assert.deepEqual(container['securityContext'], {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.ok(at(container, 'resources', 'limits', 'memory') !== undefined);
    const volumes = asItems(pod['volumes']);
    const mounts = asItems(container['volumeMounts']);
    assert.deepEqual(new Set(mounts.map(({ name }) => name)), new Set(volumes.map(({ name }) => name)));
    const keyFile = env['AEGIS_SIEM_KEY_FILE'];
    if (keyFile === undefined || !('value' in keyFile)) return;
    const mount = mounts.find(({ mountPath }) => path.posix.dirname(keyFile.value) === mountPath);
    assert.equal(mount?.['readOnly'], true);
    const secret = asObject(volumes.find(({ name }) => name === mount?.['name'])?.['secret']);
    assert.equal(secret['defaultMode'], MODE);
    assert.equal(asItems(secret['items'])[0]?.['path'], path.posix.basename(keyFile.value));
    assert.equal(at(pod, 'securityContext', 'fsGroup'), USER, 'so that it can be read');
  });
}

test('selectors choose what they are meant for, and ports lead to ports that are there', () => {
  const choose = (labels: object): readonly string[] =>
    workloads()
      .filter((workload) => Object.entries(labels).every(([name, value]) => workload.labels[name] === value))
      .map(({ file }) => file);
  for (const { kind, file, body } of MANIFESTS.filter((manifest) => manifest.kind === 'Deployment')) {
    assert.deepEqual(choose(asObject(at(body, 'spec', 'selector', 'matchLabels'))), [file], kind);
  }
  const [service] = MANIFESTS.filter(({ kind }) => kind === 'Service');
  assert.deepEqual(choose(asObject(at(service?.body, 'spec', 'selector'))), [service?.file]);
  const [api, worker] = ['kubernetes/api.yaml', 'kubernetes/worker.yaml'].map((wanted) =>
    workloads().find(({ file }) => file === wanted),
  );
  const [served] = asItems(at(service?.body, 'spec', 'ports'));
  assert.equal(asItems(api?.container['ports'])[0]?.['name'], served?.['targetPort']);
  assert.equal(served?.['port'], API_PORT);
  const [policy] = MANIFESTS.filter(({ kind }) => kind === 'NetworkPolicy');
  assert.deepEqual(choose(asObject(at(policy?.body, 'spec', 'podSelector', 'matchLabels'))), [worker?.file]);
  const allowed = asItems(at(policy?.body, 'spec', 'ingress')).flatMap(({ ports }) => asItems(ports));
  assert.deepEqual(
    allowed.map(({ port }) => port),
    asItems(worker?.container['ports']).map(({ containerPort }) => containerPort),
  );
});

test('every secret that Kubernetes is asked for is named for the person who makes it', () => {
  const told = /The secret "(?<name>[\w-]+)" has: (?<keys>[\w, -]+)\./.exec(
    read('kubernetes/api.yaml'),
  )?.groups;
  const keys = new Set(told?.['keys']?.split(', '));
  const asked = workloads().flatMap(({ env, pod }) => [
    ...Object.values(env).flatMap((given) => ('secret' in given ? [given] : [])),
    ...asItems(pod['volumes']).flatMap(({ secret }) =>
      asItems(asObject(secret)['items']).map(({ key }) => ({
        secret: cell(asObject(secret)['secretName']),
        key: cell(key),
      })),
    ),
  ]);
  assert.deepEqual(new Set(asked.map(({ secret }) => secret)), new Set([told?.['name']]));
  assert.deepEqual(new Set(asked.map(({ key }) => key)), keys);
});

const SERVICES = Object.entries(asObject(COMPOSE['services']));

for (const [name, service] of SERVICES.filter(([, value]) => at(value, 'image') === 'aegis-siem')) {
  test(`compose.yaml, ${name}: a command and settings of the product, without root, rights and a writable root`, () => {
    const command = checkCommand(texts(at(service, 'command')));
    assert.equal(at(service, 'user'), `${USER}:${USER}`);
    assert.equal(at(service, 'read_only'), true);
    assert.deepEqual(at(service, 'cap_drop'), ['ALL']);
    assert.deepEqual(at(service, 'security_opt'), ['no-new-privileges:true']);
    const env = asObject(at(service, 'environment'));
    const settings = settingsOf(
      Object.fromEntries(Object.entries(env).map(([key, value]) => [key, { value: textOf(value) }])),
    );
    const secrets = texts(at(service, 'secrets'));
    assert.deepEqual(settings.keyFile, `/run/secrets/${secrets[0]}`);
    for (const file of texts(at(service, 'env_file')))
      assert.match(read('compose.yaml'), new RegExp(`^#.*\\b${file}\\b`, 'm'));
    const check = texts(at(service, 'healthcheck', 'test')).join(' ');
    if (command === 'worker') assert.ok(check.includes(`127.0.0.1:${settings.workerPort}/readyz`), check);
    if (command === 'serve') {
      // The check of the image asks at the port of the image.
      assert.equal(check, '');
      assert.deepEqual(texts(at(service, 'ports')), [`127.0.0.1:${API_PORT}:${settings.port}`]);
    }
    if (command === 'migrate') assert.equal(at(service, 'healthcheck', 'disable'), true);
  });
}

test('compose.yaml: what a service waits for, mounts and reads is there', () => {
  const names = SERVICES.map(([name]) => name);
  const volumes = new Set<string>();
  const secrets = new Set<string>();
  for (const [name, service] of SERVICES) {
    for (const [other, how] of Object.entries(asObject(at(service, 'depends_on')))) {
      assert.ok(names.includes(other), `${name} waits for ${other}`);
      const waited = SERVICES.find(([candidate]) => candidate === other)?.[1];
      if (at(how, 'condition') === 'service_healthy')
        assert.ok(at(waited, 'healthcheck', 'test') !== undefined, `${other} says when it is well`);
      else assert.equal(at(waited, 'restart'), 'on-failure', `${other} comes to an end`);
    }
    for (const volume of texts(at(service, 'volumes'))) volumes.add(volume.split(':')[0] ?? '');
    for (const secret of texts(at(service, 'secrets'))) secrets.add(secret);
  }
  assert.deepEqual(volumes, new Set(Object.keys(asObject(COMPOSE['volumes']))));
  assert.deepEqual(secrets, new Set(Object.keys(asObject(COMPOSE['secrets']))));
});
