/** Tasks and their lists. */
import type { ApiError } from '../../generated/ApiError';
import type { Event } from '../../generated/Event';
import type { ListId } from '../../generated/ListId';
import type { Task } from '../../generated/Task';
import type { TaskDraft } from '../../generated/TaskDraft';
import type { TaskId } from '../../generated/TaskId';
import type { TaskList } from '../../generated/TaskList';
import type { Host } from '../../host/host';
import { apiError } from '../../host/host';
import { Changes } from './changes.svelte';

/** Rows in a page: some screens of them. */
const PAGE = 200;

export class Tasks extends Changes {
  readonly #host: Host;
  phase = $state<'loading' | 'failed' | 'ready'>('loading');
  error = $state<ApiError>();
  lists = $state.raw<TaskList[]>([]);
  /** The list that is shown; none: the tasks of all. */
  list = $state<ListId>();
  rows = $state.raw<Task[]>([]);
  next = $state<number | null>(null);
  selected = $state<TaskId>();

  readonly task = $derived(this.rows.find((row) => row.id === this.selected));
  readonly open = $derived(this.rows.filter((row) => row.status === 'open'));
  readonly done = $derived(this.rows.filter((row) => row.status === 'done'));

  constructor(host: Host) {
    super();
    this.#host = host;
  }

  /** Loads the lists and the newest tasks of the shown one. */
  async load(): Promise<void> {
    try {
      this.lists = await this.#host.call('lists_list', {});
      if (this.list && !this.lists.some((list) => list.id === this.list)) this.list = undefined;
      const page = await this.#host.call('tasks_list', { limit: PAGE, ...this.#of() });
      this.rows = page.items;
      this.next = page.next;
      this.phase = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = apiError(error);
      this.phase = 'failed';
    }
  }

  /** Loads the next older page. */
  async more(): Promise<void> {
    if (this.next === null) return;
    const after = this.next;
    this.next = null;
    await this.attempt(async () => {
      const page = await this.#host.call('tasks_list', { limit: PAGE, after, ...this.#of() });
      this.rows = [...this.rows, ...page.items];
      this.next = page.next;
    });
  }

  #of(): { list_id?: ListId } {
    return this.list ? { list_id: this.list } : {};
  }

  /** Shows one list, or all. */
  async show(list: ListId | undefined): Promise<void> {
    this.list = list;
    this.selected = undefined;
    await this.load();
  }

  /** Shows one task, also one beyond the loaded page. */
  async select(id: TaskId | undefined): Promise<void> {
    this.selected = id;
    this.changeError = undefined;
    if (!id || this.rows.some((row) => row.id === id)) return;
    await this.attempt(async () => {
      this.rows = [await this.#host.call('task_get', { id }), ...this.rows];
    });
  }

  /** Any change of a task or a list: counts may differ, so both are asked for again. */
  apply(event: Event): void {
    if (event === 'status') return;
    if ('task' in event || 'list' in event || 'lagged' in event) void this.load();
  }

  /** Makes a task by hand and opens it. */
  create(draft: TaskDraft): Promise<boolean> {
    return this.attempt(async () => {
      const made = await this.#host.call('task_create', draft);
      await this.load();
      this.selected = made.id;
    });
  }

  /** Changes a task. */
  change(id: TaskId, change: TaskDraft): Promise<boolean> {
    return this.attempt(async () => {
      const changed = await this.#host.call('task_update', { id, change });
      this.rows = this.rows.map((row) => (row.id === id ? changed : row));
      this.lists = await this.#host.call('lists_list', {});
    });
  }

  /** Deletes a task for good. */
  remove(id: TaskId): Promise<boolean> {
    return this.attempt(async () => {
      await this.#host.call('task_delete', { id });
      if (this.selected === id) this.selected = undefined;
      await this.load();
    });
  }

  /** Makes a list and shows it. */
  createList(name: string): Promise<boolean> {
    return this.attempt(async () => {
      const made = await this.#host.call('list_create', { name });
      await this.show(made.id);
    });
  }

  /** Renames a list. */
  renameList(id: ListId, name: string): Promise<boolean> {
    return this.attempt(async () => {
      await this.#host.call('list_rename', { id, name });
      await this.load();
    });
  }

  /** Deletes a list with its tasks. */
  removeList(id: ListId): Promise<boolean> {
    return this.attempt(async () => {
      await this.#host.call('list_delete', { id });
      await this.show(this.list === id ? undefined : this.list);
    });
  }
}
