/** The one policy of the role by which a throw-away warehouse reads its bucket. */
export const COPY_POLICY = 'objects';
