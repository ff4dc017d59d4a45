import type { PageQuery } from '../admin-store.ts';
import type { DeliveryFilter, DeliveryLook, DeliveryPage, SentPlace } from '../delivery-look.ts';
import { listDeliveries } from '../list-deliveries.ts';
import type { Database } from './database.ts';
import { deliveryWalk } from './delivery-walk.ts';
import { readPlaces } from './sent-places.ts';

/** Looks on connections of the administration: recording and delivery do not wait for it. */
export class PostgresDeliveryLook implements DeliveryLook {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  listDeliveries(filter: DeliveryFilter, page: PageQuery): Promise<DeliveryPage> {
    return listDeliveries(deliveryWalk(this.#database, filter), filter, page);
  }

  readPlaces(attestationId: string): Promise<readonly SentPlace[]> {
    return readPlaces(this.#database, attestationId);
  }
}
