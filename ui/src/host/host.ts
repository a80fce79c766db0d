/**
 * The seam between the screens and Creel's core. Two implementations: `tauri.ts` in the window, `http.ts` in a browser.
 */
import type { ApiError } from '../generated/ApiError';
import type { Commands } from '../generated/commands';
import type { ErrorCode } from '../generated/ErrorCode';
import type { Event } from '../generated/Event';

/** Whether events arrive: `locked` means that the session is missing and a token is needed. */
export type Connection = 'connecting' | 'open' | 'lost' | 'locked';

/** What to do about a taken port: the same again, or a free one until the next start, or from now on. */
export type Ports = 'kept' | 'free_once' | 'free_for_good';

/** What every screen talks to. */
export interface Host {
  /** Where the screens run. */
  readonly kind: 'window' | 'browser';
  /** Runs one command of the list; rejects with a `Failure`. */
  call<C extends keyof Commands>(command: C, input: Commands[C]['input']): Promise<Commands[C]['output']>;
  /** Hears every event until the returned function is called. */
  listen(handler: (event: Event) => void): () => void;
  /** Hears the connection's state, first at once, until the returned function is called. */
  watch(handler: (connection: Connection) => void): () => void;
  /** Opens a session with the pasted token; a browser only. */
  unlock?(token: string): Promise<void>;
  /** Writes a file where the person says, and tells where; undefined: they decided not to. The window only. */
  save?(name: string, bytes: Uint8Array): Promise<string | undefined>;
  /** Listens after all, where a port was taken; the window only. */
  listenAt?(ports: Ports): Promise<void>;
}

/** An `ApiError` that can be thrown. */
export class Failure extends Error implements ApiError {
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly field?: string;

  constructor(error: ApiError) {
    super(error.message);
    this.name = 'Failure';
    this.code = error.code;
    this.hint = error.hint;
    this.field = error.field;
  }
}

/** Whatever was thrown, as an error for a person. */
export function apiError(thrown: unknown): ApiError {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown)
    return thrown as ApiError;
  if (thrown instanceof Error) return { code: 'internal', message: thrown.message };
  return { code: 'internal', message: String(thrown) };
}
