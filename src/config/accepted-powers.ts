import type { InheritedPower } from '../contract/inherited-powers';
import type { CheckvalveConfig } from './checkvalve-config';

/** The powers over the vault that are accepted by name: nobody has any over a vault outside the organization. */
export const acceptedIn = ({ vault, trust }: CheckvalveConfig): readonly InheritedPower[] =>
  vault.placement === 'inside' ? (trust?.accepted ?? []).map(({ allow }) => allow) : [];

/** The name of the analyzer that is there already, and that the vault stack does not make. */
export const adoptedAnalyzer = ({ vault: { accessAnalyzer } }: CheckvalveConfig): string | undefined =>
  typeof accessAnalyzer === 'object' ? accessAnalyzer.adopt : undefined;
