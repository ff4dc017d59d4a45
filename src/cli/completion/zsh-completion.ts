import type { CompletionPlace } from './completion-words.ts';

/** A script for zsh: loaded from a folder of `fpath` as `_aegis-siem`, or sourced after `compinit`. */
export function zshCompletion(places: readonly CompletionPlace[]): string {
  const offered = places
    .map(({ words, next, options }) => {
      const lines = [
        ...next.map(({ word, summary }) => described(word, summary)),
        ...options.map(({ flag, summary }) => described(flag, summary)),
      ];
      return `    ${quoted(words)}) reply=(\n${lines.map((line) => `      ${line}`).join('\n')}\n    ) ;;`;
    })
    .join('\n');
  const options = places.flatMap((place) => place.options);
  const valued = [...new Set(options.filter(({ takesValue }) => takesValue).map(({ flag }) => flag))];
  const files = [...new Set(options.filter(({ takesFile }) => takesFile).map(({ flag }) => flag))];
  return `#compdef aegis-siem
# zsh completion for aegis-siem. Load it with:  source <(aegis-siem completion zsh)
_aegis_siem_words() {
  case "$1" in
${offered}
    *) return 1 ;;
  esac
}
_aegis_siem() {
  local place="" skip="" word index
  local -a reply
  case "\${words[CURRENT-1]}" in
    ${files.join('|')}) _files; return ;;
    ${valued.join('|')}) return ;;
  esac
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    if [[ -n $skip ]]; then skip=""; continue; fi
    case "$word" in
      ${valued.join('|')}) skip=1; continue ;;
      -*) continue ;;
    esac
    if _aegis_siem_words "\${place:+$place }$word"; then place="\${place:+$place }$word"; fi
  done
  _aegis_siem_words "$place"
  _describe -t commands 'aegis-siem' reply || _files
}
if [[ "\${funcstack[1]}" == _aegis-siem ]]; then _aegis_siem "$@"; elif (( $+functions[compdef] )); then compdef _aegis_siem aegis-siem; fi
`;
}

function described(word: string, summary: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${summary.replaceAll(':', '\\:')}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
