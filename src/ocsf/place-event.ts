import type { OcsfEvent, OcsfSettings, StreamPlace, WireEvent } from './ocsf-event.ts';
import { withFingerprint } from './record-integrity.ts';
import { stamp } from './stamp.ts';
import { toWireEvent } from './wire-event.ts';

/** An event at its place in a stream, as a destination with these settings gets it: stamped, fingerprinted if asked, written. */
export function placeEvent(
  event: OcsfEvent,
  place: StreamPlace,
  { recordIntegrity }: Pick<OcsfSettings, 'recordIntegrity'>,
): WireEvent {
  const stamped = stamp(event, place);
  return toWireEvent(recordIntegrity === true ? withFingerprint(stamped, place) : stamped);
}
