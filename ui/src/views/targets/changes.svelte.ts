/** A state whose changes the core may refuse: what went wrong with the last one stays until the next. */
import type { ApiError } from '../../generated/ApiError';
import { apiError } from '../../host/host';

export class Changes {
  /** What went wrong with the last change, or with opening one. */
  changeError = $state.raw<ApiError>();

  /** Does it; whether it went well. */
  protected async attempt(work: () => Promise<void>): Promise<boolean> {
    this.changeError = undefined;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.changeError = apiError(thrown);
      return false;
    }
  }
}
