import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run test:all` takes everything; `npm test` a sample of what is large. */
export const TAKES_ALL = process.env.CHECKVALVE_TESTS === 'all';

const today = Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''));
/** What a sample is picked by: the day, or CHECKVALVE_SEED to repeat another day's. */
export const SEED = Number(process.env.CHECKVALVE_SEED ?? today);

/** The cases that failed before, by sample: those of the list in the repository, and those that failed in this folder. */
const WRITTEN_DOWN = 'test/failed-before.json';
const IN_THIS_FOLDER = '.checkvalve';

type Ids = readonly string[];
const read = (file: string): Ids => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ids) : []);
const failuresFile = (what: string) => join(IN_THIS_FOLDER, `failed ${what.replace(/\W+/g, ' ')}.json`);

function failedBefore(what: string): ReadonlySet<string> {
  const written = JSON.parse(readFileSync(WRITTEN_DOWN, 'utf8')) as Readonly<Record<string, Ids>>;
  return new Set([...(written[what] ?? []), ...read(failuresFile(what))]);
}

/** Notes that one of a sample failed: from now on every sample of this folder has it. */
export function rememberFailed(what: string, ids: Ids): void {
  if (ids.length === 0) return;
  mkdirSync(IN_THIS_FOLDER, { recursive: true });
  writeFileSync(failuresFile(what), JSON.stringify([...new Set([...read(failuresFile(what)), ...ids])], undefined, 2));
}

/** The rank of a case in the order of a seed. */
const rank = (seed: number, what: string, id: string): string =>
  createHash('sha256').update(`${seed} ${what} ${id}`).digest('hex');

/** Pure: so many as a seed picks, and those that failed before; in their order. */
export function pick(
  what: string,
  ids: Ids,
  size: number,
  seed: number,
  failed: ReadonlySet<string>,
): ReadonlySet<string> {
  const chosen = [...new Set(ids)].sort((a, b) => (rank(seed, what, a) < rank(seed, what, b) ? -1 : 1)).slice(0, size);
  return new Set([...chosen, ...ids.filter((id) => failed.has(id))]);
}

/** All, or a sample of `size` and whatever of them failed before. Says so, unless it is one of many of its kind. */
export function sampleOf<One>(
  what: string,
  all: readonly One[],
  size: number,
  idOf: (one: One) => string = String,
  says = true,
): readonly One[] {
  if (TAKES_ALL) return all;
  const picked = pick(what, all.map(idOf), size, SEED, failedBefore(what));
  const sample = all.filter((one) => picked.has(idOf(one)));
  const repeat = `CHECKVALVE_SEED=${SEED} npm test picks them again, npm run test:all takes all`;
  if (says) process.stdout.write(`${what}: ${sample.length} of ${all.length}; ${repeat}\n`);
  return sample;
}

/** A test that says something of everything, and not of a sample: it is there with `npm run test:all` alone. */
export function testOfAll(name: string, body: () => unknown): void {
  if (TAKES_ALL) test(name, async () => void (await body()));
}

/** A test for each of all, or of a sample of them; `%s` in its name is the one's id. */
export function testEach<One>(
  what: string,
  all: readonly One[],
  size: number,
  idOf: (one: One) => string,
  name: string,
  body: (one: One) => unknown,
): void {
  for (const one of sampleOf(what, all, size, idOf)) {
    test(
      name.replace('%s', () => idOf(one)),
      () => remembering(what, idOf(one), () => body(one)),
    );
  }
}

/** As `test.each(rows)`, for a sample of the rows. */
export const testSample =
  <Row>(what: string, rows: readonly Row[], size: number) =>
  (name: string, body: (...row: Row extends readonly unknown[] ? Row : [Row]) => unknown): void => {
    const idOf = (row: Row) => JSON.stringify(row);
    for (const row of sampleOf(what, rows, size, idOf)) {
      const given = (Array.isArray(row) ? row : [row]) as Row extends readonly unknown[] ? Row : [Row];
      test.each([row])(name, () => remembering(what, idOf(row), () => body(...given)));
    }
  };

/**
 * A test that plays for seconds: `npm test` has it every other day or so, by the day's seed and its name, and always once it
 * has failed. The names of those left out are printed.
 */
export function testByDay(name: string, body: () => unknown, timeoutMs?: number): void {
  const what = 'long tests';
  const isOfToday = TAKES_ALL || Number.parseInt(rank(SEED, what, name).slice(0, 8), 16) % 2 === 0;
  if (isOfToday || failedBefore(what).has(name)) test(name, () => remembering(what, name, body), timeoutMs);
  else process.stdout.write(`not of seed ${SEED}: ${name}\n`);
}

/** Runs the test of one of a sample, and remembers it when it fails. */
export async function remembering(what: string, id: string, body: () => unknown): Promise<void> {
  try {
    await body();
  } catch (error) {
    rememberFailed(what, [id]);
    throw error;
  }
}
