import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { runbookUrlOf } from '../config/runbook-url';
import { Alarms } from './alarms';
import { CopyIndexTable } from './copy-index';
import { EvidenceBucket } from './evidence-bucket';
import { FollowSources } from './follow-sources';
import { ImportCopies } from './import-copies';
import { ImportKey } from './import-key';
import { InboxQueue } from './inbox';
import { PruneCopies } from './prune-copies';
import { ReportCoverage } from './report-coverage';
import { VaultSourcesTable } from './sources';
import { VaultAlerts } from './vault-alerts';
import { WatchForExternalAccess } from './watch-for-external-access';

/** The configuration and the bundles of the steps of the vault. */
export interface VaultStackProps extends StackProps {
  readonly config: CheckvalveConfig;
  /** Limits that `import-copies` plans with. */
  readonly limits: Readonly<Record<string, number>>;
  readonly code: {
    readonly followSources: string;
    readonly importCopies: string;
    readonly pruneCopies: string;
    readonly reportCoverage: string;
  };
}

/** The vault in one Region. It assumes roles in the sources; from outside, only SNS can send notifications to its inbox. */
export class VaultStack extends Stack {
  constructor(scope: Construct, id: string, { config, limits, code, ...props }: VaultStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const key = new ImportKey(this, 'ImportKey');
    const inbox = new InboxQueue(this, 'Inbox');
    const sources = new VaultSourcesTable(this, 'Sources');
    new FollowSources(this, 'FollowSources', { config, code: code.followSources, inbox, sources });
    const index = new CopyIndexTable(this, 'CopyIndex');
    new ImportCopies(this, 'ImportCopies', { config, limits, code: code.importCopies, key, inbox, sources, index });
    const evidence = new EvidenceBucket(this, 'Evidence');
    new PruneCopies(this, 'PruneCopies', { config, code: code.pruneCopies, evidence, sources });
    const alerts = new VaultAlerts(this, 'Alerts');
    new ReportCoverage(this, 'ReportCoverage', { config, code: code.reportCoverage, sources, evidence, alerts });
    new Alarms(this, 'Alarms', { topic: alerts.topic, runbookUrl: runbookUrlOf(config) });
    // The id of release 0.1.0: a second analyzer or rule of the same name cannot be created before the first is deleted.
    new WatchForExternalAccess(this, 'WatchForOpenings', { config, inbox: inbox.queue, alerts });
  }
}
