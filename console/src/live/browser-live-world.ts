import type { LiveSource, LiveWorld } from './live-updates.ts';

/** Events of the stream; a page that is told another one does not need it. */
const EVENTS = ['overview', 'destination', 'summary', 'removed'] as const;

/** The browser's own event source, visibility and timers. */
export function browserLiveWorld(): LiveWorld {
  return {
    open: (url) => sourceOf(new EventSource(url)),
    isHidden: () => document.visibilityState === 'hidden',
    onVisibility: (listener) => document.addEventListener('visibilitychange', listener),
    every: (ms, act) => {
      const timer = setInterval(act, ms);
      return () => clearInterval(timer);
    },
  };
}

function sourceOf(events: EventSource): LiveSource {
  return {
    on: (event, listener) => events.addEventListener(event, listener),
    onMessage: (listener) => {
      for (const event of EVENTS) {
        events.addEventListener(event, ({ data }) => {
          if (typeof data === 'string') listener({ event, data });
        });
      }
    },
    close: () => events.close(),
  };
}
