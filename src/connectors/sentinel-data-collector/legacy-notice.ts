/** How far this connector can be relied on: it works as long as Microsoft keeps the API running. */
export const SENTINEL_DATA_COLLECTOR_STABILITY = 'legacy';

/** When Microsoft ended its support of the API. */
const SUPPORT_ENDED = '2026-09-14';

/** For pages, commands and answers that show such a destination. */
export const LEGACY_NOTICE = `The HTTP Data Collector API is legacy: Microsoft ended its support on ${SUPPORT_ENDED} and may switch it off at any time. Move the destination to sentinel_logs_ingestion (content/sentinel/README.md).`;

/** Added to what an operator reads when the API stops answering as it used to. */
export const MAYBE_SWITCHED_OFF = `Microsoft's support of this API ended on ${SUPPORT_ENDED}: it may have been switched off. Events are kept; if it is gone, make a destination of type sentinel_logs_ingestion in its place (content/sentinel/README.md).`;
