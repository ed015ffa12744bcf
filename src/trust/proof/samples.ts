import * as ENV from '../../contract/env';
import { RECOVERY_POINT_TAGS, TAGS } from '../../contract/names';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import type { SnapshotFacts } from '../implied/access';
import { defaultKeyPolicy } from '../key-policies';
import { keyOf } from '../templates/key-of';
import { isObject, type TemplateVariant } from '../templates/template';
import type { LandingZone } from './proved-landing-zone';

/** Snapshots that stand for all, by what they are: each kind once. */
export interface Samples {
  readonly snapshots: readonly string[];
  readonly facts: ReadonlyMap<string, SnapshotFacts>;
  /** Policies of keys that no template made. */
  readonly elsewhere: (arn: string) => PolicyDocument | null;
}

/** RDS has two of every call. */
export const KINDS = ['snapshot', 'cluster-snapshot'] as const;
const END = 'orders-0011223344556677';
const TEAM_KEY = 'key/00000000-0000-4000-8000-0000000000aa';

/** Names of snapshots of a Region: what AWS Backup made, the export copy, the vault copy, and one that is not ours. */
export const named = ({ vault, sources: [source = ''] }: LandingZone, region: string, kind: string) => ({
  backup: `arn:aws:rds:${region}:${source}:${kind}:awsbackup:job-00000000-0000-4000-8000-000000000001`,
  exported: `arn:aws:rds:${region}:${source}:${kind}:checkvalve-${END}`,
  kept: `arn:aws:rds:${region}:${vault}:${kind}:checkvalve-${source}-${END}`,
  foreign: `arn:aws:rds:${region}:${vault}:${kind}:final-orders`,
});

/** The keys that steps of a kind are told of, by Region: more than one only where templates disagree. */
function keysTold(templates: readonly TemplateVariant[], variable: string): ReadonlyMap<string, string> {
  const functions = templates.flatMap(({ place, resources }) =>
    [...resources.values()].map(({ properties }) => ({ place, environment: properties.Environment })),
  );
  return new Map(
    functions.flatMap(({ place, environment }) => {
      const variables = isObject(environment) ? environment.Variables : undefined;
      const told = isObject(variables) ? variables[variable] : undefined;
      return typeof told === 'string' ? [[`${place.account} ${place.region}`, told] as const] : [];
    }),
  );
}

/** The import keys of all Regions. */
export const importKeysOf = ({ templates }: LandingZone): readonly string[] => [
  ...keysTold(templates.vault, ENV.importCopies.importKeyArn).values(),
];

/** The key that copies are made under in a place: the import key in the vault, an export key in a source. */
export function copyKeyOf({ templates }: LandingZone, account: string, region: string): string {
  const told = [
    ...keysTold(templates.vault, ENV.importCopies.importKeyArn),
    ...keysTold(templates.source, ENV.exportSnapshots.exportKeyArn),
  ];
  return new Map(told).get(`${account} ${region}`) ?? `arn:aws:kms:${region}:${account}:key/none`;
}

/** The key that a topic of the templates is under; undefined when it is under none. */
export const topicKeyOf = ({ templates }: LandingZone, topicArn: string): string | undefined =>
  keyOf(topicArn, [...templates.vault, ...templates.management, ...templates.source]);

/** One snapshot of each kind in each Region, and what the steps find when they look at them. */
export function samplesOf(zone: LandingZone): Samples {
  const { vault, sources, regions } = zone;
  const [source = ''] = sources;
  const facts = new Map<string, SnapshotFacts>();
  for (const region of regions) {
    const [exportKey, importKey] = [copyKeyOf(zone, source, region), copyKeyOf(zone, vault, region)];
    for (const kind of KINDS) {
      const { backup, exported, kept, foreign } = named(zone, region, kind);
      const tag = new Map([[RECOVERY_POINT_TAGS.exportKey, exportKey.split('/')[1] ?? '']]);
      facts.set(backup, { tags: tag, keyArn: `arn:aws:kms:${region}:${source}:${TEAM_KEY}` });
      facts.set(exported, { tags: new Map([[TAGS.role, 'export']]), keyArn: exportKey });
      facts.set(kept, { tags: new Map([[TAGS.role, 'vault']]), keyArn: importKey });
      facts.set(foreign, { tags: new Map(), keyArn: importKey });
    }
  }
  const elsewhere = (arn: string) => (arn.endsWith(TEAM_KEY) ? defaultKeyPolicy(arn.split(':')[4] ?? '') : null);
  return { snapshots: [...facts.keys()], facts, elsewhere };
}
