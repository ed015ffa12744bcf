import { accountPart } from '../arn';
import type { TemplateVariant } from '../templates/template';
import type { ActionCatalog } from './action-catalog';
import { Contexts } from './contexts';
import { factsInside } from './key-facts';
import type { Need } from './need';
import type { ProofLine } from './proof-line';
import type { ProvedLandingZone } from './proved-landing-zone';
import type { Samples } from './samples';
import { rolesIn, type TargetResource, type TemplateRole, targetsIn } from './target-resources';

/** The resources and roles of one kind of account. */
export interface Holdings {
  readonly account: string;
  readonly targets: readonly TargetResource[];
  readonly roles: readonly TemplateRole[];
}

/** What the lines of the proof are made from. */
export interface ProofInput {
  readonly zone: ProvedLandingZone;
  readonly actionsOn: ProofLine['actionsOn'];
  readonly needs: readonly Need[];
  readonly vault: Holdings;
  readonly management: Holdings;
  /** The first source, which represents all. A second source is among the accounts outside it. */
  readonly source: Holdings;
  readonly copies: (account: string) => readonly TargetResource[];
  /** Everything in the vault: the resources of its templates, copies, databases restored from copies, and resource shares. */
  readonly everything: readonly TargetResource[];
  readonly inside: Contexts;
}

/** The input of the proof of a landing zone. */
export function proofInputOf(
  zone: ProvedLandingZone,
  catalog: ActionCatalog,
  needs: readonly Need[],
  { snapshots }: Samples,
): ProofInput {
  const { templates, regions } = zone;
  const holdings = (account: string, all: readonly TemplateVariant[]): Holdings => ({
    account,
    targets: all.flatMap(targetsIn),
    roles: all.flatMap(rolesIn),
  });
  const [first = ''] = zone.sources;
  const copies = (account: string): readonly TargetResource[] =>
    snapshots.filter((arn) => accountPart(arn) === account).map((arn) => targetWithoutPolicy(arn, 'a snapshot'));
  const vault = holdings(zone.vault, templates.vault);
  return {
    zone,
    needs,
    vault,
    copies,
    actionsOn: ({ arn }) => catalog.actionsOn(arn),
    management: holdings(zone.management, templates.management),
    source: holdings(
      first,
      templates.source.filter(({ place }) => place.account === first),
    ),
    everything: [
      ...vault.targets,
      ...copies(zone.vault),
      ...databases(zone.vault, regions),
      ...shares(zone.vault, regions),
    ],
    inside: new Contexts(factsInside),
  };
}

const targetWithoutPolicy = (arn: string, where: string): TargetResource => ({
  arn,
  account: accountPart(arn),
  policy: null,
  places: [],
  where,
});

/** Resource shares that a principal could create: a key in a share has a second policy. */
export const shares = (account: string, regions: readonly string[]): readonly TargetResource[] =>
  regions
    .map((region) => `arn:aws:ram:${region}:${account}:resource-share/00000000-0000-4000-8000-0000000000bb`)
    .map((arn) => targetWithoutPolicy(arn, 'a resource share'));

/** Databases with and without the prefix. No role of Checkvalve needs any of them. */
const databases = (account: string, regions: readonly string[]): readonly TargetResource[] =>
  regions.flatMap((region) =>
    ['db:checkvalve-orders', 'cluster:checkvalve-orders', 'db:orders', 'cluster:orders'].map((name) =>
      targetWithoutPolicy(`arn:aws:rds:${region}:${account}:${name}`, 'a database'),
    ),
  );
