/** Splunk as it is on a bad day: nothing may be lost, and only what it refuses may die. `npm run misbehave` is the long run. */
import { describeMisbehaviours } from './sinks/describe-misbehaviours.ts';
import { SPLUNK_MISBEHAVIOURS } from './sinks/splunk-misbehaviours.ts';

describeMisbehaviours('a HTTP Event Collector that misbehaves', SPLUNK_MISBEHAVIOURS);
