import { userInfo } from 'node:os';

/** Who acts on the command line, straight on a store: the user of the machine, as its operating system says it. */
export function cliActor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    // A user id without a name, as in a container: https://nodejs.org/api/os.html#osuserinfooptions
    return `cli:uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
