import type { PageQuery } from '../admin-store.ts';
import type { DeliveryFilter, DeliveryLook, DeliveryPage, SentPlace } from '../delivery-look.ts';
import { listDeliveries } from '../list-deliveries.ts';
import type { SqliteConnection } from './connection.ts';
import { deliveryWalk } from './delivery-walk.ts';
import { readPlaces } from './sent-places.ts';

/** Each step of a walk is one look of its own: recording on this thread gets its turn in between. */
export class SqliteDeliveryLook implements DeliveryLook {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  listDeliveries(filter: DeliveryFilter, page: PageQuery): Promise<DeliveryPage> {
    return listDeliveries(deliveryWalk(this.#connection, filter), filter, page);
  }

  async readPlaces(attestationId: string): Promise<readonly SentPlace[]> {
    return this.#connection.read((statements) => readPlaces(statements, attestationId));
  }
}
