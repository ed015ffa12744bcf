import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { Alarms } from './alarms';
import { Alerts } from './alerts';
import { EvidenceBucket } from './evidence-bucket';
import { FollowSources } from './follow-sources';
import { ImportCopies } from './import-copies';
import { ImportKey } from './import-key';
import { Inbox } from './inbox';
import { PruneCopies } from './prune-copies';
import { ReportCoverage } from './report-coverage';
import { Sources } from './sources';
import { WatchForOpenings } from './watch-for-openings';

/** What the vault holds, and the bundles of its steps. */
export interface VaultStackProps extends StackProps {
  readonly config: CheckvalveConfig;
  /** What import-copies plans with. */
  readonly limits: Readonly<Record<string, number>>;
  readonly code: {
    readonly followSources: string;
    readonly importCopies: string;
    readonly pruneCopies: string;
    readonly reportCoverage: string;
  };
}

/** The vault in one Region. It reaches into the sources; nothing outside reaches into it, but for the bell at the inbox. */
export class VaultStack extends Stack {
  constructor(scope: Construct, id: string, { config, limits, code, ...props }: VaultStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const key = new ImportKey(this, 'ImportKey');
    const inbox = new Inbox(this, 'Inbox');
    const sources = new Sources(this, 'Sources');
    new FollowSources(this, 'FollowSources', { config, code: code.followSources, inbox, sources });
    new ImportCopies(this, 'ImportCopies', { config, limits, code: code.importCopies, key, inbox, sources });
    const evidence = new EvidenceBucket(this, 'Evidence');
    new PruneCopies(this, 'PruneCopies', { config, code: code.pruneCopies, evidence, sources });
    const alerts = new Alerts(this, 'Alerts');
    new ReportCoverage(this, 'ReportCoverage', { config, code: code.reportCoverage, sources, evidence, alerts });
    new Alarms(this, 'Alarms', { topic: alerts.topic });
    new WatchForOpenings(this, 'WatchForOpenings', { config, inbox: inbox.queue, alerts });
  }
}
