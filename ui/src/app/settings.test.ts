import { expect, it } from 'vitest';
import { TableHost } from '../../tests/host';
import type { Settings } from '../generated/Settings';
import { SettingsState } from './settings.svelte';

const SETTINGS: Settings = {
  retention: { days: 30, deliveries: 1000, megabytes: 100 },
  max_body_bytes: 1024,
  host_names: [],
  capture_only: false,
  paused: false,
  at_once: { all: 16, host: 4, tools: 2, agents: 2, pipelines: 4 },
  tool_folder: '',
  stop_answering: false,
  appearance: 'system',
  shortcuts: true,
  ui_state: '{}',
};

it('changes what it was told and nothing that changed elsewhere in between', async () => {
  let kept = SETTINGS;
  const host = new TableHost({ settings_get: () => kept, settings_set: (next: Settings) => (kept = next) });
  const settings = new SettingsState(host);
  await settings.load();
  kept = { ...kept, stop_answering: true };
  await Promise.all([
    settings.change(({ retention }) => ({ retention: { ...retention, days: 7 } })),
    settings.change(({ retention }) => ({ retention: { ...retention, megabytes: 0 } })),
    settings.change({ ui_state: '{"a":1}' }),
  ]);
  expect(kept).toEqual({
    ...SETTINGS,
    stop_answering: true,
    retention: { days: 7, deliveries: 1000, megabytes: 0 },
    ui_state: '{"a":1}',
  });
});
