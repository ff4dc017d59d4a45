/** Bad inputs B045 to B069 and B113, at the real service on both stores. */
import { DESTINATION_INPUTS } from './destination-inputs.ts';
import { runBadInputs } from './run-bad-inputs.ts';

runBadInputs('settings of destinations', DESTINATION_INPUTS);
