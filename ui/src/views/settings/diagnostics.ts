/** What a report about a problem would hold: shown as text, so that everybody can read it before it is shared. */
import type { Settings } from '../../generated/Settings';
import type { Status } from '../../generated/Status';

/** Nothing of deliveries, secrets, addresses of triggers or names is in it; the data folder only by its last part. */
export function diagnostics(status: Status, settings: Settings, agent: string): string {
  const { retention } = settings;
  const lines = [
    `creel ${status.version}`,
    `browser ${agent}`,
    `receiver ${status.receiver ?? 'does not listen'}`,
    `control ${status.control ?? 'does not listen'}`,
    `data folder …/${status.data_dir.split(/[\\/]/).at(-1)}`,
    `secrets key in ${status.secrets_store}`,
    `deliveries ${status.deliveries}, on disk ${status.disk_bytes} bytes`,
    `queue ${status.queue_depth}, search lag ${status.search_lag}`,
    `retention ${retention.days} days, ${retention.deliveries} deliveries, ${retention.megabytes} MB`,
    `largest body ${settings.max_body_bytes} bytes`,
    `paused ${settings.paused}, capture only ${settings.capture_only}, stop answering ${settings.stop_answering}`,
    ...status.trouble.map((error) => `trouble ${error.code}: ${error.message}`),
  ];
  return lines.join('\n');
}
