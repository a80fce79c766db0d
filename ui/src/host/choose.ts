/** Decides which host this page has. */
import type { Host } from './host';
import { HttpHost } from './http';
import { inWindow, TauriHost } from './tauri';

/** The window's host inside Creel's window, else the browser's, started. */
export async function chooseHost(): Promise<Host> {
  if (inWindow()) return new TauriHost();
  const host = new HttpHost();
  await host.start();
  return host;
}
