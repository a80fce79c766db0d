import { expect, test } from 'vitest';
import type { Settings } from '../../generated/Settings';
import type { Status } from '../../generated/Status';
import { diagnostics } from './diagnostics';

const status: Status = {
  version: '0.1.0',
  receiver: 'http://127.0.0.1:4419',
  control: null,
  tunnel: 'off',
  public: null,
  stop_answering: false,
  capture_only: true,
  paused: true,
  answering_faults: 0,
  queue_depth: 2,
  deliveries: 42,
  search_lag: 0,
  disk_bytes: 1000,
  data_dir: '/home/jane/.local/share/creel',
  secrets_store: 'file',
  trouble: [{ code: 'unavailable', message: 'port 4420 is taken' }],
  test_path: '/hooks/test',
};
const settings: Settings = {
  retention: { days: 30, deliveries: 0, megabytes: 500 },
  max_body_bytes: 1_048_576,
  host_names: [],
  capture_only: true,
  paused: true,
  at_once: { all: 16, host: 4, tools: 2, agents: 2, pipelines: 4 },
  tool_folder: '',
  stop_answering: false,
  appearance: 'dark',
  shortcuts: true,
  ui_state: '{"secret":"x"}',
};

test('the report tells the state and the trouble', () => {
  const text = diagnostics(status, settings, 'WebKit');
  expect(text).toContain('creel 0.1.0');
  expect(text).toContain('paused true');
  expect(text).toContain('trouble unavailable: port 4420 is taken');
});

test("the report holds neither the user's name nor the window's remembered state", () => {
  const text = diagnostics(status, settings, 'WebKit');
  expect(text).not.toContain('jane');
  expect(text).not.toContain('secret":');
});
