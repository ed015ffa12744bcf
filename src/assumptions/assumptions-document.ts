import type { Assumption, Certainty } from './assumption';
import { ASSUMPTIONS, CHAPTERS } from './assumptions';

const MEANING: Readonly<Record<Certainty, string>> = {
  unknown: 'no page and no public report states it',
  inferred: 'it follows from documentation',
  observed: 'a public report shows it',
  documented: 'a page of AWS states it',
};

const linked = (source: string): string => source.replace(/https:\/\/[^\s,)]+/g, (url) => `<${url}>`);

function entry(row: Assumption): string {
  const { id, statement, certainty, source, reliedOnIn, ifWrong, mitigation, probe, stricterInEmulator } = row;
  return [
    `### ${id}`,
    `**${statement}**`,
    [
      `- Certainty: ${certainty}${source ? `; ${linked(source)}` : ''}`,
      `- Relied on in: ${reliedOnIn.map((file) => `\`${file}\``).join(', ') || 'no file'}`,
      `- If it is wrong: ${ifWrong}`,
      `- Mitigation: ${mitigation}`,
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
    'Written by `npx checkvalve probe assumptions` from the tables in `src/assumptions`: change those, not this page.',
    'Checkvalve has never run in AWS. This page lists what its code relies on and its tests cannot prove: how certain each ' +
      'statement is, the effect if it is wrong, and the mitigation. A probe is a small program that tests a statement on AWS: ' +
      '`npx checkvalve probe` runs all of them in two sandbox accounts, and `npx checkvalve probe --rehearsal` in the emulator, ' +
      'with the switches set to the assumed behavior. A row names where the emulator is stricter by default.',
    [
      '| certainty | means | rows |',
      '| --- | --- | --- |',
      ...Object.entries(MEANING).map(
        ([certainty, means]) => `| ${certainty} | ${means} | ${count(certainty as Certainty)} |`,
      ),
    ].join('\n'),
    ...Object.entries(CHAPTERS).flatMap(([title, rows]) => [`## ${title}`, ...rows.map(entry)]),
  ].join('\n\n')}\n`;
