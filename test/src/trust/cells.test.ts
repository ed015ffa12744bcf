import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../../src/checkvalve.config';
import { cellsOf, otherCellsOf } from '../../../src/config/cells';
import { readConfig } from '../../../src/config/read-config';
import { synthesize } from '../../../src/rehearsal/host/synthesize';
import type { ActionCatalog } from '../../../src/trust/proof/action-catalog';
import { readActionCatalog } from '../../../src/trust/proof/action-catalog';
import { EvaluationCache } from '../../../src/trust/proof/proof-line';
import { prove } from '../../../src/trust/proof/prove';
import { type ChangeableTemplates, landingZone, statements } from '../../support/landing-zone';
import { templatesOf } from '../../support/synthesized';
import { NORTH, SOUTH, TWO_CELLS, TWO_CELLS_FILE } from '../../support/two-cells';

const [north] = cellsOf(TWO_CELLS);
const memory = new EvaluationCache();
let texts: ReturnType<typeof templatesOf>;
let catalog: ActionCatalog;

beforeAll(async () => {
  texts = templatesOf(TWO_CELLS, 'north');
  catalog = await readActionCatalog();
}, 120_000);

const proven = (change?: (templates: ChangeableTemplates) => void) => {
  const places = { vault: NORTH, cell: 'north', otherCells: otherCellsOf(TWO_CELLS, north) };
  return prove(landingZone(texts, change, places), catalog, [], memory);
};

/** What the vault of the other cell is allowed. */
const ofSouth = ({ allows }: ReturnType<typeof proven>) =>
  allows.filter(({ principal }) => principal.includes(SOUTH)).map(({ action, promise }) => `${promise} ${action}`);

test('the vault of one cell reaches nothing of another, and each has what its flow needs', () => {
  const proof = proven();
  expect(proof.allows).toEqual([]);
  expect(proof.missing).toEqual([]);
  expect(proof.ok).toBe(true);
});

test('a second vault beside one that was alone: the first keeps its names, and the proof holds for both', () => {
  const { vault, ...shared } = config;
  const [, added] = TWO_CELLS_FILE.vaults ?? [];
  if (!added) throw new Error('the example has no second cell');
  const grown = readConfig({ ...shared, vaults: [{ name: 'main', ...vault }, added] });
  for (const one of cellsOf(grown)) {
    const { name, vaultAccount } = one.cell;
    const places = { vault: vaultAccount, cell: name, otherCells: otherCellsOf(grown, one) };
    const { allows, missing } = prove(landingZone(templatesOf(grown, name), undefined, places), catalog);
    expect([name, allows, missing]).toEqual([name, [], []]);
  }
}, 120_000);

const south = (text: string) => text.replaceAll(NORTH, SOUTH);

test.each<[what: string, plant: (templates: ChangeableTemplates) => void, found: readonly string[]]>([
  [
    'a source that the other vault may read',
    ({ source }) => {
      const trust = statements.trust(source, 'SnapshotAccess');
      trust.push(JSON.parse(south(JSON.stringify(trust[0]))));
    },
    ['T5 sts:AssumeRole'],
  ],
  [
    'a registry that the other vault may read through the role of this one',
    ({ management }) => {
      const trust = statements.trust(management, 'RegistryAccessnorth');
      trust.push(JSON.parse(south(JSON.stringify(trust[0]))));
    },
    ['T5 sts:AssumeRole'],
  ],
  [
    'an export key that the other vault may use',
    ({ source }) => {
      const key = statements.key(source, 'ExportKey');
      for (const statement of key.filter((one) => JSON.stringify(one).includes(NORTH)))
        key.push(JSON.parse(south(JSON.stringify(statement))));
    },
    ['T4 kms:Decrypt'],
  ],
  [
    'an import key that the other vault may use',
    ({ vault }) => {
      statements.key(vault, 'ImportKey').push({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${SOUTH}:root` },
        Action: 'kms:Decrypt',
        Resource: '*',
      });
    },
    ['T4 kms:Decrypt'],
  ],
])('%s is found', (_, plant, found) => {
  expect(ofSouth(proven(plant))).toEqual(expect.arrayContaining([...found]));
});

test('no two stacks have a name in common, and each StackSet has its own template', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-cells-'));
  try {
    const names = synthesize(TWO_CELLS, outdir).stacks.map(({ stackName }) => stackName);
    expect([...names].sort()).toEqual([
      'Management',
      'Tooling-north',
      'Tooling-south',
      'Vault-north-eu-central-1',
      'Vault-south-eu-central-1',
    ]);
    const assets = ['north', 'south'].map((cell) => readFileSync(join(outdir, `Tooling-${cell}.assets.json`), 'utf8'));
    expect(new Set(assets).size).toBe(2);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
