import type { ReadResult } from './facts';

/** Settings of a client. By default the endpoint is AWS's, and the SDK finds the credentials. */
export interface AwsClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle?: boolean;
}

/** Settings of one account, by Region. */
export type SettingsIn = (region: string) => AwsClientSettings;

/** Runs a read. What AWS refuses is kept as its message, so that the other reads go on. */
export async function observe<Value>(read: () => Promise<Value>): Promise<ReadResult<Value>> {
  try {
    return { observed: await read() };
  } catch (error) {
    return { unavailable: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
