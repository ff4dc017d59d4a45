/** A valid OCSF event that is no attestation: a base event of the smallest kind. */
export function otherEvent(uid: string, more: object = {}): Record<string, unknown> {
  return {
    class_uid: 0,
    category_uid: 0,
    activity_id: 99,
    activity_name: 'Heartbeat',
    type_uid: 99,
    type_name: 'Base Event: Heartbeat',
    severity_id: 1,
    time: Date.UTC(2026, 10, 20),
    metadata: { uid, version: '1.1.0', product: { name: 'Aegis', vendor_name: 'Aegis' } },
    message: 'all is well',
    ...more,
  };
}
