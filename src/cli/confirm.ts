import { createInterface } from 'node:readline/promises';

/** Asks a question at the terminal; true for yes. Ctrl-C and Ctrl-D, which readline reports as errors, mean no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} (yes/no) `)).trim());
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
