"""Does LobeChat offer every provider that its users depend on, and do these lead back to LobeChat?"""

import httpx

from job.report.model import NamedCheck
from job.smoke.check import Visit, count_users, failed, hint_for, passed, skipped, warning
from job.smoke.expected import Provider
from job.smoke.lobechat_api import Answer, LobeChatApi, origin_of

# Built into Better Auth; the others go through its generic OAuth plugin.
BUILT_IN = frozenset({"apple", "cognito", "github", "google", "microsoft"})
NOT_FOUND = 404


async def check_providers(visit: Visit) -> None:
    """One check for each provider that somebody is linked to."""
    if not visit.expected.providers:
        visit.tell(skipped("providers", "nobody is linked to a provider"))
    for provider in visit.expected.providers:
        answer = await _begin_sign_in(visit.api, provider.id)
        visit.api.forget_cookies()
        visit.tell(_judge(provider, answer, visit.api.origin))


async def _begin_sign_in(api: LobeChatApi, provider: str) -> Answer:
    """Ask for the address to which LobeChat sends people; it leaves a row in `verifications` that expires."""
    if provider not in BUILT_IN:
        answer = await api.post("/api/auth/sign-in/oauth2", {"providerId": provider, "disableRedirect": True})
        if answer.status != NOT_FOUND:
            return answer  # else Better Auth has no generic provider at all, or is a version without this endpoint
    return await api.post("/api/auth/sign-in/social", {"provider": provider, "disableRedirect": True})


def _judge(provider: Provider, answer: Answer, origin: str) -> NamedCheck:
    name = f"provider.{provider.id}"
    url = answer.get("url")
    if isinstance(url, str):
        return _judge_way_back(name, provider, url, origin)
    if _is_unknown(answer):
        return _not_offered(name, provider)
    return failed(
        name,
        f"LobeChat cannot begin a sign-in through {provider.id}: {answer.describe()}",
        hint=f"check the variables of {provider.id} (id, secret, issuer) and LobeChat's log"
        if answer.is_json
        else hint_for(answer),
    )


def _is_unknown(answer: Answer) -> bool:
    """Better Auth's words for a provider that is not enabled (1.4.6 and 1.6.15)."""
    return answer.code.startswith(("PROVIDER_NOT_FOUND", "NO_CONFIG_FOUND_FOR_PROVIDER", "PROVIDER_CONFIG_NOT_FOUND"))


def _not_offered(name: str, provider: Provider) -> NamedCheck:
    enable = f"add {provider.id} to LobeChat's AUTH_SSO_PROVIDERS, with the variables that it needs"
    if not provider.dependent:
        return warning(
            name,
            f"LobeChat does not offer {provider.id}; {count_users(provider.users)} linked to it can sign in otherwise",
            hint=enable,
        )
    return failed(
        name,
        f"LobeChat does not offer {provider.id}, the only way in of {count_users(provider.dependent)}",
        hint=f"{enable}; if it is left out on purpose, give the job AUTH_SSO_PROVIDERS too",
    )


def _judge_way_back(name: str, provider: Provider, url: str, origin: str) -> NamedCheck:
    """Whether the provider is told to send people back to the address that they know."""
    try:
        way_back = httpx.URL(url).params.get("redirect_uri", "")
        back_to = origin_of(way_back)
    except httpx.InvalidURL:
        way_back = back_to = ""
    if not way_back:
        return warning(
            name,
            f"{provider.id} is offered; where it leads back to, LobeChat does not say",
            hint=f"sign in through {provider.id} yourself",
        )
    if back_to != origin:
        return failed(
            name,
            f"{provider.id} would lead people back to {back_to}, not to {origin}",
            hint=f"set LobeChat's APP_URL to {origin}, and register {origin}/api/auth/callback/{provider.id} at the"
            " provider",
        )
    return passed(name, f"offered to {count_users(provider.users)}, and leads back to {origin}")
