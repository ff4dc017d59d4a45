/** Without a touch of mouse, pen or keyboard for so long, what the page asks is its own doing. */
const RECENT_MS = 60_000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Said of a request that no person stands behind: it does not keep the session from ending for want of use. */
export const UNATTENDED_HEADER = { 'x-aegis-unattended': '1' } as const;

/**
 * Whether somebody sits before the page. A page that is left open reads again whenever something changes, for days; without this
 * its session would never be idle.
 */
export class PersonAtWork {
  readonly #nowMs: () => number;
  #lastMs: number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    // Opening the page was an act.
    this.#lastMs = nowMs();
  }

  /** Listens on `target` for as long as the page lives. */
  watch(target: Pick<EventTarget, 'addEventListener'>): void {
    const touched = (): void => {
      this.#lastMs = this.#nowMs();
    };
    for (const touch of TOUCHES) target.addEventListener(touch, touched, { capture: true, passive: true });
  }

  get isThere(): boolean {
    return this.#nowMs() - this.#lastMs <= RECENT_MS;
  }
}
