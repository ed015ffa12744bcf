import {
  type BackupClient,
  CreateBackupVaultCommand,
  DescribeRegionSettingsCommand,
  UpdateRegionSettingsCommand,
} from '@aws-sdk/client-backup';
import type { BackupSettings } from '../ports/backup-settings';

/** {@link BackupSettings} of AWS Backup. */
export class AwsBackupSettings implements BackupSettings {
  constructor(private readonly client: BackupClient) {}

  async optIn(): Promise<ReadonlyMap<string, boolean>> {
    const { ResourceTypeOptInPreference = {} } = await this.client.send(new DescribeRegionSettingsCommand({}));
    return new Map(Object.entries(ResourceTypeOptInPreference));
  }

  async setOptIn(preferences: ReadonlyMap<string, boolean>): Promise<void> {
    const ResourceTypeOptInPreference = Object.fromEntries(preferences);
    await this.client.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference }));
  }

  async makeVault(BackupVaultName: string): Promise<void> {
    try {
      await this.client.send(new CreateBackupVaultCommand({ BackupVaultName }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AlreadyExistsException') throw error;
    }
  }
}
