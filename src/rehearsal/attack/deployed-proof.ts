import { readActionCatalog } from '../../trust/proof/action-catalog';
import { type Proof, prove } from '../../trust/proof/prove';
import type { TemplateVariant } from '../../trust/templates/template';
import type { ProvedLine } from '../result';
import type { Stage } from '../stage';

/** Asks the prover about the deployed templates: every principal outside the vault, every action of AWS, every resource. */
export async function proveDeployed({ config, world }: Stage, templates: readonly TemplateVariant[]): Promise<Proof> {
  const { management, vault, production, regions } = world;
  const inAccounts = (accounts: readonly string[]) => templates.filter(({ place }) => accounts.includes(place.account));
  const zone = {
    vault,
    management,
    sources: production,
    regions,
    organization: config.organization.id,
    placement: config.vault.placement,
    templates: {
      vault: inAccounts([vault]),
      management: inAccounts([management]),
      source: inAccounts(production),
    },
  };
  return prove(zone, await readActionCatalog(), config.trust?.accepted ?? []);
}

/** The lines of a proof, as the result of a rehearsal lists them. */
export const provedLines = ({ lines }: Proof): readonly ProvedLine[] =>
  lines.map(({ name, resources, actions, principals, evaluated, allows }) => ({
    name,
    resources,
    actions,
    principals,
    evaluated,
    allowed: allows,
  }));

/** What the deployed policies allow and must not, one sentence for each action on a resource. That they allow what the flow
 * needs is what the phases before show. */
export function allowedCauses({ allows }: Proof): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { principal, action, resource, because } of allows) {
    const what = `may ${action} on ${resource}: ${because}`;
    groups.set(what, [...(groups.get(what) ?? []), principal]);
  }
  return [...groups].map(([what, [first, ...others]]) =>
    others.length === 0 ? `${first} ${what}` : `${first} and ${others.length} other principals ${what}`,
  );
}
