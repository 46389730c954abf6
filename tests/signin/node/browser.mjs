// A browser as far as a sign-in needs one: it keeps cookies, follows nothing by itself, and sees what the server says.

/** One person's browser in front of Better Auth's request handler. */
export class Browser {
  #cookies = new Map();

  constructor(auth, baseURL) {
    this.auth = auth;
    this.baseURL = baseURL;
  }

  post(path, body) {
    return this.#send(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  }

  get(path) {
    return this.#send(path, { method: 'GET', headers: {} });
  }

  /** The id of the user whom the server takes this browser for, or null. */
  async userId() {
    const { body } = await this.get('/get-session?disableCookieCache=true');
    return body?.user?.id ?? null;
  }

  async #send(path, { headers, ...options }) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = { ...headers, origin: this.baseURL, ...(cookie && { cookie }) };
    const request = new Request(`${this.baseURL}/api/auth${path}`, { ...options, headers: all });
    const response = await this.auth.handler(request);
    response.headers.getSetCookie().forEach((line) => this.#keep(line));
    const text = await response.text();
    return { status: response.status, location: response.headers.get('location'), body: text ? JSON.parse(text) : null };
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(';');
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0')) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
