/**
 * One way out: whatever reaches for the network in `src/` outside of `src/egress` is named here with its reason, or is a
 * problem. A name that no longer reaches for it is one too, so that the list stays true.
 */

/** Files (or folders, ending in `/`) that may hold something of the network, and why. */
const EXCEPTIONS: Readonly<Record<string, { readonly uses: readonly string[]; readonly why: string }>> = {
  'src/egress/': {
    uses: ['node:http', 'node:https', 'node:net', 'node:tls', 'node:dns'],
    why: 'the guarded way out itself',
  },
  'src/store/postgres/': { uses: ['pg'], why: 'the database of the settings, which is no destination' },
  'src/own-endpoints.ts': {
    uses: ['node:dns/promises'],
    why: 'asks what must never be dialled; dials nothing',
  },
  'src/api/http-limits.ts': { uses: ['node:http'], why: 'words of the server side' },
  'src/cli/api-client.ts': {
    uses: ['node:http', 'node:https'],
    why: 'the command line speaks to the service that its user names, with the user’s own key',
  },
  'src/secrets/run-key-command.ts': {
    uses: ['node:child_process'],
    why: 'starts the program that the operator names for the master key, once, at the start',
  },
  'src/notices/mail.ts': {
    uses: ['nodemailer'],
    why: 'mail to operators, over the server that the operator names; nothing over the API can name it',
  },
  'src/telemetry/load-sdk.ts': {
    uses: ['@opentelemetry/exporter-trace-otlp-http', '@opentelemetry/exporter-metrics-otlp-http'],
    why: 'OTLP to the receiver that the operator names, off by default; nothing over the API can name it',
  },
  'src/worker-endpoint.ts': { uses: ['node:http'], why: 'answers probes and a scraper; calls nobody' },
  'src/demo/real-splunk.ts': { uses: ['node:dns/promises'], why: 'the demo asks where its Splunk is' },
};

/** Modules that open connections, look names up or start programs that could (curl). */
const NETWORK_MODULE =
  /^(?:(?:node:)?(?:http|https|http2|net|tls|dgram|dns|dns\/promises|child_process|cluster|inspector)|undici|ws|axios|got|ky|node-fetch|request|superagent|nodemailer|pg|@opentelemetry\/(?:exporter|otlp|sdk-node)[\w-]*)$/;

/** `import x from 'y'`, `export ... from 'y'`, `import 'y'`, `import('y')`, `require('y')`. */
const IMPORT =
  /(?:^(?<kind>import|export)\b(?<what>[^;'"]*?)\bfrom\s*|^import\s+|\b(?:import|require|getBuiltinModule)\s*\(\s*)(['"`])(?<specifier>[^'"`]+)\3/gm;

/** What the platform offers without an import. */
const GLOBALS: readonly (readonly [word: string, pattern: RegExp])[] = [
  ['fetch', /(?<![.#\w$'"])fetch\s*\(|\bglobalThis\s*(?:\.\s*fetch\b|\[\s*['"]fetch)/],
  ['WebSocket', /\bnew\s+(?:globalThis\.)?WebSocket\b/],
  ['EventSource', /\bnew\s+(?:globalThis\.)?EventSource\b/],
  ['XMLHttpRequest', /\bnew\s+(?:globalThis\.)?XMLHttpRequest\b/],
  // Fetches keys by itself, over the platform's own client.
  ['createRemoteJWKSet', /\bcreateRemoteJWKSet\b/],
  ['createRequire', /\bcreateRequire\s*\(/],
];

/** What a source text reaches for: names of modules and of globals, each once. */
export function outboundUses(source: string): readonly string[] {
  const code = withoutComments(source);
  const modules = [...code.matchAll(IMPORT)].flatMap(({ groups }) => {
    const specifier = groups?.['specifier'] ?? '';
    return NETWORK_MODULE.test(specifier) && !isTypesOnly(groups?.['what']) ? [specifier] : [];
  });
  const globals = GLOBALS.flatMap(([word, pattern]) => (pattern.test(code) ? [word] : []));
  return [...new Set([...modules, ...globals])];
}

/** What is wrong with the files, given as path (with `/`) and text; tests are left out. */
export function outboundProblems(
  files: Iterable<readonly [path: string, source: string]>,
): readonly string[] {
  const problems: string[] = [];
  const needed = new Set<string>();
  for (const [path, source] of files) {
    if (/\.test\.tsx?$/.test(path)) continue;
    const [place, exception] = Object.entries(EXCEPTIONS).find(([at]) => isAt(path, at)) ?? ['', undefined];
    for (const use of outboundUses(source)) {
      if (exception?.uses.includes(use) === true) needed.add(`${place} ${use}`);
      else
        problems.push(
          `${path}: reaches for ${use}; outbound calls go through src/egress, or are named with a reason in scripts/outbound-calls.ts`,
        );
    }
  }
  for (const [place, { uses }] of Object.entries(EXCEPTIONS)) {
    for (const use of uses) {
      if (!needed.has(`${place} ${use}`))
        problems.push(`scripts/outbound-calls.ts: ${place} no longer reaches for ${use}; take it out`);
    }
  }
  return problems;
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}

/** `import type …`, or braces in which every name is a type: gone before the code runs. */
function isTypesOnly(what: string | undefined): boolean {
  if (what === undefined) return false;
  const names = what.trim();
  if (/^type\b(?!\s*,)/.test(names)) return true;
  const inBraces = /^\{(?<list>[^}]*)\}$/.exec(names)?.groups?.['list'];
  return (
    inBraces !== undefined &&
    inBraces
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .every((name) => name.startsWith('type '))
  );
}

/** Words in a comment reach for nothing. Line comments count from the beginning of a line or after a blank: not in `https://`. */
function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
