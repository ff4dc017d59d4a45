/** Requests in flight: the default of our lanes, given to the peers too. */
export const IN_FLIGHT = 4;
