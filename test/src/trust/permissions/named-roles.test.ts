import { ROLES } from '../../../../src/trust/permissions/role-patterns';
import { resourcesOf, templatesOf } from '../../../support/synthesized';

const { vault, management, source } = templatesOf();

/** A name as it stands in a template, with `{region}` for the Region and `*` for what only the deployment knows. */
function spelled(name: unknown): string {
  if (typeof name === 'string') return name;
  const { Ref, 'Fn::Join': join } = name as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(spelled).join(String(join[0]));
  return Ref === 'AWS::Region' ? '{region}' : '*';
}

const made = [vault, management, source].flatMap((text) =>
  Object.values(resourcesOf(text))
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => spelled(Properties.RoleName).replace(/eu-central-1$/, '{region}')),
);

test.each(Object.entries(ROLES).filter(([key]) => key !== 'any'))(
  'a rule speaks of the role %s, and a template makes it',
  (_, pattern) => {
    // A row for a role that no template creates is a fault: any role could get that name.
    expect(made).toContain(pattern.replace('{cell}', ''));
  },
);
