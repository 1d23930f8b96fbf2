// What accounts and keys share: the roles that there are, and areas as they are typed.

export const ROLES = ["viewer", "ranger", "operator", "admin", "auditor", "ingest", "quarantine"];

/** Codes of areas, separated by commas or blanks. */
export const areasOf = (text) => text.split(/[\s,，]+/).filter(Boolean);
