import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCertificate } from '../fake-splunk/test-certificates.ts';

/** What `openssl ca` wants to be told; nothing of the machine's own configuration counts. */
const CONFIG = `
[req]
distinguished_name = subject
prompt = no
[subject]
CN = unused
[ca]
default_ca = signing
[signing]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
policy = any
[any]
commonName = supplied
`;

export interface OpensslWishes {
  readonly name: string;
  /** Subject alternative names, such as `IP:127.0.0.1`; an authority when absent. */
  readonly alternatives?: string;
  readonly daysFrom?: number;
  readonly daysTo?: number;
  readonly digest?: 'sha256' | 'sha1';
  readonly rsaBits?: number;
}

export interface OpensslCertificate extends TestCertificate {
  readonly name: string;
}

export function hasOpenssl(): boolean {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL');
  } catch {
    return false;
  }
}

/** Certificates made by the `openssl` of the machine, in a folder that is gone after `using`. */
export class OpensslAuthority implements Disposable {
  readonly #servers: ChildProcess[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'aegis-siem-openssl-'));
  #made = 0;

  constructor() {
    this.#write('openssl.cnf', CONFIG);
    this.#write('index.txt', '');
  }

  selfSigned(name: string, alternatives?: string): OpensslCertificate {
    const at = this.#next();
    const extension =
      alternatives === undefined ? 'basicConstraints=critical,CA:TRUE' : `subjectAltName=${alternatives}`;
    this.#openssl(
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -config openssl.cnf`,
      `-addext ${extension} -keyout ${at}.key -out ${at}.pem`,
      { subject: name },
    );
    return this.#read(name, at);
  }

  issue(issuer: OpensslCertificate, wishes: OpensslWishes): OpensslCertificate {
    const { name, alternatives, daysFrom = -1, daysTo = 30, digest = 'sha256', rsaBits } = wishes;
    const at = this.#next();
    const key = rsaBits === undefined ? 'ec -pkeyopt ec_paramgen_curve:P-256' : `rsa:${rsaBits}`;
    this.#openssl(`req -new -newkey ${key} -nodes -config openssl.cnf`, `-keyout ${at}.key -out ${at}.csr`, {
      subject: name,
    });
    this.#write(`${at}.issuer.pem`, issuer.certificatePem);
    this.#write(`${at}.issuer.key`, issuer.privateKeyPem);
    this.#write(
      `${at}.ext`,
      alternatives === undefined
        ? 'basicConstraints=critical,CA:TRUE\n'
        : `basicConstraints=critical,CA:FALSE\nsubjectAltName=${alternatives}\n`,
    );
    this.#openssl(
      `ca -batch -notext -config openssl.cnf -md ${digest} -extfile ${at}.ext -in ${at}.csr -out ${at}.pem`,
      `-cert ${at}.issuer.pem -keyfile ${at}.issuer.key -startdate ${inDays(daysFrom)} -enddate ${inDays(daysTo)}`,
    );
    return this.#read(name, at);
  }

  /** The key of a certificate, protected by a passphrase. */
  encrypted({ privateKeyPem }: TestCertificate): string {
    const at = this.#next();
    this.#write(`${at}.key`, privateKeyPem);
    this.#openssl(`pkcs8 -topk8 -in ${at}.key`, `-out ${at}.enc -passout pass:example`);
    return readFileSync(join(this.#folder, `${at}.enc`), 'utf8');
  }

  /**
   * A server that takes clients of one authority only, and tells the others so by an alert, as those that are made with OpenSSL
   * do. Answers its port.
   */
  async serveClientsOf(
    authority: OpensslCertificate,
    server: OpensslCertificate,
    version: '-tls1_2' | '-tls1_3',
  ): Promise<number> {
    const at = this.#next();
    this.#write(`${at}.ca.pem`, authority.certificatePem);
    this.#write(`${at}.pem`, server.certificatePem);
    this.#write(`${at}.key`, server.privateKeyPem);
    const words = `s_server -accept 127.0.0.1:0 ${version} -cert ${at}.pem -key ${at}.key -CAfile ${at}.ca.pem -Verify 1 -verify_return_error -www`;
    const child = spawn('openssl', words.split(' '), {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#servers.push(child);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /^ACCEPT \S*:(?<port>\d+)/m.exec(text)?.groups?.['port'];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('close', () => reject(new Error(`openssl s_server ended: ${text}`)));
    return promise;
  }

  [Symbol.dispose](): void {
    for (const server of this.#servers) server.kill();
    rmSync(this.#folder, { recursive: true });
  }

  #next(): string {
    this.#made += 1;
    return `c${this.#made}`;
  }

  /** `words` are split at blanks; a subject may have some. */
  #openssl(words: string, more: string, { subject }: { readonly subject?: string } = {}): void {
    const named = subject === undefined ? [] : ['-subj', `/CN=${subject}`];
    execFileSync('openssl', [...`${words} ${more}`.split(' '), ...named], {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
  }

  #read(name: string, at: string): OpensslCertificate {
    return {
      name,
      certificatePem: readFileSync(join(this.#folder, `${at}.pem`), 'utf8'),
      privateKeyPem: readFileSync(join(this.#folder, `${at}.key`), 'utf8'),
    };
  }
}

/** As `openssl ca` reads a time: YYYYMMDDHHMMSSZ. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
}
