/** C0, DEL, C1, line and paragraph separators, bidi overrides and isolates: what changes how the text around it is shown. */
const UNSEEN = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';
/** The same, with tabs and line breaks allowed. */
const UNSEEN_IN_LINES =
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';

export interface TextSchema {
  readonly type: 'string';
  readonly minLength: 1;
  readonly maxLength: number;
  readonly pattern: string;
}

/** One line that a person typed and others will read in tables, logs and mails: not blank, nothing in it that hides. */
export function lineOfText(maxLength: number): TextSchema {
  return { type: 'string', minLength: 1, maxLength, pattern: `^(?=.*\\S)[^${UNSEEN}]+$` };
}

/** Several lines of the same, such as a reason. */
export function linesOfText(maxLength: number): TextSchema {
  return { type: 'string', minLength: 1, maxLength, pattern: `^(?=[^]*\\S)[^${UNSEEN_IN_LINES}]+$` };
}
