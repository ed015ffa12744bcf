import type * as z from 'zod';
import { CheckvalveError } from '../contract/errors';
import type { CheckvalveConfig } from './checkvalve-config';
import { crossFaults } from './cross-checks';
import { faultLine, schemaFaults } from './faults';
import { CONFIG } from './schema';

/** Fields that operators try although they do not exist, each with what to do instead. */
const NEVER: Readonly<Record<string, string>> = {
  additionalAccounts:
    'tag the account instead: StackSets refuse to add accounts to units (UNION), so enrollment names each one within the units (INTERSECTION)',
};

/**
 * Checks a configuration that was read from this file.
 * @throws CheckvalveError `INVALID_CONFIG` whose message names the file and lists every fault, each with its path, its value
 * and its remedy
 */
export function readConfig(raw: unknown, file = 'src/checkvalve.config.ts'): CheckvalveConfig {
  const parsed = CONFIG.safeParse(raw);
  const faults = [
    ...schemaFaults(raw, { schema: CONFIG, what: 'the configuration', never: NEVER }),
    ...crossFaults(raw),
  ];
  if (parsed.success && faults.length === 0) return ofFirstCell(parsed.data);
  throw new CheckvalveError(
    'INVALID_CONFIG',
    `The configuration ${file} has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map(faultLine).join('\n')}`,
    `Correct ${file}; every field is explained in src/config/checkvalve-config.ts.`,
  );
}

/** With several vaults, `vault` is that of the first cell, so that what is not about vaults reads one shape. */
function ofFirstCell({ vault, ...rest }: z.infer<typeof CONFIG>): CheckvalveConfig {
  const [first] = rest.vaults ?? [];
  if (vault) return { ...rest, vault };
  if (!first) throw new CheckvalveError('INVALID_CONFIG', 'The configuration has no vault', 'Give vault or vaults.');
  const { name: _, onlyTagged: __, ...vaultOfFirst } = first;
  return { ...rest, vault: vaultOfFirst };
}
