/** The Grafana dashboard as a table of panels; the JSON in content/grafana is made of it. */
export interface DashboardPanel {
  readonly title: string;
  readonly kind: 'stat' | 'timeseries' | 'table';
  readonly unit: string;
  readonly about: string;
  readonly queries: Readonly<Record<string, string>>;
  /** Of 24 columns. */
  readonly width: number;
}

const D = 'destination=~"$destination"';

export const PANELS: readonly DashboardPanel[] = [
  {
    title: 'Behind',
    kind: 'stat',
    unit: 's',
    about: 'Age of the oldest event that any SIEM does not have. 0: every SIEM has everything.',
    queries: { oldest: `max(aegis_siem_outbox_oldest_open_age_seconds{${D}})` },
    width: 4,
  },
  {
    title: 'Waiting',
    kind: 'stat',
    unit: 'short',
    about: 'Events that wait or are on their way.',
    queries: { events: `sum(max by (destination) (aegis_siem_outbox_open_rows{${D}}))` },
    width: 4,
  },
  {
    title: 'Dead letters',
    kind: 'stat',
    unit: 'short',
    about: 'Events that a SIEM refused for good and that wait for a decision.',
    queries: { letters: `sum(max by (destination) (aegis_siem_dead_letters{${D}}))` },
    width: 4,
  },
  {
    title: 'Held or failing',
    kind: 'stat',
    unit: 'short',
    about: 'Destinations that refuse or cannot be reached.',
    queries: {
      destinations: `sum(max by (destination, state) (aegis_siem_destination_health{${D},state=~"held|failing"}))`,
    },
    width: 4,
  },
  {
    title: 'Within 30 seconds',
    kind: 'stat',
    unit: 'percentunit',
    about:
      'Share of the events of the chosen time that a SIEM had taken within 30 seconds. Objective: 99.9 %.',
    queries: {
      share: `sum(rate(aegis_siem_delivery_lag_seconds_bucket{le="30",${D}}[$__range])) / sum(rate(aegis_siem_delivery_lag_seconds_count{${D}}[$__range]))`,
    },
    width: 4,
  },
  {
    title: 'Oldest checkpoint',
    kind: 'stat',
    unit: 's',
    about: 'Age of the last proof of completeness that a SIEM has; above two intervals it is overdue.',
    queries: { age: `max(aegis_siem_checkpoint_age_seconds{${D}})` },
    width: 4,
  },
  {
    title: 'Recorded and delivered',
    kind: 'timeseries',
    unit: 'cps',
    about: 'Decisions recorded over the API, and events that SIEMs took (one for each destination).',
    queries: {
      recorded: 'sum(rate(aegis_siem_records_total{status="recorded"}[$__rate_interval]))',
      delivered: `sum by (destination) (rate(aegis_siem_events_delivered_total{${D}}[$__rate_interval]))`,
      'left out': `sum by (destination) (rate(aegis_siem_events_left_out_total{${D}}[$__rate_interval]))`,
    },
    width: 12,
  },
  {
    title: 'Delay from record to SIEM',
    kind: 'timeseries',
    unit: 's',
    about: 'Of what was delivered; what waits shows in the next panel.',
    queries: {
      p50: `histogram_quantile(0.5, sum by (le) (rate(aegis_siem_delivery_lag_seconds_bucket{${D}}[$__rate_interval])))`,
      p99: `histogram_quantile(0.99, sum by (le) (rate(aegis_siem_delivery_lag_seconds_bucket{${D}}[$__rate_interval])))`,
    },
    width: 12,
  },
  {
    title: 'Age of the oldest event that waits',
    kind: 'timeseries',
    unit: 's',
    about: 'By destination.',
    queries: { age: `max by (name) (aegis_siem_outbox_oldest_open_age_seconds{${D}})` },
    width: 12,
  },
  {
    title: 'Waiting, and how much of the limit',
    kind: 'timeseries',
    unit: 'short',
    about: 'Events, bytes (estimated) and share of a limit in percent, where one is set.',
    queries: {
      events: `max by (name) (aegis_siem_outbox_open_rows{${D}})`,
      bytes: `max by (name) (aegis_siem_outbox_open_bytes{${D}})`,
      percent: `max by (destination, limit) (aegis_siem_backlog_limit_percent{${D}})`,
    },
    width: 12,
  },
  {
    title: 'Requests to SIEMs by outcome',
    kind: 'timeseries',
    unit: 'reqps',
    about: 'delivered and accepted are good; configuration needs a person.',
    queries: {
      attempts: `sum by (outcome) (rate(aegis_siem_delivery_attempts_total{${D}}[$__rate_interval]))`,
    },
    width: 12,
  },
  {
    title: 'Time and size of requests to SIEMs',
    kind: 'timeseries',
    unit: 's',
    about: '99th percentile; the size is of the body before compression.',
    queries: {
      'seconds p99':
        'histogram_quantile(0.99, sum by (le) (rate(aegis_siem_request_duration_seconds_bucket[$__rate_interval])))',
      'bytes p99':
        'histogram_quantile(0.99, sum by (le) (rate(aegis_siem_request_body_bytes_bucket[$__rate_interval])))',
      'waits for': `max by (name) (aegis_siem_destination_wait_seconds{${D}})`,
    },
    width: 12,
  },
  {
    title: 'Not delivered as themselves',
    kind: 'timeseries',
    unit: 'short',
    about: 'Dead letters by reason, tombstones, and events that may stand in a SIEM twice by cause.',
    queries: {
      dead: `sum by (reason) (increase(aegis_siem_events_dead_lettered_total{${D}}[$__rate_interval]))`,
      tombstones: `sum(increase(aegis_siem_events_tombstoned_total{${D}}[$__rate_interval]))`,
      doubles: 'sum by (cause) (increase(aegis_siem_possible_duplicates_total[$__rate_interval]))',
      reconciled: 'sum by (why) (increase(aegis_siem_reconciled_total[$__rate_interval]))',
    },
    width: 12,
  },
  {
    title: 'State, certificates and lanes',
    kind: 'table',
    unit: 'short',
    about: 'Health by destination; seconds until the certificate ends; what lanes did.',
    queries: {
      health: `max by (destination, state) (aegis_siem_destination_health{${D}}) == 1`,
      certificate: `min by (destination) (aegis_siem_certificate_expiry_seconds{${D}})`,
      lanes: 'sum by (event) (increase(aegis_siem_lane_events_total[$__range]))',
    },
    width: 12,
  },
  {
    title: 'API',
    kind: 'timeseries',
    unit: 's',
    about: '99th percentile by route, answers in work, refused requests and records by code.',
    queries: {
      p99: 'histogram_quantile(0.99, sum by (le, route) (rate(aegis_siem_http_request_duration_seconds_bucket[$__rate_interval])))',
      'in work': 'sum(aegis_siem_http_requests_in_flight)',
      problems: 'sum by (code) (rate(aegis_siem_http_problems_total[$__rate_interval]))',
      'records refused': 'sum by (code) (rate(aegis_siem_records_rejected_total[$__rate_interval]))',
    },
    width: 12,
  },
  {
    title: 'Store and process',
    kind: 'timeseries',
    unit: 'short',
    about:
      'Failed calls of the store, the disk of an embedded one, its log, and the delay of the event loop.',
    queries: {
      errors: 'sum by (code) (rate(aegis_siem_store_errors_total[$__rate_interval]))',
      'disk in a day, %': 'max(aegis_siem_store_disk_forecast_percent)',
      'disk free': 'min(aegis_siem_store_free_bytes)',
      'log bytes': 'max(aegis_siem_store_log_bytes)',
      'event loop p99': 'max by (instance) (aegis_siem_event_loop_delay_seconds{quantile="0.99"})',
    },
    width: 12,
  },
];

