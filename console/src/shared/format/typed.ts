/** Reading what people type on a Persian, Arabic or Latin keyboard. */
const ZEROS = [0x06f0, 0x0660];

/** The same text with Latin digits. */
export function latinDigits(text: string): string {
  return text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => {
    const code = digit.charCodeAt(0);
    const zero = ZEROS.find((one) => code >= one && code < one + 10) ?? 0;
    return String(code - zero);
  });
}

/** Words and numbers that stand between spaces or commas of any script. */
export function pieces(text: string): string[] {
  return latinDigits(text)
    .split(/[\s,\u060c]+/)
    .filter(Boolean);
}

/** A whole number, with or without separators; null when the text is none. */
export function wholeNumber(text: string): number | null {
  const digits = latinDigits(text).replace(/[\s,_\u060c\u066c]/g, "");
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}
