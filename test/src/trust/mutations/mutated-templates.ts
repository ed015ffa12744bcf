import { createHash } from 'node:crypto';
import { config } from '../../../../src/checkvalve.config';
import {
  type Accounts,
  type JudgedTemplate,
  type JudgedTemplates,
  judgedTemplateOf,
  type TemplateToJudge,
} from '../../../../src/trust/templates/judged-templates';
import type { Zone } from '../../../../src/trust/templates/template';
import { templatesOf } from '../../../support/synthesized';
import type { LooseTemplate } from './mutant';

/** The accounts of the example configuration. */
export const ACCOUNTS: Accounts = {
  vault: config.vault.account,
  management: config.organization.managementAccount,
  organization: config.organization.id,
};

/** The code of a function says nothing to the rules, and is long. */
function withoutCode(template: LooseTemplate): LooseTemplate {
  for (const { Properties } of Object.values(template.Resources)) {
    if (Properties.Code) Properties.Code = { ZipFile: '// …' };
  }
  return template;
}

/** The four templates: three stacks, and what the StackSet pushes. */
export const TEMPLATE_KEYS = ['vault', 'management', 'tooling', 'source'] as const;
export type TemplateKey = (typeof TEMPLATE_KEYS)[number];

/** The template with two parameters and a condition beside its own; by its default, one names the account itself. */
const withWhatMutantsUse = (template: LooseTemplate, account: string): LooseTemplate => ({
  ...template,
  Parameters: {
    ...(template.Parameters as object),
    AccountParameter: { Type: 'String', Default: account },
    Anything: { Type: 'String' },
  },
  Conditions: { ...(template.Conditions as object), Either: { 'Fn::Equals': [{ Ref: 'AccountParameter' }, 'x'] } },
});

/** The templates as they were synthesized, each with a parameter and a condition that mutants may use. */
export class MutatedTemplates {
  readonly templates: Readonly<Record<TemplateKey, TemplateToJudge & { zone: Zone; template: LooseTemplate }>>;
  private readonly byKey: ReadonlyMap<string, JudgedTemplate>;

  constructor() {
    const { vault, management, tooling, source } = templatesOf();
    const read = (name: string, zone: Zone, text: string, region?: string, digest?: string) => ({
      name,
      zone,
      ...(region && { region }),
      ...(digest && { digest }),
      template: withWhatMutantsUse(
        withoutCode(JSON.parse(text) as LooseTemplate),
        ACCOUNTS[zone === 'source' ? 'vault' : zone],
      ),
    });
    this.templates = {
      vault: read('Vault-eu-central-1', 'vault', vault, 'eu-central-1'),
      management: read('Management', 'management', management, 'us-east-1'),
      tooling: read('Tooling', 'management', tooling, 'us-east-1'),
      source: read('SourceTooling', 'source', source, undefined, createHash('sha256').update(source).digest('hex')),
    };
    this.byKey = new Map(Object.entries(this.templates).map(([key, one]) => [key, judgedTemplateOf(one, ACCOUNTS)]));
  }

  /**
   * The landing zone with one of its templates changed; what the StackSet pushes is taken for synthesized again. Of the
   * other templates stays what the rules ask of them: where they are, and under which name the StackSet finds them.
   */
  with(changed: TemplateKey, template: unknown): JudgedTemplates {
    const one = judgedTemplateOf({ ...this.templates[changed], template }, ACCOUNTS);
    const others = [...this.byKey].map(([key, held]) =>
      key === changed ? one : { ...held, resources: [], statements: [] },
    );
    return { accounts: ACCOUNTS, templates: others };
  }

  /** The landing zone as it is. */
  get judged(): JudgedTemplates {
    return { accounts: ACCOUNTS, templates: [...this.byKey.values()] };
  }
}
