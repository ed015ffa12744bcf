import { CheckvalveError } from '../../contract/errors';
import { type CallDescription, callAws } from '../call-aws';
import { accountClients, type ProbeClients } from './clients';

/** The accounts in which probes may create resources. */
export interface SandboxOptions {
  readonly sourceProfile?: string;
  readonly vaultProfile?: string;
  /** The profile of the management account of the source sandbox’s organization. */
  readonly managementProfile?: string;
  readonly region: string;
}

const asked = (side: string, profile: string): CallDescription => ({
  failed: 'No probe is asked',
  profile,
  whose: `the ${side} sandbox account`,
  needs: 'AdministratorAccess in an account that holds nothing else',
  otherwise: 'Or run the probes in the emulator with --rehearsal.',
});

/**
 * The clients of the sandboxes.
 * @param refused accounts in which no probe may run, each with its role in the configuration
 * @throws CheckvalveError `INVALID_INPUT`, `UNSAFE_OPERATION`, `ACCESS_DENIED` or `AWS_CALL_FAILED`
 */
export async function sandboxes(
  { sourceProfile, vaultProfile, managementProfile, region }: SandboxOptions,
  refused: Readonly<Record<string, string>>,
): Promise<ProbeClients> {
  if (!sourceProfile || !vaultProfile) {
    const missing = [...(sourceProfile ? [] : ['--source-profile']), ...(vaultProfile ? [] : ['--vault-profile'])];
    throw new CheckvalveError(
      'INVALID_INPUT',
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
      'Name a profile for each of two sandbox accounts, or use --rehearsal.',
    );
  }
  const source = await callAws(asked('source', sourceProfile), () =>
    accountClients({ region, profile: sourceProfile }),
  );
  const vault = await callAws(asked('vault', vaultProfile), () => accountClients({ region, profile: vaultProfile }));
  const management =
    managementProfile &&
    (await callAws(asked('management', managementProfile), () =>
      accountClients({ region, profile: managementProfile }),
    ));
  if (source.account === vault.account) {
    const message = `The profiles ${sourceProfile} and ${vaultProfile} are both of account ${source.account}`;
    throw new CheckvalveError('INVALID_INPUT', message, 'Give profiles of two different sandbox accounts.');
  }
  for (const { account } of [source, vault, ...(management ? [management] : [])]) {
    const what = refused[account];
    if (!what) continue;
    const message = `Account ${account} is ${what} of the configuration: no probe runs there`;
    throw new CheckvalveError('UNSAFE_OPERATION', message, 'Give profiles of accounts that hold nothing else.');
  }
  return { source, vault, ...(management && { management }) };
}
