import * as ENV from '../../contract/env';
import { RECOVERY_POINT_TAGS, TAGS } from '../../contract/names';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import { accountPart } from '../arn';
import type { SnapshotFacts } from '../implied/access';
import { defaultKeyPolicy } from '../key-policies';
import { keyOf } from '../templates/key-of';
import { isObject, type TemplateVariant } from '../templates/template';
import type { ProvedLandingZone } from './proved-landing-zone';

/** Snapshots that represent all: one of each kind. */
export interface Samples {
  readonly snapshots: readonly string[];
  readonly facts: ReadonlyMap<string, SnapshotFacts>;
  /** Policies of keys that no template creates. */
  readonly otherPolicies: (arn: string) => PolicyDocument | null;
}

/** RDS has separate calls for snapshots of instances and of clusters. */
export const KINDS = ['snapshot', 'cluster-snapshot'] as const;
const END = 'orders-0011223344556677';
const TEAM_KEY = 'key/00000000-0000-4000-8000-0000000000aa';

/** ARNs of snapshots in a Region: of AWS Backup, the export copy, the vault copy, and one that Checkvalve did not create. */
export const snapshotArns = ({ vault, sources: [source = ''] }: ProvedLandingZone, region: string, kind: string) => ({
  backup: `arn:aws:rds:${region}:${source}:${kind}:awsbackup:job-00000000-0000-4000-8000-000000000001`,
  exported: `arn:aws:rds:${region}:${source}:${kind}:checkvalve-${END}`,
  kept: `arn:aws:rds:${region}:${vault}:${kind}:checkvalve-${source}-${END}`,
  foreign: `arn:aws:rds:${region}:${vault}:${kind}:final-orders`,
});

/** The keys in the settings of a step, by account and Region. */
function configuredKeys(templates: readonly TemplateVariant[], variable: string): ReadonlyMap<string, string> {
  const functions = templates.flatMap(({ place, resources }) =>
    [...resources.values()].map(({ properties }) => ({ place, environment: properties.Environment })),
  );
  return new Map(
    functions.flatMap(({ place, environment }) => {
      const variables = isObject(environment) ? environment.Variables : undefined;
      const value = isObject(variables) ? variables[variable] : undefined;
      return typeof value === 'string' ? [[`${place.account} ${place.region}`, value] as const] : [];
    }),
  );
}

/** The import keys of all Regions. */
export const importKeysOf = ({ templates }: ProvedLandingZone): readonly string[] => [
  ...configuredKeys(templates.vault, ENV.importCopies.importKeyArn).values(),
];

/** The key that encrypts copies at a place: the import key in the vault, an export key in a source. */
export function copyKeyOf({ templates }: ProvedLandingZone, account: string, region: string): string {
  const keys = [
    ...configuredKeys(templates.vault, ENV.importCopies.importKeyArn),
    ...configuredKeys(templates.source, ENV.exportSnapshots.exportKeyArn),
  ];
  return new Map(keys).get(`${account} ${region}`) ?? `arn:aws:kms:${region}:${account}:key/none`;
}

/** The key that encrypts a topic of the templates; undefined without one. */
export const topicKeyOf = ({ templates }: ProvedLandingZone, topicArn: string): string | undefined =>
  keyOf(topicArn, [...templates.vault, ...templates.management, ...templates.source]);

/** One snapshot of each kind in each Region, and its tags and key. */
export function samplesOf(zone: ProvedLandingZone): Samples {
  const { vault, sources, regions } = zone;
  const [source = ''] = sources;
  const facts = new Map<string, SnapshotFacts>();
  for (const region of regions) {
    const [exportKey, importKey] = [copyKeyOf(zone, source, region), copyKeyOf(zone, vault, region)];
    for (const kind of KINDS) {
      const { backup, exported, kept, foreign } = snapshotArns(zone, region, kind);
      const tag = new Map([[RECOVERY_POINT_TAGS.exportKey, exportKey.split('/')[1] ?? '']]);
      facts.set(backup, { tags: tag, keyArn: `arn:aws:kms:${region}:${source}:${TEAM_KEY}` });
      facts.set(exported, { tags: new Map([[TAGS.role, 'export']]), keyArn: exportKey });
      facts.set(kept, { tags: new Map([[TAGS.role, 'vault']]), keyArn: importKey });
      facts.set(foreign, { tags: new Map(), keyArn: importKey });
    }
  }
  const otherPolicies = (arn: string) => (arn.endsWith(TEAM_KEY) ? defaultKeyPolicy(accountPart(arn)) : null);
  return { snapshots: [...facts.keys()], facts, otherPolicies };
}
