/** Lists of staged lines that are to be copied: each is one import, and the bulk job puts it when everything it names is there. */
export const manifestPrefix = (prefix: string) => `${prefix}manifests/`;

/** Whether an object is the list of an import. @param prefix - the import prefix, such as `import/` */
export const isImportManifest = (prefix: string, key: string) => key.startsWith(manifestPrefix(prefix)) && key.endsWith('.json');

/** Where it is told what became of an import, or where the list of one goes that the warehouse does not take. */
export const importKey = (prefix: string, shelf: 'loaded' | 'refused', manifest: string) =>
  `${prefix}${shelf}/${manifest.slice(manifestPrefix(prefix).length)}`;

/** The letters of keys that become SQL text. */
export const SAFE_KEY = /^[\w/.=+-]{1,1000}$/;
