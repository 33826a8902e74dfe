/** The same tree of keys with any text at the leaves: what a translation must fill completely. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : Translation<T[K]> };
