import {
  CfnElement,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { CheckvalveError } from '../contract/errors';
import { type Accounts, estateOf } from './templates/judged-templates';
import { type Breach, breachesOf, RULES } from './rules/rules';
import { type SynthesizedTemplate, synthesizedTemplates } from './synthesized-templates';

const PACK = 'OneWayTrust';

/** Acknowledgements are kept as `{ [rule's id]: reason }`, the id with or without the pack's name before it. */
const namesUs = (data: unknown): boolean => Object.keys(Object(data)).some((id) => id.includes(PACK));

/** Rules of this pack that somebody has acknowledged, with the place where. */
const excuses = (scope: IConstruct): readonly string[] =>
  scope.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => (namesUs(data) ? [construct.node.path || 'the app'] : [])),
    );

/**
 * One-way trust as rules of synthesis, beside the packs of cdk-nag: the rules judge final templates, this only asks them.
 * What a rule cannot tell it takes for guilty, and none of them can be excused: CDK drops acknowledged findings after a
 * pack has returned, so this one refuses to go on instead.
 */
export class OneWayTrustPack implements IPolicyValidationPlugin {
  readonly name = PACK;
  readonly ruleIds = RULES.map(({ id }) => `${PACK}-${id}`);

  constructor(private readonly accounts: Accounts) {}

  /**
   * What CDK asks when the templates are written. CDK's command line makes nothing of a pack that throws: it ends with
   * exit code 0. So whatever goes wrong is told as a finding, of the one severity that no acknowledgement silences.
   */
  validate({ appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    try {
      const violations = this.violationsIn(appConstruct);
      return { success: violations.length === 0, violations: [...violations] };
    } catch (error) {
      const description = error instanceof Error ? error.message : String(error);
      const fix = error instanceof CheckvalveError ? error.remedy : undefined;
      const ruleName = error instanceof CheckvalveError ? error.code : 'TRUST_NOT_JUDGED';
      const violatingResources = [{ constructPath: appConstruct.node.path, locations: [] }];
      return { success: false, violations: [{ ruleName, description, fix, severity: 'fatal', violatingResources }] };
    }
  }

  /**
   * @throws CheckvalveError `TRUST_RULE_EXCUSED` when a rule of this pack was acknowledged anywhere, and whatever a template
   * that cannot be judged throws
   */
  private violationsIn(app: IConstruct): readonly PolicyViolation[] {
    const exempt = excuses(app);
    if (exempt.length > 0) {
      throw new CheckvalveError(
        'TRUST_RULE_EXCUSED',
        `A rule of one-way trust was acknowledged at ${[...new Set(exempt)].join(', ')}. ${RULES.map(({ promise }) => promise).join(' ')}`,
        'Remove the acknowledgement, and mend what it was to excuse: the promise has no exceptions.',
      );
    }
    const templates = synthesizedTemplates(app, this.accounts);
    const byName = new Map<string, PolicyViolation>();
    for (const breach of breachesOf(estateOf(this.accounts, templates))) {
      const ruleName = `${PACK}-${breach.rule.id}[${breach.what}]`;
      const violatingResources = [
        ...(byName.get(ruleName)?.violatingResources ?? []),
        { constructPath: pathOf(breach, templates), locations: ['Properties'] },
      ];
      byName.set(ruleName, { ruleName, description: breach.rule.promise, severity: 'error', violatingResources });
    }
    return [...byName.values()];
  }
}

/** The construct that a finding is about: what made the resource, or else its stack. */
function pathOf({ template, at }: Breach, templates: readonly SynthesizedTemplate[]): string {
  const stack = templates.find(({ name }) => name === template)?.stack;
  const element = stack?.node
    .findAll()
    .filter(CfnElement.isCfnElement)
    .find((one) => Stack.of(one) === stack && stack.resolve(one.logicalId) === at);
  return element?.node.path ?? stack?.node.path ?? template;
}
