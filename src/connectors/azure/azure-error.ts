/** What an Azure service says about a refusal, from the JSON of its reply. */
export interface AzureError {
  /** The service's own word, such as `InvalidStream`. */
  readonly code: string;
  readonly message: string;
}

const ERROR_WORD = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/**
 * Reads `{"error": {"code", "message"}}` (Logs Ingestion) or `{"Error", "Message"}` (Data Collector). Anything else, an
 * HTML page of a proxy say, is not the service speaking: undefined.
 */
export function readAzureError(body: Uint8Array): AzureError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    // Not JSON: a gateway's page, or a reply that was cut.
    return undefined;
  }
  const top = fieldsOf(value);
  const inner = fieldsOf(top['error']);
  const code = inner['code'] ?? top['Error'] ?? top['code'];
  const message = inner['message'] ?? top['Message'] ?? top['message'];
  if (typeof code !== 'string' || !ERROR_WORD.test(code)) return undefined;
  return { code, message: typeof message === 'string' ? message : '' };
}

/** A page for a browser in place of an API's answer: a login page, a captive portal, a proxy's error. */
export function looksLikeHtml(body: Uint8Array): boolean {
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 256)).toString('latin1');
  return /^(?:\u00ef\u00bb\u00bf)?\s*</.test(start);
}

/** Words that are no API's: what a gateway or a portal says without a page around it. */
export function isPlainText(body: Uint8Array): boolean {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8').trim();
  if (text === '' || looksLikeHtml(body)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
