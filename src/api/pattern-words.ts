import { guidSchema } from '../connectors/azure/read-settings.ts';
import { LOG_TYPE_PATTERN } from '../connectors/sentinel-data-collector/config.ts';
import { DCR_PATTERN, STREAM_PATTERN, TENANT_PATTERN } from '../connectors/sentinel-logs-ingestion/config.ts';
import { INDEX_PATTERN, WORD } from '../connectors/splunk-hec/config.ts';
import { PEM } from '../connectors/tls/tls-config.ts';
import { MAX_PAGE_ITEMS, PAGE_LIMIT_PATTERN } from './schemas/page-schema.ts';
import { uuidSchema } from './schemas/delivery-schema.ts';
import { lineOfText, linesOfText } from './schemas/plain-text-schema.ts';

/** What a value must be that has to fit a pattern, in words: the pattern itself is for programs. */
export const PATTERN_WORDS: ReadonlyMap<string, string> = new Map([
  [lineOfText(1).pattern, 'must be one line of visible text, without control characters'],
  [linesOfText(1).pattern, 'must be visible text, without control characters but line breaks and tabs'],
  [PAGE_LIMIT_PATTERN, `must be a whole number from 1 to ${MAX_PAGE_ITEMS}`],
  [uuidSchema.pattern, 'must be a UUID in lower case'],
  [guidSchema.pattern, 'must be a GUID such as 6f1d2c3b-4a59-4687-9a0b-1c2d3e4f5061'],
  [WORD.pattern, 'must be text on one line, without control characters'],
  [
    INDEX_PATTERN,
    'must be the name of a Splunk index: lower-case letters, digits, "_" and "-", and neither "-" nor a space at the start',
  ],
  [
    LOG_TYPE_PATTERN,
    'must be 1 to 100 letters, digits and "_", a letter first, without the _CL that Azure adds',
  ],
  [
    DCR_PATTERN,
    'must be the immutable id of the data collection rule: "dcr-" and 32 hex digits in lower case',
  ],
  [
    STREAM_PATTERN,
    'must be a stream of the rule: "Custom-", a letter, then letters, digits and "_", such as Custom-AegisOcsf',
  ],
  [TENANT_PATTERN, 'must be the id of the tenant (a GUID) or one of its domain names'],
  [PEM.pattern, 'must be a certificate in PEM, from -----BEGIN CERTIFICATE----- on'],
]);
