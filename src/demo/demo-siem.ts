import type { JsonObject } from '../json.ts';

/** One SIEM of the demo, and its destination. */
export interface DemoSiem {
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** Body of `POST /v1/siem/destinations`. */
  readonly destination: JsonObject;
  /** Every event that it took, duplicates and all; absent for a real one, which is not asked what it has. */
  readonly events?: () => readonly JsonObject[];
  /** Refuses everything until `setDown(false)`; absent for a real one. */
  readonly setDown?: (down: boolean) => void;
}

export interface DemoSiems extends AsyncDisposable {
  readonly all: readonly DemoSiem[];
  /** The one that goes down and comes back. */
  readonly unsteady: DemoSiem & { readonly setDown: (down: boolean) => void };
  /** Addresses that the operator of the demo allows, as `AEGIS_SIEM_EGRESS_ALLOW`. */
  readonly egressAllow: string;
}

export const DEMO_WORKSPACE = 'ws-demo';
