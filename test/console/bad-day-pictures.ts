import type { Page } from 'playwright-core';
import type { BadDayWorld } from './bad-day-world.ts';

/** A page on a bad day, and what an operator has to be able to read there: what is wrong, what it costs, what to do next. */
export interface BadDayPicture {
  readonly name: string;
  readonly at: string;
  readonly says: readonly (string | RegExp)[];
  /** What must not stand there. */
  readonly hides?: readonly string[];
  /** Default: the administrator. */
  readonly as?: 'viewer';
  /** Breaks what the page is made of. */
  readonly spoil?: (page: Page) => Promise<unknown>;
  /** Faults of the browser's console that the breaking makes. */
  readonly expected?: RegExp;
}

/** What a decision says, in the generated records. */
const DECISIONS = ['agent-7', 'invoice-bot', 'salesforce', 'payments.'] as const;
const NOWHERE = '0193476d-0000-7000-8000-000000000000';
/** The pages of errors are looked at one after the other, and a browser tells of a failed request when it likes. */
const ERRORS = /status of 404|TypeError|Cannot read|Failed to fetch dynamically|Failed to load module/;

export function badDayPictures({ held, failing, attestationId }: BadDayWorld): readonly BadDayPicture[] {
  return [
    {
      name: 'bad-overview',
      at: '/',
      says: [
        /Needs you\. Look at Splunk archive and Splunk security\. 50 deliveries wait; none is lost\./,
        /Everything delivered until/,
        /Held \(invalid_token\): 25 events wait, none is lost\./,
        /The SIEM fails or does not answer \(\w+\): 25 events wait, none is lost\./,
        'Runbook: token expired',
        'Runbook: SIEM down',
      ],
    },
    {
      name: 'held-destination',
      at: `/destinations/${held}`,
      says: [/Held \(invalid_token\): 25 events wait, none is lost\./, /token/i, 'Runbook: token expired'],
    },
    {
      name: 'held-attempts',
      at: `/destinations/${held}/attempts`,
      says: ['Invalid token', 'configuration', /from number \d/],
    },
    {
      name: 'failing-destination',
      at: `/destinations/${failing}`,
      says: [
        /25 events wait, none is lost\./,
        'Delivery tries again by itself.',
        'Runbook: SIEM down',
        /next try/,
      ],
    },
    {
      name: 'failing-attempts',
      at: `/destinations/${failing}/attempts`,
      says: [/no reply/, /ECONNREFUSED|refused/],
    },
    {
      name: 'replay-running',
      at: '/replays',
      says: ['Running', /\d+ of 400 finished/, /done in \d/, 'the index was deleted by mistake', 'Cancel…'],
    },
    {
      name: 'viewer-overview',
      at: '/',
      as: 'viewer',
      says: [/Needs you\./, /\(unreachable\): 25 events wait, none is lost\./, /Held \(invalid_token\)/],
      hides: DECISIONS,
    },
    {
      name: 'viewer-destination',
      at: `/destinations/${held}`,
      as: 'viewer',
      says: [/Held/, 'Runbook: token expired'],
      hides: [...DECISIONS, 'Preview', 'Delete…'],
    },
    {
      name: 'viewer-attempts',
      at: `/destinations/${failing}/attempts`,
      as: 'viewer',
      says: [
        'The SIEM refused no send lately',
        'Sends that got no reply at all are shown only to the operator',
      ],
      hides: [...DECISIONS, 'No send failed lately', 'ECONNREFUSED', '127.0.0.1'],
    },
    { name: 'viewer-deliveries', at: '/deliveries', as: 'viewer', says: ['Delivered'], hides: DECISIONS },
    {
      name: 'viewer-event',
      at: `/events/${attestationId}`,
      as: 'viewer',
      says: ['What was decided is hidden', 'payloads:read', 'Delivered'],
      hides: DECISIONS,
    },
    {
      name: 'viewer-replays',
      at: '/replays',
      as: 'viewer',
      says: ['Running'],
      hides: [...DECISIONS, 'Cancel…', 'New replay…'],
    },
    { name: 'viewer-keys', at: '/keys', as: 'viewer', says: ['Nothing here for you', 'audit:read'] },
    {
      name: 'error-no-page',
      at: '/deliveriez',
      says: ['Nothing here', 'There is no page at this address.', 'Go to the overview'],
      expected: ERRORS,
    },
    {
      name: 'error-no-destination',
      at: `/destinations/${NOWHERE}`,
      says: ['No such destination', NOWHERE, 'The overview'],
      expected: ERRORS,
    },
    {
      name: 'error-no-event',
      at: `/events/${NOWHERE}`,
      says: ['No such attestation', NOWHERE, 'metadata.uid'],
      expected: ERRORS,
    },
    {
      name: 'error-no-runbook',
      at: '/runbooks/nothing',
      says: ['There is no page at this address.'],
      expected: ERRORS,
    },
    {
      name: 'error-page-failed',
      at: '/replays',
      says: ['This page failed', 'delivery goes on', 'Load the page again'],
      // An answer that is not as the API's schema has it: what comes of a fault of our own.
      spoil: (page) =>
        page.route('**/v1/siem/replays*', (route) =>
          route.fulfill({ json: { items: [null], next_cursor: null } }),
        ),
      expected: ERRORS,
    },
    {
      name: 'error-page-not-there',
      at: '/audit',
      says: ['This page did not come', 'Load the page again'],
      // As after an upgrade of the service, while the tab was open.
      spoil: (page) => page.route('**/assets/audit-page-*.js', (route) => route.fulfill({ status: 404 })),
      expected: ERRORS,
    },
  ];
}
