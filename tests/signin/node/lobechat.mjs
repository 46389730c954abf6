// Better Auth as LobeChat 2 configures it (its define-config.ts), on LobeChat's own tables and columns.
import bcrypt from 'bcryptjs';
import { emailHarmony } from 'better-auth-harmony';
import { validateEmail } from 'better-auth-harmony/email';
import pg from 'pg';

import { clients } from './identity-provider.mjs';

const BUILT_IN = ['apple', 'cognito', 'github', 'google', 'microsoft'];

// The id that Clerk-era users have, so that a user made by a sign-in is told apart from a migrated one only by its row.
const newId = ({ model }) => `${model === 'user' || model === 'users' ? 'user_' : ''}new${crypto.randomUUID()}`;

const USERS = {
  modelName: 'users',
  fields: {
    name: 'full_name',
    image: 'avatar',
    emailVerified: 'email_verified',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
  },
  additionalFields: { username: { type: 'string', required: false } },
};

const ACCOUNTS = {
  modelName: 'accounts',
  fields: {
    accountId: 'account_id',
    providerId: 'provider_id',
    userId: 'user_id',
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    idToken: 'id_token',
    accessTokenExpiresAt: 'access_token_expires_at',
    refreshTokenExpiresAt: 'refresh_token_expires_at',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
  },
};

const SESSIONS = {
  modelName: 'auth_sessions',
  fields: {
    expiresAt: 'expires_at',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
    ipAddress: 'ip_address',
    userAgent: 'user_agent',
    userId: 'user_id',
  },
};

const VERIFICATIONS = {
  modelName: 'verifications',
  fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
};

const ADMIN = {
  user: { fields: { banReason: 'ban_reason', banExpires: 'ban_expires' } },
  session: { fields: { impersonatedBy: 'impersonated_by' } },
};

const TWO_FACTOR = {
  user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
  twoFactor: {
    modelName: 'two_factor',
    fields: {
      backupCodes: 'backup_codes',
      userId: 'user_id',
      failedVerificationCount: 'failed_verification_count', // both from 1.6.22 on
      lockedUntil: 'locked_until',
    },
  },
};

function harmony() {
  const plugin = emailHarmony({ allowNormalizedSignin: false, validator: validateEmail });
  plugin.schema.user.fields.normalizedEmail.fieldName = 'normalized_email';
  return plugin;
}

const mailSignIn = ({ emailOTP, magicLink }, mails) => [
  emailOTP({ disableSignUp: true, sendVerificationOTP: async ({ email, otp }) => void mails.set(`code ${email}`, otp) }),
  magicLink({ disableSignUp: true, sendMagicLink: async ({ email, token }) => void mails.set(`link ${email}`, token) }),
];

/**
 * Better Auth of that version on that database.
 *
 * settings: version, database (host, port, …), secret (AUTH_SECRET), providers (AUTH_SSO_PROVIDERS), emailVerification
 * (AUTH_EMAIL_VERIFICATION), disableEmailPassword (AUTH_DISABLE_EMAIL_PASSWORD), twoFactor (the plugin that forks enable),
 * harmony (the plugin that LobeChat has up to 2.2.2; it goes with version 1.4.6, the package named better-auth alone),
 * mailSignIn (codes and, with AUTH_ENABLE_MAGIC_LINK, links by mail that sign in),
 * rateLimit (on in LobeChat; off where one address signs in hundreds of users).
 * Gives the instance, the pool of connections, and `mails`, where the mails that it sends are put: `password`, `verify`,
 * `code` or `link`, and the address -> token.
 */
export async function configureLobeChat(settings, baseURL) {
  const library = settings.version === '1.4.6' ? 'better-auth' : `better-auth-${settings.version}`;
  const { betterAuth } = await import(library);
  const { verifyPassword } = await import(`${library}/crypto`);
  const { admin, emailOTP, genericOAuth, magicLink, twoFactor } = await import(`${library}/plugins`);
  const mails = new Map();
  const pool = new pg.Pool({ ...settings.database, max: 4 });
  const { socialProviders, genericProviders } = clients(settings.providers, BUILT_IN);
  const auth = betterAuth({
    baseURL,
    secret: settings.secret,
    database: pool,
    account: {
      ...ACCOUNTS,
      accountLinking: { enabled: true, allowDifferentEmails: true, trustedProviders: settings.providers },
    },
    user: USERS,
    session: { ...SESSIONS, cookieCache: { enabled: true, maxAge: 120 } },
    verification: VERIFICATIONS,
    emailAndPassword: {
      enabled: !settings.disableEmailPassword,
      minPasswordLength: 8,
      maxPasswordLength: 64,
      requireEmailVerification: settings.emailVerification,
      revokeSessionsOnPasswordReset: true,
      password: {
        async verify({ hash, password }) {
          if (hash.startsWith('$2a$') || hash.startsWith('$2b$')) return bcrypt.compare(password, hash);
          return verifyPassword({ hash, password });
        },
      },
      async sendResetPassword({ user, token }) {
        mails.set(`password ${user.email}`, token);
      },
    },
    emailVerification: {
      autoSignInAfterVerification: true,
      async sendVerificationEmail({ user, token }) {
        mails.set(`verify ${user.email}`, token);
      },
    },
    socialProviders,
    plugins: [
      ...(settings.harmony ? [harmony()] : []),
      admin({ schema: ADMIN }),
      ...(genericProviders.length > 0 ? [genericOAuth({ config: genericProviders })] : []),
      ...(settings.mailSignIn ? mailSignIn({ emailOTP, magicLink }, mails) : []),
      ...(settings.twoFactor ? [twoFactor({ schema: TWO_FACTOR })] : []),
    ],
    advanced: { database: { generateId: newId } },
    onAPIError: { errorURL: `${baseURL}/auth-error` },
    rateLimit: { enabled: Boolean(settings.rateLimit) },
    logger: { disabled: true }, // not LobeChat's: only errors of the harness belong on its output
    telemetry: { enabled: false },
  });
  return { auth, pool, mails, close: () => pool.end() };
}

