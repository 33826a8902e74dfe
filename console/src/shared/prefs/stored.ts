/** Small choices kept in this browser; private windows may refuse, then they last for the page. */
export function read(name: string): string | null {
  try {
    return localStorage.getItem(`hamsafar.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`hamsafar.${name}`, value);
  } catch {
    // Refused storage only means that the choice is not remembered.
  }
}
