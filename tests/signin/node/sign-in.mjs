// The ways into LobeChat, each as a person with a fresh browser goes it.
// Every way answers {status, userId, error}: the last HTTP status, who is signed in then, and the server's error code.
import { Browser } from './browser.mjs';
import { codeFor } from './identity-provider.mjs';

const outcome = async (browser, { status, body }, more = {}) => ({
  status,
  userId: await browser.userId(),
  error: status >= 400 ? (body?.code ?? body?.message ?? 'unknown') : null,
  ...more,
});

/** By email and password, as typed. */
async function signIn({ email, password }, { open }) {
  const browser = open();
  const response = await browser.post('/sign-in/email', { email, password });
  return outcome(browser, response, { secondFactor: response.body?.twoFactorRedirect ?? false });
}

/** Through a provider that says: this is {accountId, email, emailVerified, name}. `isNew`: LobeChat made a user for it. */
async function sso({ provider, accountId, email, emailVerified = true, name = 'A Person' }, { open, builtIn, baseURL }) {
  const browser = open();
  const social = builtIn(provider);
  const pages = { callbackURL: `${baseURL}/in`, newUserCallbackURL: `${baseURL}/new`, errorCallbackURL: `${baseURL}/error` };
  const start = await (social
    ? browser.post('/sign-in/social', { provider, ...pages })
    : browser.post('/sign-in/oauth2', { providerId: provider, ...pages }));
  if (start.status !== 200) return outcome(browser, start, { isNew: false });
  const query = new URLSearchParams({
    code: codeFor({ accountId, email, emailVerified, name }),
    state: new URL(start.body.url).searchParams.get('state'),
  });
  const back = await browser.get(`${social ? '/callback' : '/oauth2/callback'}/${provider}?${query}`);
  const arrived = back.location ? new URL(back.location, baseURL) : null;
  const result = await outcome(browser, back, { isNew: arrived?.pathname === '/new' });
  return { ...result, error: arrived?.searchParams.get('error') ?? result.error };
}

/** Forgotten (or never had) a password: ask for the mail, follow its link, set a new one, sign in with it. */
async function setPassword({ email, password }, context) {
  const browser = context.open();
  const asked = await browser.post('/request-password-reset', { email, redirectTo: `${context.baseURL}/reset` });
  if (asked.status !== 200) return outcome(browser, asked);
  const token = context.takeMail('password', email);
  if (!token) return outcome(browser, asked, { error: 'NO_MAIL' });
  const set = await browser.post('/reset-password', { newPassword: password, token });
  return set.status === 200 ? signIn({ email, password }, context) : outcome(browser, set);
}

/** Told that the address is not verified: ask for the mail and follow its link. */
async function verifyEmail({ email }, context) {
  const browser = context.open();
  const asked = await browser.post('/send-verification-email', { email });
  const token = context.takeMail('verify', email);
  return token ? outcome(browser, await browser.get(`/verify-email?token=${token}`)) : outcome(browser, asked, { error: 'NO_MAIL' });
}

/** Without a password: ask for the mail with a code, and type that. */
async function mailCode({ email }, context) {
  const browser = context.open();
  const asked = await browser.post('/email-otp/send-verification-otp', { email, type: 'sign-in' });
  const otp = context.takeMail('code', email);
  return outcome(browser, otp ? await browser.post('/sign-in/email-otp', { email, otp }) : asked, otp ? {} : { error: 'NO_MAIL' });
}

/** Without a password: ask for the mail with a link, and follow that. */
async function mailLink({ email }, context) {
  const browser = context.open();
  const asked = await browser.post('/sign-in/magic-link', { email });
  const token = context.takeMail('link', email);
  if (!token) return outcome(browser, asked, { error: 'NO_MAIL' });
  return outcome(browser, await browser.get(`/magic-link/verify?token=${token}`));
}

/** By email and password, then with a code of the second factor: `kind` is backup-code or totp. */
async function secondFactor({ email, password, kind, code }, { open }) {
  const browser = open();
  const first = await browser.post('/sign-in/email', { email, password });
  if (!first.body?.twoFactorRedirect) return outcome(browser, first, { secondFactor: false });
  return outcome(browser, await browser.post(`/two-factor/verify-${kind}`, { code }), { secondFactor: true });
}

export const WAYS = { signIn, sso, setPassword, verifyEmail, mailCode, mailLink, secondFactor };

function takeFrom(map, key) {
  const value = map.get(key);
  map.delete(key);
  return value;
}

/** What every way is given beside its command. */
export const contextOf = ({ auth, mails }, baseURL) => ({
  baseURL,
  takeMail: (kind, email) => takeFrom(mails, `${kind} ${email.toLowerCase()}`),
  open: () => new Browser(auth, baseURL),
  builtIn: (provider) => Boolean(auth.options.socialProviders[provider]),
});
