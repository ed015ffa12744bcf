import { MANAGEMENT_REGION } from '../../contract/names';
import { type OtherCell, withoutOtherCells } from '../templates/other-cells';
import { resolveTemplate } from '../templates/resolve-template';
import type { TemplateVariant } from '../templates/template';

/** The accounts and Regions of a landing zone. */
export interface Places {
  readonly vault: string;
  readonly management: string;
  /** Accounts that represent all enrolled ones: the same template, byte for byte, is pushed into each. */
  readonly sources: readonly string[];
  /** Regions of the vault and of the tooling. */
  readonly regions: readonly string[];
  /** `o-…` */
  readonly organization: string;
  readonly placement: 'outside' | 'inside';
  /** The cell that is proved, and the others, whose vaults are outside; without them, the landing zone has one. */
  readonly cell?: string;
  readonly otherCells?: readonly OtherCell[];
}

/** The landing zone that the proof is about: its templates at their places, every variant of their open conditions. */
export interface ProvedLandingZone extends Places {
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
  /** One per Region of the vault. */
  readonly vault: readonly (NamedTemplate & { readonly region: string })[];
  readonly management: readonly NamedTemplate[];
  readonly source: NamedTemplate;
}

/**
 * Resolves synthesized templates for the accounts and Regions that they are deployed to.
 * @throws CheckvalveError `UNRESOLVED_TEMPLATE` for JSON that is not a template
 */
export function provedLandingZoneOf(places: Places, { vault, management, source }: Synthesized): ProvedLandingZone {
  const at = ({ name, template }: NamedTemplate, account: string, region: string): readonly TemplateVariant[] =>
    resolveTemplate(template, { account, region, stackName: name }).variants;
  return {
    ...places,
    templates: {
      vault: vault.flatMap((one) => at(one, places.vault, one.region)),
      management: management.flatMap(({ name, template }) =>
        at(
          { name, template: withoutOtherCells(template, places.otherCells ?? []) },
          places.management,
          MANAGEMENT_REGION,
        ),
      ),
      source: places.sources.flatMap((account) => places.regions.flatMap((region) => at(source, account, region))),
    },
  };
}
