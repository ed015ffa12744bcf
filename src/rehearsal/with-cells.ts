import type { CheckvalveConfig } from '../config/checkvalve-config';

/** Invented vault accounts of further cells. */
const FIRST_VAULT = 333300004444;

/**
 * A configuration with so many cells: its own, if it has cells; else its vault is that of the first, and the others have invented vault
 * accounts.
 */
export function withCells(config: CheckvalveConfig, count: number): CheckvalveConfig {
  if (config.vaults) return config;
  const { vault } = config;
  const vaults = Array.from({ length: count }, (_, at) => ({
    ...vault,
    name: `cell-${at + 1}`,
    account: at === 0 ? vault.account : String(FIRST_VAULT + at),
  }));
  return { ...config, vaults };
}
