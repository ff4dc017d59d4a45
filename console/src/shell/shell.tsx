import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link, useLocation } from 'wouter';
import { useAction } from '../api/use-action.ts';
import { may, useSession } from '../session/session.ts';
import { HelpDialog } from './help-dialog.tsx';
import { Icon } from './icon.tsx';
import { LiveSwitch } from './live-switch.tsx';
import { Mark } from './mark.tsx';
import { pageOf, PAGES, type PageLink } from './pages.ts';
import { ReachBanner } from './reach-banner.tsx';
import { useShortcut } from './shortcuts.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import './shell.css';

/** What is around every page: where one can go, who is signed in, whether it is live. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { session, signOut } = useSession();
  // Without the service nobody can sign out; that it does not answer is said above the page.
  const { run: leave } = useAction(signOut);
  const [path] = useLocation();
  const [menuOpen, setMenuOpen] = useState(false);
  const pages = PAGES.filter(({ scope }) => may(session, scope));
  const page = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    // A reader's place is the new page, not the link that led there; parts of one page keep it.
    if (pageOf(shown.current) !== pageOf(path)) {
      page.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    shown.current = path;
  }, [path]);
  useShortcut('/', 'Search', focusSearch);
  useShortcut('Escape', 'Leave the search, close the menu', () => {
    setMenuOpen(false);
    if (document.activeElement?.closest('search, [data-search]')) page.current?.focus();
  });
  return (
    <div className="shell">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="side">
        <div className="side-top">
          <Link href="/" className="brand">
            <Mark /> Aegis SIEM
          </Link>
          <Button
            className="button quiet menu-button"
            aria-label="Menu"
            aria-expanded={menuOpen}
            onPress={() => setMenuOpen(!menuOpen)}
          >
            <Icon name={menuOpen ? 'close' : 'menu'} />
          </Button>
        </div>
        <div className={menuOpen ? 'side-rest open' : 'side-rest'}>
          <nav aria-label="Pages">
            {pages.map((page) => (
              <NavigationLink
                key={page.path}
                page={page}
                current={isCurrent(page.path, path)}
                onGo={() => setMenuOpen(false)}
              />
            ))}
          </nav>
          <div className="side-foot">
            <div className="side-tools">
              <LiveSwitch />
              <ThemeSwitch />
              <HelpDialog />
            </div>
            <div className="who">
              <span className="who-name" title={session.name}>
                {session.name}
              </span>
              <span className="who-workspace">{session.workspace_id ?? 'all workspaces'}</span>
              <Button className="button small" onPress={() => void leave()}>
                Sign out
              </Button>
            </div>
          </div>
        </div>
      </header>
      <main id="page" tabIndex={-1} ref={page}>
        <ReachBanner />
        {children}
      </main>
    </div>
  );
}

function NavigationLink({
  page,
  current,
  onGo,
}: {
  page: PageLink;
  current: boolean;
  onGo: () => void;
}): ReactNode {
  const [, go] = useLocation();
  useShortcut(`g ${page.key}`, `Go to ${page.title.toLowerCase()}`, () => go(page.path));
  return (
    <Link href={page.path} onClick={onGo} aria-current={current ? 'page' : undefined}>
      {page.title}
      <kbd aria-hidden="true">g {page.key}</kbd>
    </Link>
  );
}

/** The overview is where destinations are, so theirs is its mark too; an event belongs to the deliveries. */
function isCurrent(page: string, path: string): boolean {
  if (page === '/') return path === '/' || path.startsWith('/destinations');
  if (page === '/deliveries' && path.startsWith('/events/')) return true;
  return path === page || path.startsWith(`${page}/`);
}

/** The page's own search field, which it marks with `data-search`. */
function focusSearch(): void {
  document.querySelector<HTMLInputElement>('input[data-search]')?.focus();
}
