/** What is installed is what was reviewed: the lockfile, the install scripts, the bill of materials, the reasons. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** `node_modules/a/node_modules/@b/c` -> `@b/c`. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

test('every package of the lockfile is held by its SHA-512, and by no address', () => {
  assert.equal(lock.lockfileVersion, 3);
  assert.ok(locked.length > 50, 'the lockfile has packages');
  for (const [path, entry] of locked) {
    assert.match(entry.integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, `${path} has its hash`);
    assert.equal(entry.resolved, undefined, `${path} comes from whichever registry npm is set to`);
    assert.notEqual(entry.link, true, `${path} is no link`);
  }
  // An address in the lockfile, whatever its field, would send everybody's installation there.
  const addresses = [...read('package-lock.json').matchAll(/"(?<field>\w+)": "(?:https?|git|file):[^"]*"/g)];
  assert.deepEqual(
    addresses.map((match) => match.groups?.['field']).filter((field) => field !== 'url'),
    [],
  );
});

test('versions are exact: no range can bring in what nobody looked at', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  }
});

test('only approved packages run a script when they are installed, and none of what is shipped', () => {
  const withScript = locked.filter(([, entry]) => entry.hasInstallScript === true);
  assert.deepEqual(
    [...new Set(withScript.map(([path]) => nameOf(path)))].sort(),
    Object.keys(manifest.allowScripts).sort(),
    'allowScripts in package.json lists exactly the packages that have one; look at a new one before you add it',
  );
  assert.deepEqual(
    withScript.filter(([, entry]) => entry.dev !== true).map(([path]) => path),
    [],
  );
});

test('the bill of materials names every package that is shipped, each with a hash and a licence', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/sbom.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr.slice(0, 2_000));
  const bill = JSON.parse(stdout) as {
    readonly bomFormat: string;
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly hashes?: readonly { readonly alg: string }[];
      readonly licenses?: readonly unknown[];
    }[];
  };
  assert.equal(bill.bomFormat, 'CycloneDX');
  const shipped = locked.filter(([, entry]) => entry.dev !== true);
  assert.deepEqual(
    [...new Set(bill.components.map(({ name, version }) => `${name}@${version}`))].sort(),
    [...new Set(shipped.map(([path, { version }]) => `${nameOf(path)}@${version}`))].sort(),
  );
  const named = new Set(bill.components.map(({ name }) => name));
  for (const name of Object.keys(manifest.dependencies)) assert.ok(named.has(name), `${name} is named`);
  for (const { name, hashes = [], licenses = [] } of bill.components) {
    assert.ok(
      hashes.some(({ alg }) => alg === 'SHA-512'),
      `${name} has a hash`,
    );
    assert.ok(licenses.length > 0, `${name} has a licence`);
  }
});

test('every runtime dependency has its reason in the decision records', () => {
  const records = globSync('docs/decisions/0*.md', { cwd: ROOT }).map(read).join('\n');
  for (const name of Object.keys(manifest.dependencies)) {
    assert.ok(records.includes(`\`${name}\``), `docs/decisions names \`${name}\` and why it is there`);
  }
});
