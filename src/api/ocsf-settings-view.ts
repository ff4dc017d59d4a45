import type { OcsfSettings } from '../ocsf/ocsf-event.ts';

/** How the API shows the class and version that a destination gets. */
export function ocsfView({ classUid, version }: OcsfSettings): { class_uid: number; version: string } {
  return { class_uid: classUid, version };
}
