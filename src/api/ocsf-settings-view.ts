import type { OcsfSettings } from '../ocsf/ocsf-event.ts';

/** How the API shows the class and version that a destination gets, and whether they are held against the schema. */
export function ocsfView({ classUid, version, validate }: OcsfSettings): {
  class_uid: number;
  version: string;
  validate: boolean;
} {
  return { class_uid: classUid, version, validate: validate === true };
}
