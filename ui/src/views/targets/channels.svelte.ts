/** Channels: where messages go once their code was typed back. */
import type { ApiError } from '../../generated/ApiError';
import type { Channel } from '../../generated/Channel';
import type { ChannelChange } from '../../generated/ChannelChange';
import type { ChannelDraft } from '../../generated/ChannelDraft';
import type { ChannelId } from '../../generated/ChannelId';
import type { Event } from '../../generated/Event';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';

export class ChannelsState {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  all = $state.raw<Channel[]>([]);
  error = $state.raw<ApiError>();
  /** What went wrong with the last change, and with which channel; none: one that is not linked. */
  failed = $state.raw<{ id?: ChannelId; error: ApiError }>();
  busy = $state(false);

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    try {
      this.all = await this.#host.call('channels_list', {});
      this.phase = 'ready';
    } catch (thrown) {
      this.error = apiError(thrown);
      this.phase = 'failed';
    }
  }

  /**
   * Links a channel and sends it its code. It is linked also where the code did not go out: then the channel is what
   * shows why.
   */
  async link(draft: ChannelDraft): Promise<ChannelId | undefined> {
    const before = new Set(this.all.map(({ id }) => id));
    await this.#try(undefined, () => this.#host.call('channel_link', draft));
    const id = this.all.find((one) => !before.has(one.id))?.id;
    if (this.failed) this.failed = { ...this.failed, id };
    return id;
  }

  /** Changes a channel; another end is sent a code. */
  change(change: ChannelChange): Promise<boolean> {
    return this.#try(change.id, () => this.#host.call('channel_update', change));
  }

  sendCode(id: ChannelId): Promise<boolean> {
    return this.#try(id, () => this.#host.call('channel_send_code', { id }));
  }

  /** Sends a message that says that it is a test. */
  test(id: ChannelId): Promise<boolean> {
    return this.#try(id, () => this.#host.call('channel_test', { id }));
  }

  /** Another screen, or another program, changed a channel. Its own changes load the list themselves. */
  apply(event: Event): void {
    const concerns = typeof event === 'object' && ('channel' in event || 'lagged' in event);
    if (concerns && !this.busy) void this.load();
  }

  verify(id: ChannelId, code: string): Promise<boolean> {
    return this.#try(id, () => this.#host.call('channel_verify', { id, code }));
  }

  unlink(id: ChannelId): Promise<boolean> {
    return this.#try(id, () => this.#host.call('channel_unlink', { id }));
  }

  /** What went wrong with this channel, or with one that was to be linked. */
  errorOf(id: ChannelId | undefined): ApiError | undefined {
    return this.failed?.id === id ? this.failed?.error : undefined;
  }

  async #try(id: ChannelId | undefined, work: () => Promise<unknown>): Promise<boolean> {
    this.failed = undefined;
    this.busy = true;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.failed = { id, error: apiError(thrown) };
      return false;
    } finally {
      await this.load();
      this.busy = false;
    }
  }
}
