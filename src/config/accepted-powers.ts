import type { InheritedPower } from '../contract/inherited-powers';
import type { CheckvalveConfig } from './checkvalve-config';

/** The powers over the vault that the configuration accepts. No principal has one over a vault outside the organization. */
export const acceptedPowers = ({ vault, trust }: CheckvalveConfig): readonly InheritedPower[] =>
  vault.placement === 'inside' ? (trust?.accepted ?? []).map(({ allow }) => allow) : [];

/** The name of the existing analyzer that the configuration adopts; the vault stack then creates none. */
export const adoptedAnalyzer = ({ vault: { accessAnalyzer } }: CheckvalveConfig): string | undefined =>
  typeof accessAnalyzer === 'object' ? accessAnalyzer.adopt : undefined;
