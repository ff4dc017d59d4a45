import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiClient } from './api/api-client.ts';
import { PersonAtWork } from './api/person-at-work.ts';
import { ConsoleServicesContext } from './api/console-services.ts';
import { ResourceCache } from './api/resource-cache.ts';
import { ServiceReach } from './api/service-reach.ts';
import { App } from './app.tsx';
import { NowProvider } from './elements/now.tsx';
import { browserLiveWorld } from './live/browser-live-world.ts';
import { LiveUpdates } from './live/live-updates.ts';
import { followOverview } from './overview/overview-feed.ts';
import { firstReads } from './routes/first-reads.ts';
import { loadAllPageCodes, PAGE_CODES, pageNameAt } from './routes/page-codes.ts';
import { askSession } from './session/ask-session.ts';
import { SessionGate } from './session/session-gate.tsx';
import { wasSignedIn } from './session/sign-in-mark.ts';
import { ShortcutProvider } from './shell/shortcuts.tsx';
import { applyTheme, readTheme } from './shell/theme.ts';
import { allowOnlyEmptyMarkup } from './shell/trusted-markup.ts';

allowOnlyEmptyMarkup(globalThis);
applyTheme(readTheme(localStorage), document.documentElement, localStorage);

/** The first page comes first; the code of the others is small, and needed when a person has read it. */
const OTHER_PAGES_AFTER_MS = 3_000;

const clock = (): number => Date.now();
const signedOutSignal = new EventTarget();
const person = new PersonAtWork();
person.watch(window);
const reach = new ServiceReach(clock);
const client = new ApiClient({
  onSignedOut: () => void signedOutSignal.dispatchEvent(new Event('signed_out')),
  isPersonThere: () => person.isThere,
  reach,
});
const services = {
  client,
  resources: new ResourceCache(client, clock),
  live: new LiveUpdates(browserLiveWorld()),
  reach,
};

// Session, code and data of the page at this address are asked for at once, not one after the other; data only where somebody
// was signed in, since anybody else would be refused it.
const firstSession = askSession(client);
const pageName = pageNameAt(location.pathname);
if (pageName !== undefined) void PAGE_CODES[pageName].load();
if (wasSignedIn(localStorage)) {
  for (const path of firstReads(location, clock())) services.resources.warm(path);
}
setTimeout(() => void loadAllPageCodes(), OTHER_PAGES_AFTER_MS);

followOverview(services.live, services.resources);

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <ConsoleServicesContext value={services}>
      <NowProvider clock={clock}>
        <ShortcutProvider>
          <SessionGate firstSession={firstSession} signedOutSignal={signedOutSignal}>
            <App />
          </SessionGate>
        </ShortcutProvider>
      </NowProvider>
    </ConsoleServicesContext>
  </StrictMode>,
);
