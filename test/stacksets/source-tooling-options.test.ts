import { config } from '../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { resolveTemplate } from '../../src/trust/templates/resolve-template';
import { templatesOf } from '../support/synthesized';

const regions = ['eu-central-1', 'eu-west-1'];
const configured = (backup: CheckvalveConfig['backup']): CheckvalveConfig => ({ ...config, regions, backup });
interface Whole {
  readonly Resources: Readonly<Record<string, { Type: string; Properties: Readonly<Record<string, unknown>> }>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  readonly Parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const pushed = (of: CheckvalveConfig) => JSON.parse(templatesOf(of).source) as Whole;
const types = ({ Resources }: Whole) => Object.values(Resources).map(({ Type }) => Type);
const at = (template: Whole, region: string, parameters: Record<string, string> = {}) => {
  const { resources, unresolved, variants } = resolveTemplate(template, {
    account: '222200001111',
    region,
    stackName: 'StackSet-source-tooling',
    parameters,
  });
  expect({ unresolved, variants: variants.length }).toEqual({ unresolved: [], variants: 1 });
  return [...resources.values()];
};

const ours = pushed(config);

describe('with your own backup plans', () => {
  const own = pushed(configured({ plans: 'off' }));

  test('there are no plans, selections, backup role or backup vault; all else is the same', () => {
    const gone = types(ours).filter((type) => type.startsWith('AWS::Backup::'));
    expect([...gone].sort()).toEqual(
      ['BackupPlan', 'BackupPlan', 'BackupSelection', 'BackupSelection', 'BackupVault'].map((t) => `AWS::Backup::${t}`),
    );
    expect(types(own).filter((type) => type.startsWith('AWS::Backup::'))).toEqual([]);
    expect(JSON.stringify(ours)).toContain('backup.amazonaws.com');
    expect(JSON.stringify(own)).not.toContain('backup.amazonaws.com');
    const [ids, before] = [Object.keys(own.Resources), Object.keys(ours.Resources)];
    expect(before.filter((id) => !ids.includes(id) && !id.startsWith('Backup'))).toEqual([]);
    expect(ids.filter((id) => !before.includes(id))).toEqual([]);
  });

  test('the outputs have the key id that your own plan must set, and no vault or role', () => {
    expect(Object.keys(own.Outputs).sort()).toEqual(['ExportKeyId', 'ServiceOptIn']);
    expect(Object.keys(ours.Outputs).sort()).toEqual([
      'BackupRoleArn',
      'BackupVaultName',
      'ExportKeyId',
      'ServiceOptIn',
    ]);
    // An export that another stack imports would block the deletion of the stack.
    expect(JSON.stringify([own.Outputs, ours.Outputs])).not.toContain('"Export"');
  });
});

describe('with copies in another Region', () => {
  const copying = pushed(configured({ ...config.backup, crossRegionCopy: { region: 'eu-west-1' } }));
  const rules = (region: string) =>
    at(copying, region)
      .filter(({ type }) => type === 'AWS::Backup::BackupPlan')
      .flatMap(({ properties }) => (properties.BackupPlan as unknown as { BackupPlanRule: object[] }).BackupPlanRule);

  test('every plan copies into the backup vault of that Region with the same retention; the plans there copy nowhere', () => {
    const DestinationBackupVaultArn = 'arn:aws:backup:eu-west-1:222200001111:backup-vault:checkvalve-copies';
    expect(rules('eu-central-1')).toMatchObject(
      [35, 1825].map((DeleteAfterDays) => ({
        Lifecycle: { DeleteAfterDays },
        CopyActions: [{ DestinationBackupVaultArn, Lifecycle: { DeleteAfterDays } }],
      })),
    );
    expect(rules('eu-west-1').map((rule) => 'CopyActions' in rule)).toEqual([false, false]);
  });

  test('the backup vault is created in the Region that receives the copies, and nowhere else', () => {
    const vaultIn = (region: string) =>
      at(copying, region)
        .filter(({ type }) => type === 'AWS::Lambda::Function')
        .map(({ properties }) => (properties.Environment as { Variables: Record<string, string> }).Variables)
        .find((variables) => 'CHECKVALVE_COPIES_VAULT' in variables)?.CHECKVALVE_COPIES_VAULT;
    expect(vaultIn('eu-west-1')).toBe('checkvalve-copies');
    expect(vaultIn('eu-central-1')).toBe('');
  });

  test('without them the template has nothing of it', () => {
    for (const trace of ['CopyActions', 'checkvalve-copies"', 'CopyFromBackupVault', 'MountCapsule']) {
      expect(JSON.stringify(copying)).toContain(
        trace === 'checkvalve-copies"' ? 'backup-vault:checkvalve-copies' : trace,
      );
      expect(JSON.stringify(ours)).not.toContain(
        trace === 'checkvalve-copies"' ? 'backup-vault:checkvalve-copies' : trace,
      );
    }
  });
});

describe('keys that were replaced', () => {
  const PREVIOUS = '00000000-0000-4000-8000-00000000000a';
  const MRK = 'mrk-0123456789abcdef0123456789abcdef';
  const tags = (parameters: Record<string, string> = {}) => {
    const text = JSON.stringify(at(ours, 'eu-central-1', parameters));
    return [
      ...text.matchAll(/"(?:rds:(?:cluster-)?snapshot-tag|aws:ResourceTag)\/encryption_key":(\[[^\]]*\]|"[^"]*")/g),
    ].map(([, value = '']) => JSON.parse(value) as readonly string[]);
  };

  test('by default a snapshot is exported under one key id only', () => {
    const found = tags();
    expect(found).toHaveLength(3);
    for (const accepted of found) expect(accepted).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  test('previous ids are beside the current id in every statement with the tag', () => {
    const ids = tags();
    expect(tags({ PreviousExportKeyIds: `${PREVIOUS},${MRK}` })).toEqual(ids.map((own) => [...own, PREVIOUS, MRK]));
    expect(ids).toHaveLength(3);
  });

  test.each([
    ['', true],
    [PREVIOUS, true],
    [`${PREVIOUS},${MRK}`, true],
    [Array(10).fill(PREVIOUS).join(','), true],
    [Array(11).fill(PREVIOUS).join(','), false],
    [`${PREVIOUS}, ${MRK}`, false],
    [`${PREVIOUS},`, false],
    ['*', false],
    ['alias/export', false],
    [`arn:aws:kms:eu-central-1:222200001111:key/${PREVIOUS}`, false],
  ])('CloudFormation takes %j as the parameter: %s', (value, takes) => {
    const { AllowedPattern = '', Default } = ours.Parameters.PreviousExportKeyIds ?? {};
    expect(Default).toBe('');
    expect(new RegExp(String(AllowedPattern)).test(value)).toBe(takes);
  });
});
