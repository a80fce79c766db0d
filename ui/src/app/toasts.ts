/** Short confirmations. Errors do not come here: they stay where they happened. */
import { toast } from 'svelte-sonner';
import { visible } from '../parts/visible';

/** A way back stays long enough to be read and reached by keyboard; four seconds, the library's own, are not. */
const UNDO_MS = 10_000;

/** Says that something was done, with a way back if there is one. */
export function say(text: string, undo?: { label: string; run: () => void }): void {
  toast(visible(text), undo ? { duration: UNDO_MS, action: { label: undo.label, onClick: undo.run } } : {});
}

/** Says what comes next for as long as it is so; the returned function takes it away. */
export function standing(text: string, action: { label: string; run: () => void }): () => void {
  const id = toast(visible(text), { duration: Infinity, action: { label: action.label, onClick: action.run } });
  return () => toast.dismiss(id);
}
