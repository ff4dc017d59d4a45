/** Bad inputs B070 to B106: a destination that misbehaves beside one that is well, at the real service on both stores. */
import { runBadInputs } from './run-bad-inputs.ts';
import { SIEM_INPUTS } from './siem-inputs.ts';

runBadInputs('what a SIEM answers', SIEM_INPUTS);
