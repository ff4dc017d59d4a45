import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { useServices } from '../api/console-services.ts';
import type { LiveState } from '../live/live-updates.ts';
import { useLiveState } from '../live/use-live.ts';
import { useReach } from '../live/use-reach.ts';
import { Icon } from './icon.tsx';
import { useShortcut } from './shortcuts.tsx';

const WORDS: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Every 5 s',
  paused: 'Paused',
  hidden: 'Live',
};

/** Whether the page follows what happens; pausing keeps what is read from moving away. */
export function LiveSwitch(): ReactNode {
  const { live } = useServices();
  const state = useLiveState();
  const { isLost } = useReach();
  const paused = state === 'paused';
  const isOffline = isLost && !paused;
  const words = isOffline ? 'No answer' : WORDS[state];
  useShortcut('p', 'Pause or resume live updates', () => live.setPaused(!paused));
  return (
    <ToggleButton
      className={`button quiet live ${isOffline ? 'offline' : state}`}
      isSelected={!paused}
      onChange={(on) => live.setPaused(!on)}
      aria-label={`Live updates: ${words}`}
    >
      <Icon name={paused ? 'play' : 'pause'} />
      {words}
    </ToggleButton>
  );
}
