/** How the emulator behaves where AWS documents nothing or may differ; aws_switches.py explains each switch. */
export interface Switches {
  readonly refuseBackupSnapshotTags: boolean;
  readonly backupRoleJudged: boolean;
  readonly clusterBackupsTyped: 'manual' | 'awsbackup';
  readonly hideTagLists: boolean;
  readonly hideResourceIdsOfShared: boolean;
  readonly requestTagOnSource: boolean;
  readonly resourceAccountIsCaller: boolean;
  readonly sharedSourcesAreOwn: boolean;
  readonly denyInKeyBreaksCopies: boolean;
  readonly viaServiceOnCopies: boolean;
  readonly copiesNeedSourceKey: boolean;
  readonly refuseAwsOwnedKeyCopies: boolean;
  readonly newClustersEncrypted: 'none' | 'sse-rds';
  readonly inFlightSpeaksOfManual: boolean;
  readonly silentClusterBackups: boolean;
  readonly clusterBackupsCount: boolean;
  readonly tagSelectionNeedsGetResources: boolean;
  readonly optInHoldsForNamedInstances: boolean;
  readonly eventBridgeKeyConditions: boolean;
  readonly movedInstancesAreFound: boolean;
  readonly stackSetsTakeRoleTemplates: boolean;
  readonly secondAnalyzer: boolean;
}
