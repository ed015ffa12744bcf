import { resolveTemplate } from '../templates/resolve-template';
import type { TemplateVariant } from '../templates/template';

/** Where the parts of a landing zone stand. */
export interface Places {
  readonly vault: string;
  readonly management: string;
  /** Accounts that stand for all enrolled ones: what is pushed into them is the same to the byte. */
  readonly sources: readonly string[];
  /** Of the vault and of the tooling. */
  readonly regions: readonly string[];
  /** `o-…` */
  readonly organization: string;
  readonly placement: 'outside' | 'inside';
}

/** The templates of a landing zone as they are deployed, every way of their open conditions beside the others. */
export interface LandingZone extends Places {
  readonly templates: {
    readonly vault: readonly TemplateVariant[];
    readonly management: readonly TemplateVariant[];
    readonly source: readonly TemplateVariant[];
  };
}

/** A synthesized template by the name of its stack. */
export interface NamedTemplate {
  readonly name: string;
  readonly template: unknown;
}

/** Synthesized templates, by the kind of account. */
export interface Synthesized {
  /** One a Region of the vault; `region` says which. */
  readonly vault: readonly (NamedTemplate & { readonly region: string })[];
  readonly management: readonly NamedTemplate[];
  readonly source: NamedTemplate;
}

const MANAGEMENT_REGION = 'us-east-1';

/**
 * Resolves synthesized templates for the accounts and Regions that they go to.
 * @throws CheckvalveError `UNRESOLVED_TEMPLATE` for what is no template
 */
export function landingZoneOf(places: Places, { vault, management, source }: Synthesized): LandingZone {
  const at = ({ name, template }: NamedTemplate, account: string, region: string): readonly TemplateVariant[] =>
    resolveTemplate(template, { account, region, stackName: name }).variants;
  return {
    ...places,
    templates: {
      vault: vault.flatMap((one) => at(one, places.vault, one.region)),
      management: management.flatMap((one) => at(one, places.management, MANAGEMENT_REGION)),
      source: places.sources.flatMap((account) => places.regions.flatMap((region) => at(source, account, region))),
    },
  };
}
