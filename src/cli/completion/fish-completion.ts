import type { CompletionPlace } from './completion-words.ts';

/** A script for fish, for `~/.config/fish/completions/aegis-siem.fish`. */
export function fishCompletion(places: readonly CompletionPlace[]): string {
  const valued = new Set(
    places.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue).map(({ flag }) => flag)),
  );
  const known = places.map(({ words }) => words).filter((words) => words !== '');
  const lines = places.flatMap(({ words, next, options }) => {
    const here = `-n ${quoted(`test (__aegis_siem_place) = ${quoted(words)}`)}`;
    return [
      ...next.map(
        ({ word, summary }) => `complete -c aegis-siem -f ${here} -a ${quoted(word)} -d ${quoted(summary)}`,
      ),
      ...options.map(({ flag, takesValue, takesFile, summary }) => {
        const value = takesFile ? ' -r -F' : takesValue ? ' -x' : '';
        return `complete -c aegis-siem ${here} -l ${flag.slice(2)}${value} -d ${quoted(summary)}`;
      }),
    ];
  });
  return `# fish completion for aegis-siem. Load it with:  aegis-siem completion fish | source
function __aegis_siem_place
  set -l place ''
  set -l skip ''
  for word in (commandline -opc)[2..-1]
    if test -n "$skip"
      set skip ''
      continue
    end
    switch $word
      case ${[...valued].map((flag) => `'${flag}'`).join(' ')}
        set skip 1
        continue
      case '-*'
        continue
    end
    set -l longer (string trim -- "$place $word")
    if contains -- "$longer" ${known.map((words) => `'${words}'`).join(' ')}
      set place $longer
    end
  end
  echo "$place"
end
${lines.join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
