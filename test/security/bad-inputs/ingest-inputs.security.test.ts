/** Bad inputs B001 to B044, at the real service on both stores. */
import { INGEST_INPUTS } from './ingest-inputs.ts';
import { runBadInputs } from './run-bad-inputs.ts';

runBadInputs('what is recorded', INGEST_INPUTS);
