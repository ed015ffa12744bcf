import type { Assumption, Certainty } from './assumption';
import { ASSUMPTIONS, CHAPTERS } from './assumptions';

const MEANING: Readonly<Record<Certainty, string>> = {
  unknown: 'no page and no public report says it',
  inferred: 'it follows from what is documented',
  seen: 'a public report shows it',
  documented: 'a page of AWS says it',
};

const linked = (source: string): string => source.replace(/https:\/\/[^\s,)]+/g, (url) => `<${url}>`);

function entry(row: Assumption): string {
  const { id, statement, certainty, source, reliedOnIn, ifWrong, harmlessBy, probe, stricterInEmulator } = row;
  return [
    `### ${id}`,
    `**${statement}**`,
    [
      `- Certainty: ${certainty}${source ? `; ${linked(source)}` : ''}`,
      `- Relied on in: ${reliedOnIn.map((file) => `\`${file}\``).join(', ') || 'nothing'}`,
      `- If it is wrong: ${ifWrong}`,
      `- Made harmless by: ${harmlessBy}`,
      'id' in probe ? `- Probe: \`${probe.id}\`` : `- No probe: ${probe.none}`,
      ...(stricterInEmulator ? [`- Stricter in the emulator: ${stricterInEmulator.behavior}`] : []),
    ].join('\n'),
  ].join('\n\n');
}

const count = (certainty: Certainty): number => ASSUMPTIONS.filter((one) => one.certainty === certainty).length;

/** The ledger of assumptions as a page. */
export const assumptionsDocument = (): string =>
  `${[
    '# What Checkvalve assumes of AWS',
    'Written by `npx checkvalve probe assumptions`, from the tables in `src/assumptions`: change those, not this page.',
    'Nothing of Checkvalve was ever run in AWS. What its code relies on and its tests cannot prove is listed here: how ' +
      'certain it is, what happens if it is wrong, and what keeps that from doing harm. A probe is a small program that asks AWS; ' +
      '`npx checkvalve probe` runs all of them in two sandbox accounts, and `npx checkvalve probe --rehearsal` in the emulator, ' +
      'which is set for that to be as assumed; where it is stricter by default, the row says so.',
    [
      '| certainty | means | rows |',
      '| --- | --- | --- |',
      ...Object.entries(MEANING).map(
        ([certainty, means]) => `| ${certainty} | ${means} | ${count(certainty as Certainty)} |`,
      ),
    ].join('\n'),
    ...Object.entries(CHAPTERS).flatMap(([title, rows]) => [`## ${title}`, ...rows.map(entry)]),
  ].join('\n\n')}\n`;
