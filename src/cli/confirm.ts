import { createInterface } from 'node:readline/promises';

/** Whether the person at the terminal answers yes. Ctrl-C and Ctrl-D, which readline reports as an error, are no. */
export async function confirm(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} (yes/no) `)).trim());
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    asking.close();
  }
}
