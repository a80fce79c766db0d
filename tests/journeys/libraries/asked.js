// What the libraries' files share.

/** A library that answers with a truth value says no as the others do: with an error. */
export function fits(valid) {
  if (!valid) throw new Error("it does not fit");
}

/** A time in Unix seconds, as text. */
export function seconds(at) {
  return String(Math.floor(at.getTime() / 1000));
}
