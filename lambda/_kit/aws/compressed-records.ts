import { gunzipSync, gzipSync } from 'node:zlib';
import { packed, unpacked } from '../copy-records';
import type { CopyRecord } from '../ports/own-copies';

/** Records of a listing in compressed parts of at most so many bytes. */
export function compressed(records: readonly CopyRecord[], maxBytes: number): readonly Uint8Array[] {
  const pack = (some: readonly CopyRecord[]): readonly Uint8Array[] => {
    const data = gzipSync(JSON.stringify(some.map(packed)));
    if (data.byteLength <= maxBytes || some.length < 2) return [data];
    const half = Math.ceil(some.length / 2);
    return [...pack(some.slice(0, half)), ...pack(some.slice(half))];
  };
  return pack(records);
}

/** The records of a part. @throws Error when it is damaged */
export function decompressed(part: Uint8Array): readonly CopyRecord[] {
  const values = JSON.parse(gunzipSync(part).toString('utf8')) as readonly unknown[];
  return values.map((value) => {
    const record = unpacked(value);
    if (!record) throw new Error('a record of the index cannot be read');
    return record;
  });
}
