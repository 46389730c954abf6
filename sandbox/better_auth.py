"""Better Auth's answers as LobeChat 2 configures it, in the order in which it judges a request."""

from collections.abc import Callable

from sandbox.better_auth_limit import BetterAuthLimit
from sandbox.lobechat_behaviour import BUILT_IN, OTHERS, Answer, Behaviour, Request
from sandbox.lobechat_rows import Found, LobeChatRows, sign

COOKIE = "better-auth.session_token"
SERVER_ERROR = 500


class BetterAuth:
    """Answers for the paths under /api/auth; `origin` is LobeChat's APP_URL."""

    def __init__(self, behaviour: Behaviour, rows: LobeChatRows, origin: str) -> None:
        self.limit = BetterAuthLimit()
        self._behaviour, self._rows, self._origin = behaviour, rows, origin
        self._routes: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/ok"): lambda _: Answer(200, {"ok": True}),
            ("POST", "/sign-in/email"): self._sign_in,
            ("POST", "/sign-in/social"): lambda request: self._begin(request.body.get("provider"), BUILT_IN),
            ("POST", "/sign-in/oauth2"): lambda request: self._begin(request.body.get("providerId"), OTHERS),
            ("GET", "/get-session"): self._tell_session,
            ("POST", "/sign-out"): self._sign_out,
        }

    def answer(self, request: Request) -> Answer:
        """Judge one request."""
        if self._behaviour.better_auth_down:
            return Answer(SERVER_ERROR, None)
        path = request.path.removeprefix("/api/auth")
        wait = self.limit.ask(request.address, path)
        if wait is not None:
            message = {"message": "Too many requests. Please try again later."}
            return Answer(429, message, (("X-Retry-After", str(wait)),))
        if request.method == "POST" and request.cookie and request.origin != self._origin:
            return _refused(403, "INVALID_ORIGIN" if request.origin else "MISSING_OR_NULL_ORIGIN")
        route = self._routes.get((request.method, path))
        return route(request) if route is not None else Answer(404, {})

    def _sign_in(self, request: Request) -> Answer:
        email, password = (str(request.body.get(name, "")) for name in ("email", "password"))
        if self._behaviour.passwords_disabled:
            return _refused(400, "EMAIL_PASSWORD_DISABLED")
        if "@" not in email or email.rpartition("@")[2] in self._behaviour.refused_domains:
            return _refused(400, "INVALID_EMAIL")
        found = self._rows.find(email.lower())
        fits = found is not None and bool(found.password) and found.fits(password)
        if fits is None:  # a digest that Better Auth cannot read
            return Answer(SERVER_ERROR, None)
        return self._let_in(found) if fits and found is not None else _refused(401, "INVALID_EMAIL_OR_PASSWORD")

    def _let_in(self, found: Found) -> Answer:
        if self._behaviour.email_verification and not found.email_verified:
            return _refused(403, "EMAIL_NOT_VERIFIED")
        if found.banned:
            return _refused(403, "BANNED_USER")
        token = self._rows.begin_session(found.id)
        cookie = f"{COOKIE}={sign(token)}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
        return Answer(200, {"redirect": False, "token": token, "user": {"id": found.id}}, (("Set-Cookie", cookie),))

    def _begin(self, provider: object, known: frozenset[str]) -> Answer:
        """The address at the provider to which the browser is to go.  The generic plugin is there only where needed."""
        offered = self._behaviour.providers & known
        if known is OTHERS and not offered:
            return Answer(404, {})
        if provider not in offered:
            if known is BUILT_IN:
                return _refused(404, "PROVIDER_NOT_FOUND")
            return _refused(400, f"NO_CONFIG_FOUND_FOR_PROVIDER_{str(provider).upper()}")
        state = self._rows.remember_state()
        back = f"{self._behaviour.leads_back_to or self._origin}/api/auth/callback/{provider}"
        url = f"https://{provider}.example/authorize?client_id=lobechat&state={state}&redirect_uri={back}"
        return Answer(200, {"url": url, "redirect": False}, (("Set-Cookie", f"better-auth.state={state}; Path=/"),))

    def _tell_session(self, request: Request) -> Answer:
        user_id = self._rows.user_of(request.session)
        return Answer(200, {"session": {"userId": user_id}, "user": {"id": user_id}} if user_id else None)

    def _sign_out(self, request: Request) -> Answer:
        self._rows.end_session(request.session)
        return Answer(200, {"success": True}, (("Set-Cookie", f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly"),))


def _refused(status: int, code: str) -> Answer:
    return Answer(status, {"code": code, "message": code.replace("_", " ").capitalize()})
