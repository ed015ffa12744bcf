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
import { type BrokenPromise, brokenPromisesOf, RULES } from './rules/rules';
import { type SynthesizedTemplate, synthesizedTemplates } from './synthesized-templates';
import { type Accounts, judgedTemplatesOf } from './templates/judged-templates';

const PACK = 'OneWayTrust';
const FIX =
  'Change the resource, or list it in src/trust if it is safe: docs/trust-rules.md says what each rule allows.';
const REPORT_IT = 'Synthesize again. If the error stays, it is a fault of Checkvalve: report it.';

/** An acknowledgement is `{ [rule id]: reason }`, with or without the name of the pack before the id. */
const namesPack = (data: unknown): boolean => Object.keys(Object(data)).some((id) => id.includes(PACK));

/** The places where a rule of this pack is acknowledged. */
const acknowledgementsIn = (scope: IConstruct): readonly string[] =>
  scope.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => (namesPack(data) ? [construct.node.path || 'the app'] : [])),
    );

/**
 * One-way trust as rules of synthesis, beside the packs of cdk-nag: the rules judge the final templates, and the pack reports
 * their findings. A rule reports what it cannot judge. No rule can be acknowledged: CDK drops acknowledged findings after a
 * pack has returned, so this pack reports an acknowledgement as a fatal finding.
 */
export class OneWayTrustPack implements IPolicyValidationPlugin {
  readonly name = PACK;
  readonly ruleIds = RULES.map(({ id }) => `${PACK}-${id}`);

  constructor(private readonly accounts: Accounts) {}

  /**
   * CDK calls it after it has written the templates. CDK's command line ignores a pack that throws, and ends with exit code 0.
   * So every error is reported as a finding, with the severity that no acknowledgement suppresses.
   */
  validate({ appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    try {
      const violations = this.violationsIn(appConstruct);
      return { success: violations.length === 0, violations: [...violations] };
    } catch (error) {
      const description = error instanceof Error ? error.message : String(error);
      const fix = error instanceof CheckvalveError ? error.remedy : REPORT_IT;
      const ruleName = error instanceof CheckvalveError ? error.code : 'TRUST_NOT_JUDGED';
      const violatingResources = [{ constructPath: appConstruct.node.path, locations: [] }];
      return { success: false, violations: [{ ruleName, description, fix, severity: 'fatal', violatingResources }] };
    }
  }

  /**
   * @throws CheckvalveError `TRUST_RULE_ACKNOWLEDGED` when a rule of this pack is acknowledged anywhere, and the error of a
   * template that cannot be judged
   */
  private violationsIn(app: IConstruct): readonly PolicyViolation[] {
    const acknowledged = acknowledgementsIn(app);
    if (acknowledged.length > 0) {
      throw new CheckvalveError(
        'TRUST_RULE_ACKNOWLEDGED',
        `A rule of one-way trust is acknowledged at ${[...new Set(acknowledged)].join(', ')}. ${RULES.map(({ promise }) => promise).join(' ')}`,
        'Remove the acknowledgement, and correct the resource: the rules have no exceptions.',
      );
    }
    const templates = synthesizedTemplates(app, this.accounts);
    const byName = new Map<string, PolicyViolation>();
    for (const broken of brokenPromisesOf(judgedTemplatesOf(this.accounts, templates))) {
      const ruleName = `${PACK}-${broken.rule.id}[${broken.what}]`;
      const violatingResources = [
        ...(byName.get(ruleName)?.violatingResources ?? []),
        { constructPath: pathOf(broken, templates), locations: ['Properties'] },
      ];
      byName.set(ruleName, {
        ruleName,
        description: broken.rule.promise,
        fix: FIX,
        severity: 'error',
        violatingResources,
      });
    }
    return [...byName.values()];
  }
}

/** The construct of a finding: the one that created the resource, or else its stack. */
function pathOf({ template, at }: BrokenPromise, templates: readonly SynthesizedTemplate[]): string {
  const stack = templates.find(({ name }) => name === template)?.stack;
  const element = stack?.node
    .findAll()
    .filter(CfnElement.isCfnElement)
    .find((one) => Stack.of(one) === stack && stack.resolve(one.logicalId) === at);
  return element?.node.path ?? stack?.node.path ?? template;
}
