/** Both APIs of Microsoft Sentinel on a bad day: nothing may be lost, and only what they refuse may die. */
import { describeMisbehaviours } from './sinks/describe-misbehaviours.ts';
import {
  DATA_COLLECTOR_MISBEHAVIOURS,
  LOGS_INGESTION_MISBEHAVIOURS,
} from './sinks/sentinel-misbehaviours.ts';

describeMisbehaviours('a Logs Ingestion API that misbehaves', LOGS_INGESTION_MISBEHAVIOURS);
describeMisbehaviours('a Data Collector API that misbehaves', DATA_COLLECTOR_MISBEHAVIOURS);
