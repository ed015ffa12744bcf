import type { PolicyStatement } from '../../src/policy-evaluator/policy';
import { type Places, type ProvedLandingZone, provedLandingZoneOf } from '../../src/trust/proof/proved-landing-zone';

/** The invented accounts. */
export const VAULT = '333300002222';
export const MANAGEMENT = '444400003333';
export const SOURCE = '222200001111';
export const OTHER_SOURCE = '222200002222';

/** A template that may be changed. */
export interface Changeable {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** The templates of a landing zone, each for itself. */
export interface ChangeableTemplates {
  vault: Changeable;
  management: Changeable;
  tooling: Changeable;
  source: Changeable;
}

/** Resolves templates, as text, at the invented places; `change` may break something first. */
export function landingZone(
  texts: Readonly<Record<keyof ChangeableTemplates, string>>,
  change: (templates: ChangeableTemplates) => void = () => {},
  places: Partial<Places> = {},
): ProvedLandingZone {
  const read = (name: keyof ChangeableTemplates) => JSON.parse(texts[name]) as Changeable;
  const templates = {
    vault: read('vault'),
    management: read('management'),
    tooling: read('tooling'),
    source: read('source'),
  };
  change(templates);
  return provedLandingZoneOf(
    {
      vault: VAULT,
      management: MANAGEMENT,
      sources: [SOURCE, OTHER_SOURCE],
      regions: ['eu-central-1'],
      organization: 'o-exampleorg1',
      placement: 'outside',
      ...places,
    },
    {
      vault: [{ name: 'Vault-eu-central-1', region: 'eu-central-1', template: templates.vault }],
      management: [
        { name: 'Management', template: templates.management },
        { name: 'Tooling', template: templates.tooling },
      ],
      source: { name: 'source-tooling', template: templates.source },
    },
  );
}

/** The properties of the one resource of a type whose logical id begins with something. */
export function propertiesOf({ Resources }: Changeable, type: string, id = ''): Record<string, unknown> {
  const found = Object.entries(Resources).filter(([name, one]) => one.Type === type && name.startsWith(id));
  const [only] = found;
  if (found.length !== 1 || !only) throw new Error(`${found.length} of ${type} ${id}`);
  return only[1].Properties;
}

interface Document {
  Statement: PolicyStatement[];
}

/** The statements of the policy of a queue, a key, a role's trust, or of what a role allows itself. */
export const statements = {
  queue: (template: Changeable, id: string) =>
    (propertiesOf(template, 'AWS::SQS::QueuePolicy', id).PolicyDocument as Document).Statement,
  key: (template: Changeable, id: string) =>
    (propertiesOf(template, 'AWS::KMS::Key', id).KeyPolicy as Document).Statement,
  trust: (template: Changeable, id: string) =>
    (propertiesOf(template, 'AWS::IAM::Role', id).AssumeRolePolicyDocument as Document).Statement,
  role: (template: Changeable, id: string) => {
    const [policy] = propertiesOf(template, 'AWS::IAM::Role', id).Policies as [{ PolicyDocument: Document }];
    return policy.PolicyDocument.Statement;
  },
};
