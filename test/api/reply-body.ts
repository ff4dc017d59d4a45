import type { JsonObject } from '../../src/json.ts';

/**
 * The body of any answer, as tests read it: the members of all routes together. Nothing is checked here; a test asserts
 * what it reads, and each answer was held against the OpenAPI document before.
 */
export interface ReplyBody {
  readonly action: string;
  readonly actor: string;
  readonly api_key_id: string;
  readonly audit_id: string;
  readonly code: string;
  readonly config: JsonObject;
  readonly confirm: string;
  readonly confirm_until: string;
  readonly count: number;
  readonly credentials: Readonly<Record<string, { readonly set: boolean; readonly fingerprint: string }>>;
  readonly credentials_expire_at: string | null;
  readonly current_version: number;
  readonly dead_letter_id: string;
  readonly deliveries: readonly ReplyBody[];
  readonly destination_id: string;
  readonly effect?: {
    readonly records: number;
    readonly unknown_attestation_ids: readonly string[];
    readonly left_out: { readonly open: number };
  };
  readonly error: { readonly code: string; readonly pointer: string; readonly message: string };
  readonly errors: readonly { readonly code: string; readonly pointer: string }[];
  readonly fields: readonly string[];
  readonly health: { readonly state: string };
  readonly event: { readonly metadata: { readonly uid: string } };
  readonly expected_version: number;
  readonly expires_at: string | null;
  readonly idle_until: string | null;
  readonly is_this_one: boolean;
  readonly kind: string;
  readonly attestation_id: string | null;
  readonly items: readonly ReplyBody[];
  readonly key: string;
  readonly name: string;
  readonly estimated_finish_at: string | null;
  readonly next_credentials: {
    readonly credentials: ReplyBody['credentials'];
    readonly refused_at: string | null;
    readonly refused_message: string | null;
  } | null;
  readonly next_cursor: string | null;
  readonly note: string | null;
  readonly openapi: string;
  readonly origin: string;
  readonly pointer: string;
  readonly public_key_pem?: string;
  readonly progress?: { readonly planned: number; readonly enqueued: number; readonly remaining: number };
  readonly reason: string;
  readonly record: JsonObject | null;
  readonly request_id: string;
  readonly renderings: readonly ReplyBody[] | null;
  readonly revoked_at: string | null;
  readonly results: readonly ReplyBody[];
  readonly replay: ReplyBody | null;
  readonly replay_id: string;
  readonly scope: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly status: string;
  readonly subject_id: string;
  readonly uid: string;
  readonly verdict: string;
  readonly workspace_id: string | null;
}
