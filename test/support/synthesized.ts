import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config as example } from '../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { cellSuffix } from '../../src/contract/cells';
import { synthesize } from '../../src/rehearsal/host/synthesize';

/** A resource in a template. */
export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A template as it was written. */
export interface TemplateFile {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** The four templates of a configuration, as text: vault, management, tooling, and what the tooling pushes; of one of its cells, if
 * it has several. */
export function templatesOf(config: CheckvalveConfig = example, cell?: string) {
  const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-synth-'));
  try {
    const assembly = synthesize(config, outdir);
    const read = (name: string) => readFileSync(join(outdir, name), 'utf8');
    const stack = (id: string) => read(assembly.getStackByName(id).templateFile);
    const pushed = /[\w-]+\.stackset\.template\.json/.exec(read(`Tooling${cellSuffix(cell)}.assets.json`))?.[0] ?? '';
    return {
      vault: stack(`Vault${cellSuffix(cell)}-${config.regions[0]}`),
      management: stack('Management'),
      tooling: stack(`Tooling${cellSuffix(cell)}`),
      toolingAssets: read(`Tooling${cellSuffix(cell)}.assets.json`),
      source: read(pushed),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** A template's resources. */
export const resourcesOf = (text: string): Readonly<Record<string, Resource>> =>
  (JSON.parse(text) as TemplateFile).Resources;
