import type { OcsfSettings } from './ocsf-event.ts';

export type OcsfVersion = OcsfSettings['version'];

/** What differs between schema versions, for everything that maps. A new version is a new line. */
export interface VersionTraits {
  /** Longest `string_t` (https://schema.ocsf.io/1.1.0/data_types). */
  readonly maxStringChars: number;
  /** `activity_id` of a finding that is closed; Close came with 1.1.0. */
  readonly closeActivity: { readonly id: number; readonly name: string };
}

export const VERSION_TRAITS: Readonly<Record<OcsfVersion, VersionTraits>> = {
  '1.1.0': { maxStringChars: 65_535, closeActivity: { id: 3, name: 'Close' } },
};