const PANEL_ROWS = { stat: 4, timeseries: 8, table: 8 } as const;
const COLUMNS = 24;

/** Dashboard JSON of Grafana 10 or later, with its data source and the destinations as variables. */
export function dashboard(panels: readonly DashboardPanel[]): object {
  let column = 0;
  let row = 0;
  const placed = panels.map((panel, index) => {
    const height = PANEL_ROWS[panel.kind];
    if (column + panel.width > COLUMNS) {
      column = 0;
      row += PANEL_ROWS[panels[index - 1]?.kind ?? panel.kind];
    }
    const place = { x: column, y: row, w: panel.width, h: height };
    column += panel.width;
    return panelJson(panel, index + 1, place);
  });
  return {
    title: 'aegis-siem',
    uid: 'aegis-siem',
    description: 'Does every SIEM have everything, and if not, why not.',
    tags: ['aegis-siem'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' },
        {
          name: 'destination',
          type: 'query',
          label: 'Destination',
          datasource: { type: 'prometheus', uid: '${datasource}' },
          query: 'label_values(aegis_siem_destination_state, destination)',
          includeAll: true,
          multi: true,
          allValue: '.*',
          current: { text: 'All', value: '$__all' },
          refresh: 2,
        },
      ],
    },
    panels: placed,
  };
}

function panelJson(panel: DashboardPanel, id: number, gridPos: object): object {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.about,
    gridPos,
    datasource,
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    targets: Object.entries(panel.queries).map(([legend, expr], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat:
        panel.kind === 'stat'
          ? legend
          : `${legend} {{name}}{{destination}} {{outcome}}{{reason}}{{cause}}{{code}}{{route}}{{limit}}{{state}}{{event}}{{why}}`,
      ...(panel.kind === 'table' ? { instant: true, format: 'table' } : {}),
    })),
  };
}
