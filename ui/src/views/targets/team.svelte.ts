/** The team of OpShift's webhooks: its one secret and its monthly quota. */
import type { ApiError } from '../../generated/ApiError';
import type { Team } from '../../generated/Team';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';

export class TeamState {
  readonly #host: Host;
  team = $state.raw<Team>();
  error = $state.raw<ApiError>();
  /** In clear, this one time, with when the old one stops. */
  revealed = $state.raw<{ secret: string; oldUntil?: string }>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the team anew. */
  load = (): Promise<boolean> =>
    this.#try(async () => {
      this.team = await this.#host.call('team_get', {});
    });

  /** Makes the secret and shows it, once. */
  make = (): Promise<boolean> =>
    this.#try(async () => {
      const { secret } = await this.#host.call('team_secret', {});
      this.revealed = { secret };
      this.team = await this.#host.call('team_get', {});
    });

  /** A new secret; the old one works on for so many hours. */
  rotate = (graceHours: number): Promise<boolean> =>
    this.#try(async () => {
      const made = await this.#host.call('team_rotate_secret', { grace_hours: graceHours });
      this.revealed = { secret: made.secret, ...(graceHours > 0 && { oldUntil: made.old_secret_expires_at }) };
    });

  /** Alerts and occurrences that a month may bring; 0: any number. */
  allow = (alertsPerMonth: number): Promise<boolean> =>
    this.#try(async () => {
      this.team = await this.#host.call('team_update', { alerts_per_month: alertsPerMonth });
    });

  /** The secret was seen: it is not kept here any longer. */
  dismiss = (): void => {
    this.revealed = undefined;
  };

  async #try(work: () => Promise<void>): Promise<boolean> {
    this.error = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.error = apiError(error);
      return false;
    }
  }
}
