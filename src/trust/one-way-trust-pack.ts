import {
  type CfnResource,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
  Validations,
} from 'aws-cdk-lib';
import { NagMessageLevel, NagPack } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { CheckvalveError } from '../contract/errors';
import { vaultResourcesTrustOnlyTheVault, type Zones } from './rules/vault-resources-trust-only-the-vault';

/** One rule: one promise, one sentence, one file. */
const RULES = [
  {
    id: 'T1',
    sentence: 'No AWS principal outside the vault is allowed anything by a resource policy of the vault.',
    reason:
      'Trust runs one way: the vault reaches into the sources, and no source, nor its administrator, reaches into it.',
    rule: vaultResourcesTrustOnlyTheVault,
  },
] as const;

const PACK = 'OneWayTrust';

/** Acknowledgements are kept as `{ [rule's id]: reason }`, the id with or without the pack's name before it. */
const namesUs = (data: unknown): boolean => Object.keys(Object(data)).some((id) => id.includes(PACK));

/** Rules of this pack that somebody has acknowledged, with the place where. */
function excuses(scope: IConstruct): readonly string[] {
  return scope.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => (namesUs(data) ? [construct.node.path || 'the app'] : [])),
    );
}

/**
 * One-way trust as rules of synthesis. A rule that cannot tell takes the resource for guilty, and none of them can be
 * excused: CDK drops acknowledged findings after the pack has returned, so the pack refuses to go on instead.
 */
export class OneWayTrustPack extends NagPack {
  readonly name = PACK;
  override readonly ruleIds = RULES.map(({ id }) => `${PACK}-${id}`);

  constructor(
    scope: IConstruct,
    private readonly zones: Zones,
  ) {
    super(scope);
    this.packName = PACK;
  }

  /**
   * What CDK asks at synthesis. CDK's command line makes nothing of a pack that throws: it ends with exit code 0. So
   * whatever goes wrong is told as a finding, of the one severity that no acknowledgement silences.
   */
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    try {
      return super.validate(context);
    } catch (error) {
      const description = error instanceof Error ? error.message : String(error);
      const fix = error instanceof CheckvalveError ? error.remedy : undefined;
      const ruleName = error instanceof CheckvalveError ? error.code : 'TRUST_NOT_JUDGED';
      const violatingResources = [{ constructPath: context.appConstruct.node.path, locations: [] }];
      return { success: false, violations: [{ ruleName, description, fix, severity: 'fatal', violatingResources }] };
    }
  }

  /** @throws CheckvalveError `TRUST_RULE_EXCUSED` when a rule of this pack was acknowledged anywhere */
  override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    const excused = excuses(scope.node.root);
    if (excused.length > 0) {
      throw new CheckvalveError(
        'TRUST_RULE_EXCUSED',
        `A rule of one-way trust was acknowledged at ${[...new Set(excused)].join(', ')}. ${RULES.map(({ sentence }) => sentence).join(' ')}`,
        'Remove the acknowledgement, and mend what it was to excuse: the promise has no exceptions.',
      );
    }
    return super.validateScope(scope);
  }

  protected checkResource(node: CfnResource): void {
    for (const { id, sentence, reason, rule } of RULES) {
      this.applyRule({
        ruleSuffixOverride: id,
        info: sentence,
        explanation: reason,
        level: NagMessageLevel.ERROR,
        rule: (at) => rule(at, this.zones),
        node,
      });
    }
  }
}
