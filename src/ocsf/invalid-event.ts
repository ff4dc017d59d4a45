import type { RenderResult } from './render-result.ts';
import type { Finding } from './validation-finding.ts';

/** What the validator found in an event, as the reason why it is not sent. `subject`: `The stored event`. */
export function invalidEvent({ code, path, message }: Finding, subject: string): RenderResult {
  return {
    ok: false,
    code: `ocsf_${code}`,
    pointer: pointerOf(path),
    message: `${subject} is not valid OCSF: ${message}`,
  };
}

/** The validator names places as `resources[0].type`; a pointer wants slashes. */
function pointerOf(path: string): string {
  return path === '' ? '' : `/${path.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/')}`;
}
