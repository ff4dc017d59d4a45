import { spawn } from 'node:child_process';

/**
 * Runs a file of this folder in a process of its own, so that CPU and memory are of that run alone, and reads the one line of
 * JSON that it prints. Rejects when the process fails.
 */
export function childRun<Result>(file: string, args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Result);
      else reject(new Error(`${file} ended with ${String(code)}`));
    });
  });
}
