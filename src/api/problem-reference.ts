import { PROBLEMS } from './problem-catalogue.ts';

/** docs/reference/errors.md, whole. A test holds the committed file to it. */
export function problemReference(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title, advice }]) =>
      `| \`${code}\` | ${status} | ${title} | ${advice.replaceAll('|', '\\|')} |`,
  );
  return `# Errors of the API

<!-- Made from src/api/problem-catalogue.ts by "node src/api/problem-reference.ts > docs/reference/errors.md". -->

Every error is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), \`application/problem+json\`):
\`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and \`request_id\`, with \`pointer\` (a JSON pointer into the body) and \`errors\`
where they help. Programs branch on \`code\`; it never changes its meaning. No error holds a secret, a stack, SQL or a host
name of the installation. The log has more under the \`request_id\`.

Where one record alone is refused, \`code\` is the exact reason (\`bad_uuid\`, \`unknown_verdict\`, \`ocsf_unknown_class\`, ...) and
\`type\` names the kind from this table. Where several records come in one body, each has such an error of its own in
\`results\`, with a pointer into that record.

| code | status | what it says | what to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

if (import.meta.main) process.stdout.write(problemReference());
