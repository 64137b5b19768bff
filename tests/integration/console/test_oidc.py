"""Signing in with an account at an OpenID provider: who may, and every way in which its answer can be wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client, override_settings
from identity_provider import CLIENT, SECRET, Provider, identity_provider, new_key

from privbot.config import IdentityProvider, Secret
from privbot.console import team
from privbot.console.models import Role, User
from privbot.console.settings import settings_for
from privbot.console.team import UNLIMITED, Access, By
from privbot.records.models import AuditEvent
from tests.integration.console.test_signing_in import QUEUE, code, with_app

START = "/accounts/elsewhere/harbour/login/"


@pytest.fixture
def provider(console_office: Any) -> Iterator[Provider]:
    """The provider, configured."""
    with identity_provider() as made:
        known = IdentityProvider(
            id="harbour", name="Harbour", issuer=made.issuer, client_id=CLIENT, client_secret=Secret(value=SECRET)
        )
        console = console_office.config.console.model_copy(update={"oidc": (known,)})
        console_office.config = console_office.config.model_copy(update={"console": console})
        with override_settings(SOCIALACCOUNT_PROVIDERS=settings_for(console_office.config)["SOCIALACCOUNT_PROVIDERS"]):
            yield made


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def invited(console_office: Any) -> None:
    team.invite("sam@harbour.example", Access(Role.OPERATOR, ("lumen",)), by=By("boss", UNLIMITED), now=console_office.clock())


def come_back(client: Client, provider: Provider, start: str = START) -> Any:
    """To the provider, where the person agrees, and back."""
    return client.get(provider.agree(client.post(start)["Location"]))


def joined(client: Client, provider: Provider) -> User:
    come_back(client, provider)
    return User.objects.get(email="sam@harbour.example")


def test_the_sign_in_page_names_the_provider(provider, client):
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with Harbour" in page and f'action="{START}"' in page


def test_who_was_invited_joins_with_the_account_elsewhere(provider, client, invited):
    assert come_back(client, provider)["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.controllers) == ("sam@harbour.example", "Sam Reed", "operator", ["lumen"])
    assert not user.has_usable_password()
    assert client.get(QUEUE).status_code == 200


def test_a_provider_s_user_signs_in(provider, client, invited):
    user = joined(client, provider)
    again = Client(SERVER_NAME="localhost")
    assert come_back(again, provider)["Location"] == "/"
    assert again.get(QUEUE).status_code == 200
    assert AuditEvent.objects.filter(action="signed in", subject=f"user:{user.pk}", data__ways=["harbour"]).count() == 2


def test_a_person_is_known_by_provider_and_subject(provider, client, invited):
    user = joined(client, provider)
    provider.claims["email"] = "renamed@harbour.example"
    again = Client(SERVER_NAME="localhost")
    come_back(again, provider)
    assert again.get(QUEUE).status_code == 200, "the same subject is the same person, whatever the address"
    assert SocialAccount.objects.get().user == user
    provider.claims.update(sub="18", email="sam@harbour.example")
    stranger = Client(SERVER_NAME="localhost")
    assert come_back(stranger, provider).status_code == 403, "the same address of another subject is somebody else"
    assert stranger.get(QUEUE).status_code == 302


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "kim@harbour.example"},  # somebody who was not invited
        {"email_verified": False},  # an address that anybody could have typed
        {"email_verified": None},  # nothing is said of it
        {"email": None},  # no address at all
    ],
)
def test_nobody_else_joins(provider, client, invited, claims):
    provider.claims.update(claims)
    answer = come_back(client, provider)
    assert answer.status_code in (200, 401, 403)
    assert not User.objects.exists()
    assert client.get(QUEUE).status_code == 302


def test_an_invitation_that_is_over_lets_nobody_join(provider, client, invited, clock):
    clock.advance(hours=73)
    assert come_back(client, provider).status_code == 403
    assert not User.objects.exists()


def test_an_account_here_is_not_taken_over_by_the_same_address_elsewhere(provider, client, person):
    user = person("admin", name="Sam Reed")
    provider.claims["email"] = user.email
    assert come_back(client, provider).status_code == 403
    assert client.get(QUEUE).status_code == 302


def test_whose_access_has_ended_does_not_get_in_this_way(provider, client, invited):
    user = joined(client, provider)
    user.is_active = False
    user.save()
    again = Client(SERVER_NAME="localhost")
    come_back(again, provider)
    assert again.get(QUEUE).status_code == 302


def test_the_second_factor_is_asked_for_all_the_same(provider, client, invited):
    user = joined(client, provider)
    secret = with_app(user)
    again = Client(SERVER_NAME="localhost")
    assert come_back(again, provider)["Location"] == "/accounts/2fa/authenticate/"
    assert again.get(QUEUE).status_code == 302
    again.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert again.get(QUEUE).status_code == 200


def test_no_token_is_kept(provider, client, invited):
    joined(client, provider)
    assert not SocialToken.objects.exists()
    kept = str(list(SocialAccount.objects.values())) + str(dict(client.session))
    assert "opaque" not in kept and "eyJ" not in kept


# -- wrong answers ------------------------------------------------------------------------------------------------------------------

WRONG_TOKENS = {
    "signed by somebody else": {"signing_key": new_key()},
    "not signed": {"algorithm": "none", "signing_key": ""},
    "signed with the client's secret": {"algorithm": "HS256", "signing_key": SECRET},
    "of another issuer": {"changes": {"iss": "https://evil.example"}},
    "for another client": {"changes": {"aud": "somebody-else"}},
    "for others, too, and issued to one of them": {"changes": {"aud": [CLIENT, "other"], "azp": "other"}},
    "over": {"changes": {"exp": int(time.time()) - 3600}},
    "from the future": {"changes": {"iat": int(time.time()) + 3600}},
    "without an end": {"changes": {"exp": None}},
    "of another sign-in": {"changes": {"nonce": "something else"}},
    "of no sign-in": {"changes": {"nonce": None}},
    "about nobody": {"changes": {"sub": None}},
}


@pytest.mark.parametrize("wrong", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_a_wrong_token_signs_nobody_in(provider, client, invited, wrong):
    for name, value in wrong.items():
        setattr(provider, name, value)
    answer = come_back(client, provider)
    assert "That sign-in did not work" in answer.content.decode()
    assert not User.objects.exists()
    assert client.get(QUEUE).status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(provider, client, invited):
    """A link to the way back, with a code of the attacker's own (login CSRF): the state is not this browser's."""
    theirs = Client(SERVER_NAME="localhost")
    link = provider.agree(theirs.post(START)["Location"])
    assert "did not work" in client.get(link).content.decode()
    assert not User.objects.exists()


def test_an_answer_counts_once(provider, client, invited):
    link = provider.agree(client.post(START)["Location"])
    assert client.get(link)["Location"] == "/"
    assert "did not work" in Client(SERVER_NAME="localhost").get(link).content.decode()


def test_a_code_is_worth_nothing_without_its_proof_key(provider, client, invited):
    link = provider.agree(client.post(START)["Location"])
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43 and len(asked["nonce"]) >= 22
    provider.codes[parse_qs(urlsplit(link).query)["code"][0]] = {**asked, "code_challenge": "another"}
    assert "did not work" in client.get(link).content.decode()


def test_metadata_of_another_issuer_is_refused(provider, client):
    provider.metadata["issuer"] = "https://evil.example"
    assert "did not work" in client.post(START).content.decode()


def test_redirects_of_a_provider_are_not_followed(provider, client):
    provider.moved = True
    assert "did not work" in client.post(START).content.decode()


def test_a_provider_that_is_away_is_said_in_one_sentence(provider, client):
    provider.metadata["token_endpoint"] = "http://127.0.0.1:1/token"
    assert "did not work" in come_back(client, provider).content.decode()


def test_an_address_from_the_user_info_counts_only_for_the_same_person(provider, client, invited):
    mail = {"email": provider.claims.pop("email"), "email_verified": True}
    provider.userinfo = {"sub": "another", **mail}
    assert "did not work" in come_back(client, provider).content.decode()
    provider.userinfo = {"sub": "17", **mail}
    assert come_back(Client(SERVER_NAME="localhost"), provider)["Location"] == "/"


def test_a_link_alone_starts_no_sign_in(provider, client):
    assert client.get(START).status_code == 405


def test_an_unknown_provider_is_not_there(provider, client):
    assert client.post("/accounts/elsewhere/nobody/login/").status_code == 404


def test_only_what_is_needed_is_asked_for(provider, client):
    client.get(START)
    provider.agree(client.post(f"{START}?scope=admin&auth_params=prompt%3Dnone")["Location"])
    assert set(provider.asked[0]["scope"].split()) == {"openid", "email", "profile"}
    assert "prompt" not in provider.asked[0]


# -- connecting, and signing in again -------------------------------------------------------------------------------------------------


def test_somebody_connects_their_account_elsewhere_and_signs_in_with_it(provider, client, person, client_of):
    user = person("operator")
    own = client_of(user)
    assert "Connect with Harbour" in own.get("/me").content.decode()
    come_back(own, provider, f"{START}?process=connect")
    assert "Disconnect" in own.get("/me").content.decode()
    come_back(client, provider)
    assert client.get("/me").status_code == 200
    own.post("/accounts/elsewhere/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_the_only_way_of_signing_in_is_not_disconnected(provider, client, invited):
    joined(client, provider)
    client.post("/accounts/elsewhere/", {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()


def test_somebody_with_nothing_else_signs_in_again_elsewhere(provider, client, invited):
    user = joined(client, provider)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    answer = client.post("/me/sessions/end", HTTP_REFERER="http://localhost/me")
    assert answer["Location"].startswith("/accounts/again/elsewhere/?next=")
    page = client.get(answer["Location"]).content.decode()
    assert "Sign in with Harbour" in page and f'action="{START}?next=/me"' in page
    answer = come_back(client, provider, f"{START}?next=/me")
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0") and answer["Location"] == "/me"
    assert client.post("/me/sessions/end")["Location"] == "/me"
    assert User.objects.get() == user


@pytest.mark.parametrize(
    "auth_time",
    [
        None,  # the provider does not say when
        int(time.time()) - 3600,  # its session of this morning
        "now",  # no number
    ],
    ids=["not said", "an hour ago", "no number"],
)
def test_a_provider_s_session_of_before_is_no_proof_for_who_is_signed_in(provider, client, invited, auth_time):
    joined(client, provider)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    provider.changes = {"auth_time": auth_time}
    assert "did not work" in come_back(client, provider).content.decode()
    assert client.post("/me/sessions/end")["Location"].startswith("/accounts/again/")
