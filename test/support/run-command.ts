import { spawnSync } from 'node:child_process';

/** Environment variables without AWS settings: those of the machine that runs the tests must not change a result. */
export const WITHOUT_AWS: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
);

/** Runs `checkvalve` as a process. `lines` are those of standard error. */
export function checkvalve(
  args: readonly string[],
  { input = '', env = process.env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string; readonly lines: string[] } {
  const command = [process.execPath, ['src/cli/checkvalve.js', ...args]] as const;
  const { status, stdout, stderr } = spawnSync(...command, { encoding: 'utf8', input, env });
  return { status, stdout, stderr, lines: stderr.trimEnd().split('\n') };
}
