import type { LiveSource, LiveWorld } from './live-updates.ts';

/** Events of the stream that mean: read again. */
const CHANGE_EVENTS = ['message', 'change', 'destination', 'counters', 'overview'] as const;

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
    on: (event, listener) => {
      for (const name of event === 'change' ? CHANGE_EVENTS : [event])
        events.addEventListener(name, listener);
    },
    close: () => events.close(),
  };
}
