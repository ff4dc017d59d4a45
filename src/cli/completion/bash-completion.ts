import type { CompletionPlace } from './completion-words.ts';

/**
 * A script for bash (3.2 or later, as macOS has it: no associative arrays). The words before the cursor are reduced to the
 * command, options and their values left aside; then the words of that place are offered.
 */
export function bashCompletion(places: readonly CompletionPlace[]): string {
  const words = places
    .map(({ words: place, next, options }) => {
      const offered = [...next.map(({ word }) => word), ...options.map(({ flag }) => flag)];
      return `    ${JSON.stringify(place)}) printf '%s' ${JSON.stringify(offered.join(' '))} ;;`;
    })
    .join('\n');
  const valued = flagsOf(places, ({ takesValue }) => takesValue);
  const files = flagsOf(places, ({ takesFile }) => takesFile);
  return `# bash completion for aegis-siem. Load it with:  source <(aegis-siem completion bash)
_aegis_siem_words() {
  case "$1" in
${words}
    *) return 1 ;;
  esac
}
_aegis_siem() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} place="" skip="" word index
  COMPREPLY=()
  case "$previous" in
    ${files}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${valued}) return ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [ -n "$skip" ]; then skip=""; continue; fi
    case "$word" in
      ${valued}) skip=1; continue ;;
      -*) continue ;;
    esac
    if _aegis_siem_words "\${place:+$place }$word" > /dev/null; then place="\${place:+$place }$word"; fi
  done
  COMPREPLY=($(compgen -W "$(_aegis_siem_words "$place")" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ] && [ -n "$place" ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _aegis_siem aegis-siem
`;
}

function flagsOf(
  places: readonly CompletionPlace[],
  wanted: (option: CompletionPlace['options'][number]) => boolean,
): string {
  const flags = places.flatMap(({ options }) => options.filter(wanted).map(({ flag }) => flag));
  return [...new Set(flags)].join('|');
}
