// LobeChat 2 over HTTP: Better Auth's handler, and beside it LobeChat's own routes, which its sign-in page asks first.
import { createServer } from 'node:http';

const HAS_PASSWORD = `
  SELECT EXISTS (SELECT FROM accounts WHERE user_id = u.id AND provider_id = 'credential' AND password <> '') AS has_password
  FROM users u WHERE u.email = $1`;
const BY_USERNAME = `SELECT email FROM users WHERE username = $1 AND email <> ''`;

/** LobeChat's own routes: path -> the body that answers a body. */
const ownRoutes = (pool, version) => ({
  '/api/version': async () => ({ version }),
  '/api/auth/check-user': async ({ email }) => {
    const { rows } = await pool.query(HAS_PASSWORD, [email.toLowerCase().trim()]);
    return rows.length > 0 ? { exists: true, hasPassword: rows[0].has_password } : { exists: false };
  },
  '/api/auth/resolve-username': async ({ username }) => {
    const { rows } = await pool.query(BY_USERNAME, [username.trim()]);
    return rows.length > 0 ? { exists: true, email: rows[0].email } : { exists: false };
  },
});

async function askBetterAuth(auth, request, body, url) {
  const headers = new Headers(Object.entries(request.headers).filter(([, value]) => typeof value === 'string'));
  headers.set('x-forwarded-for', request.socket.remoteAddress); // as the proxy in front of LobeChat does: whom to count
  const answer = await auth.handler(new Request(url, { method: request.method, headers, body: body || undefined }));
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const json = (body) => ({ status: 200, headers: new Headers({ 'content-type': 'application/json' }), text: JSON.stringify(body) });

/** Listen on a free port of this machine; `deploy` gets the address and gives {auth, pool}, as configureLobeChat does. */
export async function serveLobeChat(deploy, version) {
  let lobeChat;
  let routes;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { pathname } = new URL(request.url, lobeChat.url);
    const own = routes[pathname];
    const { status, headers, text } = own
      ? json(await own(body ? JSON.parse(body) : {}))
      : await askBetterAuth(lobeChat.auth, request, body, new URL(request.url, lobeChat.url));
    response.statusCode = status;
    headers.forEach((value, name) => name !== 'set-cookie' && response.setHeader(name, value));
    response.setHeader('set-cookie', headers.getSetCookie());
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  lobeChat = { ...(await deploy(url)), url };
  routes = ownRoutes(lobeChat.pool, version);
  return { ...lobeChat, close: () => (server.closeAllConnections(), server.close(), lobeChat.pool.end()) };
}
