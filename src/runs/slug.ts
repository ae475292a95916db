/**
 * A text as part of a file name or of a command line: small letters, digits and single hyphens, dots inside numbers,
 * accents dropped. Empty when nothing of it can stand there.
 */
export function slug(text: string, maxLength = 40): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/(?<!\d)\.|\.(?!\d)|[^a-z0-9.]/g, '-')
    .replace(/-+/g, '-')
    .slice(0, maxLength)
    .replace(/^[-.]+|[-.]+$/g, '');
}
