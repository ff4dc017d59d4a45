import { ORDER_SABOTAGES } from './order-sabotages.ts';
import { PAUSE_SABOTAGES } from './pause-sabotages.ts';
import { PLACE_SABOTAGES } from './place-sabotages.ts';
import type { Sabotage } from './sabotage.ts';
import { PROOF_SABOTAGES } from './proof-sabotages.ts';
import { STORE_SABOTAGES } from './store-sabotages.ts';

export const ALL_SABOTAGES: readonly Sabotage[] = [
  ...ORDER_SABOTAGES,
  ...PLACE_SABOTAGES,
  ...STORE_SABOTAGES,
  ...PROOF_SABOTAGES,
  ...PAUSE_SABOTAGES,
];

/** Throws with a sentence for the command line. */
export function sabotageNamed(name: string): Sabotage {
  const found = ALL_SABOTAGES.find((sabotage) => sabotage.name === name);
  if (found !== undefined) return found;
  const names = ALL_SABOTAGES.map((sabotage) => sabotage.name).join(', ');
  throw new RangeError(`There is no sabotage '${name}'; there are: all, ${names}`);
}
