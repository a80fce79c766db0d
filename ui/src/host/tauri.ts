/** The host in the window: Tauri's IPC. The only file that imports `@tauri-apps/*`. */
import { invoke } from '@tauri-apps/api/core';
import { listen as listenTo } from '@tauri-apps/api/event';
import type { Commands } from '../generated/commands';
import type { Event } from '../generated/Event';
import { apiError, Failure, type Connection, type Host, type Ports } from './host';

/** True inside Creel's window. */
export function inWindow(): boolean {
  return '__TAURI_INTERNALS__' in window;
}

export class TauriHost implements Host {
  readonly kind = 'window';

  async call<C extends keyof Commands>(command: C, input: Commands[C]['input']): Promise<Commands[C]['output']> {
    try {
      return await invoke('rpc', { command, input });
    } catch (thrown) {
      throw new Failure(apiError(thrown));
    }
  }

  listen(handler: (event: Event) => void): () => void {
    const stop = listenTo<Event>('creel', ({ payload }) => handler(payload));
    return () => void stop.then((off) => off());
  }

  async listenAt(ports: Ports): Promise<void> {
    try {
      await invoke('listen', { ports });
    } catch (thrown) {
      throw new Failure(apiError(thrown));
    }
  }

  async save(name: string, bytes: Uint8Array): Promise<string | undefined> {
    try {
      return (await invoke<string | null>('save_file', { name, bytes: base64(bytes) })) ?? undefined;
    } catch (thrown) {
      throw new Failure(apiError(thrown));
    }
  }

  watch(handler: (connection: Connection) => void): () => void {
    handler('open');
    return () => {};
  }
}

/** In pieces: a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  const PIECE = 32_768;
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
