// One identity provider on loopback that stands in for all: whoever comes with a code gets the identity written in it.
import { createServer } from 'node:http';

const CLIENT = { clientId: 'lobechat', clientSecret: 'not-a-secret' };
const OIDC_HOST = 'identity.example';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());

/** The authorization code that stands for one identity: {accountId, email, emailVerified, name}. */
export const codeFor = encode;

/** What LobeChat's provider definitions hand to Better Auth: its built-in providers, and the rest by OpenID Connect. */
export function clients(providers, builtIn) {
  const social = providers.filter((id) => builtIn.includes(id));
  const generic = providers.filter((id) => !builtIn.includes(id));
  return {
    socialProviders: Object.fromEntries(social.map((id) => [id, { ...CLIENT, ...COGNITO[id] }])),
    genericProviders: generic.map((id) => ({ ...CLIENT, providerId: id, ...(BY_HAND[id] ?? openIdConnect(id)) })),
  };
}

const COGNITO = { cognito: { domain: 'cognito.example', region: 'eu-central-1', userPoolId: 'eu-central-1_pool' } };

const openIdConnect = (id) => ({
  discoveryUrl: `https://${OIDC_HOST}/${id}/.well-known/openid-configuration`,
  pkce: true,
  scopes: ['openid', 'email', 'profile'],
});

// Feishu and WeChat do not speak OpenID Connect: LobeChat fetches the person itself and makes up an address where none is given.
const byHand = (id, addressOf) => ({
  authorizationUrl: `https://${OIDC_HOST}/${id}/authorize`,
  tokenUrl: `https://${OIDC_HOST}/${id}/token`,
  async getToken({ code }) {
    return { accessToken: code, tokenType: 'Bearer', scopes: [] };
  },
  async getUserInfo({ accessToken }) {
    const person = decode(accessToken);
    const email = addressOf(person);
    return { id: person.accountId, name: person.name, email, emailVerified: false };
  },
});

const BY_HAND = {
  feishu: byHand('feishu', (person) => person.email ?? `${person.accountId}@feishu.lobehub`),
  wechat: byHand('wechat', (person) => `${person.accountId}@wechat.lobehub`),
};

function claims({ accountId, email, emailVerified, name }) {
  return { sub: accountId, email, email_verified: emailVerified, name };
}

function answer(url, token) {
  const path = url.pathname;
  const issuer = `https://${path.split('/').slice(1, 3).join('/')}`;
  if (path.endsWith('/.well-known/openid-configuration')) {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
    };
  }
  if (path.endsWith('/token') || path.endsWith('/access_token')) {
    const person = claims(decode(token));
    const idToken = `${encode({ alg: 'none' })}.${encode(person)}.`;
    return { access_token: token, token_type: 'Bearer', expires_in: 3600, scope: 'openid email', id_token: idToken };
  }
  if (path.endsWith('/userinfo')) return claims(decode(token));
  if (path === '/api.github.com/user') return githubProfile(decode(token));
  if (path === '/api.github.com/user/emails') {
    const { email, emailVerified } = decode(token);
    return [{ email, verified: emailVerified, primary: true }];
  }
  return undefined; // Microsoft's profile picture, say
}

const githubProfile = ({ accountId, email, name }) => ({
  id: /^\d+$/.test(accountId) ? Number(accountId) : accountId, // GitHub gives a number
  login: name,
  name,
  email,
});

/** Start the provider, and lead every request of Better Auth to the outside there instead. */
export async function startIdentityProvider() {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const code = new URLSearchParams(Buffer.concat(chunks).toString()).get('code');
    const token = code ?? request.headers.authorization?.replace('Bearer ', '');
    const body = answer(new URL(request.url, 'http://loopback'), token);
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const realFetch = globalThis.fetch;
  globalThis.fetch = (target, options) => {
    const { host, pathname, search } = new URL(target instanceof Request ? target.url : target);
    return realFetch(`http://127.0.0.1:${server.address().port}/${host}${pathname}${search}`, options);
  };
  return { close: () => server.close() };
}
