/** JSON: every text of the extension host, by itself. */
export function bundleText(): string;
