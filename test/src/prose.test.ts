import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { config } from '../../src/checkvalve.config';
import { ADMISSION_WAITS } from '../../src/contract/admission';
import { FLOW } from '../../src/contract/flow';
import { type AlertKind, alertText, MANAGEMENT_ALERTS } from '../../src/contract/management-alerts';
import { DISTRUST } from '../../src/contract/pruning';
import { VERDICTS } from '../../src/contract/verdicts';
import { buildAssembly } from '../../src/rehearsal/host/build-assembly';
import { ALARM_MESSAGES, EXTERNAL_ACCESS_MESSAGE } from '../../src/vault/alarm-messages';
import { ALARMS } from '../../src/vault/alarm-table';
import { alarmNameOf } from '../../src/vault/alarms';

const TABLES: readonly object[] = [
  ...[ALARM_MESSAGES, EXTERNAL_ACCESS_MESSAGE, MANAGEMENT_ALERTS, VERDICTS, ADMISSION_WAITS, DISTRUST],
  FLOW,
];

const OTHER = 'Another sentence, number';

/** Replaces every sentence of a table, in place. A text without a space is an id. */
function changeSentences(table: object): number {
  let changed = 0;
  for (const [key, value] of Object.entries(table)) {
    if (typeof value === 'string' && value.includes(' ')) {
      changed += 1;
      Object.assign(table, { [key]: `${OTHER} ${key}.` });
    } else if (typeof value === 'object' && value !== null) changed += changeSentences(value);
  }
  return changed;
}

type Template = {
  readonly Resources: Readonly<Record<string, { Type: string; Properties?: Record<string, unknown> }>>;
};

function synthesized(): Readonly<Record<string, Template>> {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-prose-'));
  try {
    buildAssembly(config, folder);
    const templates = new CloudAssembly(folder).stacks.map(({ stackName, templateFile }) => {
      const text = readFileSync(join(folder, templateFile), 'utf8');
      return [stackName, JSON.parse(text) as Template] as const;
    });
    return Object.fromEntries(templates);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Templates without prose: without descriptions of alarms and without the sentence beside a finding. */
function withoutDescriptions(templates: Readonly<Record<string, Template>>): object {
  const isProse = (key: string) => key === 'AlarmDescription' || key === 'InputTemplate';
  return JSON.parse(JSON.stringify(templates, (key, value: unknown) => (isProse(key) ? undefined : value))) as object;
}

test('a changed sentence changes descriptions alone: no logical id, no name, no metric, no alarm', () => {
  const before = synthesized();
  const alerts = (Object.keys(MANAGEMENT_ALERTS) as AlertKind[]).map((kind) =>
    alertText({ kind, accounts: [], lines: [] }),
  );
  expect(TABLES.map(changeSentences).every((count) => count > 1)).toBe(true);
  const after = synthesized();
  const isAlarm = ({ Type }: { Type: string }) => Type === 'AWS::CloudWatch::Alarm';
  const descriptions = Object.values(after)
    .flatMap(({ Resources }) => Object.values(Resources).filter(isAlarm))
    .map(({ Properties }) => String(Properties?.AlarmDescription));
  expect(descriptions.length).toBe(ALARMS.length + 2);
  expect(descriptions.every((text) => text.includes(OTHER))).toBe(true);
  expect(JSON.stringify(before)).not.toContain(OTHER);
  expect(withoutDescriptions(after)).toEqual(withoutDescriptions(before));
  const named = Object.values(after['Vault-eu-central-1']?.Resources ?? {}).filter(isAlarm);
  expect(named.map(({ Properties }) => Properties?.AlarmName)).toEqual(ALARMS.map(({ id }) => alarmNameOf(id)));
  const again = (Object.keys(MANAGEMENT_ALERTS) as AlertKind[]).map((kind) =>
    alertText({ kind, accounts: [], lines: [] }),
  );
  expect(again.map(({ article }) => article)).toEqual(alerts.map(({ article }) => article));
  expect(again.every(({ subject }) => subject.includes(OTHER))).toBe(true);
}, 120_000);
