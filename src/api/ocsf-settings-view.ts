import type { OcsfSettings } from '../ocsf/ocsf-event.ts';

/** How the API shows the class and version that a destination gets, whether they are held against the schema and fingerprinted. */
export function ocsfView({ classUid, version, validate, recordIntegrity }: OcsfSettings): {
  class_uid: number;
  version: string;
  validate: boolean;
  record_integrity: boolean;
} {
  return {
    class_uid: classUid,
    version,
    validate: validate === true,
    record_integrity: recordIntegrity === true,
  };
}
