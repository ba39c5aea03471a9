/** The one policy of a role of the kit. */
export const ROLE_POLICY = 'own';
