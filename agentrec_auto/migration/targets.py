"""Whom a migration asks: a model at a place, in a dialect, with a key; and the request that asks it.

target_for("claude-haiku-4-5")                                    a provider that we know
target_for("groq/llama-3.3-70b-versatile")                        the same, named
target_for("m", url="http://localhost:8080/v1")                   any server of OpenAI's shape
target_for("cheap", targets=settings.targets)                     the user's own, from agentrec.toml
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto.errors import MissingAPIKeyError, UnsupportedRequestError
from agentrec_auto.migration.profiles import DEFAULT_DIALECT, Profile, built_in, located, profile_for
from agentrec_auto.providers.adapter import AnthropicAdapter, OpenAIAdapter, ProviderAdapter
from agentrec_auto.providers.adapting import adapters
from agentrec_auto.providers.conversation import Question
from agentrec_auto.providers.plain import plain
from agentrec_auto.providers.writers.drawing import drop
from agentrec_auto.providers.writing import Notes, dialects, writer_for
from agentrec_auto.settings import TargetSettings


@dataclass(frozen=True, slots=True)
class Asking:
    """A request, ready to be sent by POST."""

    url: str
    headers: dict[str, str]
    body: bytes
    notes: tuple[str, ...]
    """What was left out or changed on the way from the question, a sentence each."""


@dataclass(frozen=True, slots=True)
class Target:
    """A model at a place."""

    name: str
    """What the user calls it: the model, or the name of a ``[target.NAME]``."""

    model: str
    """As the provider knows it."""

    profile: Profile
    headers: Mapping[str, str] = field(default_factory=dict)
    """The user's own; ``${VARIABLE}`` in a value is the environment's."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """Members put into every body: ``temperature = 0``."""

    adapter: ProviderAdapter | None = None
    """The program's own adapter (`providers.register`), where it has one for the model: for plain texts."""

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.adapter.name if self.adapter is not None else self.profile.name

    @property
    def key(self) -> str:
        """The same as long as the same model is asked with the same options, under whatever name."""
        told = json.dumps([self.model, dict(self.options)], sort_keys=True)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def dialect(self) -> str:
        """The dialect it is asked in, unless a question is in another that is spoken there."""
        return self.profile.dialect

    def request(self, question: Question, *, stream: bool = True, max_tokens_default: int = 4096) -> Asking:
        """The request that asks the question.

        `UnsupportedRequestError` where it can't be asked faithfully, and then, for live calls,
        `MissingAPIKeyError` where the key is not in the environment.
        """
        if self.adapter is not None:
            told = plain(question)
            url, headers, body = self.adapter.build_request(
                told, self.model, max_tokens_default=max_tokens_default
            )
            return Asking(url, headers, _dumped(body), ())
        read_in = question.source.dialect if question.source is not None else ""
        dialect = read_in if read_in in self.profile.also else self.dialect
        base = located(self.profile.url, os.environ)
        host = urlsplit(base).hostname or ""
        written = writer_for(dialect).write(
            question, self.model, stream=stream, max_tokens_default=max_tokens_default, host=host
        )
        notes = Notes()
        self._check(written.body)
        drop(written.body, self.profile.refuses, f"{self.profile.title} refuses it", notes)
        body = {**written.body, **self.options}
        if self.options:
            said = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
            notes.say(f"options of the target: {said}")
        headers = {
            "content-type": "application/json",
            **written.headers,
            **self._auth(),
            **self._own_headers(),
        }
        return Asking(_joined(base, written.path), headers, _dumped(body), written.notes + notes.told())

    def asked_elsewhere(self, url: str) -> str | None:
        """Where an answer that was asked for at ``url`` came from, if the target is at another place now."""
        was, now = (urlsplit(one).hostname for one in (url, located(self.profile.url, os.environ)))
        return None if was == now or not now else f"kept from when {was} was asked (now {now})"

    def embedding(self, texts: Sequence[str]) -> Asking:
        """The request for the texts' vectors, as OpenAI has it and those who speak like it.

        `UnsupportedRequestError` of a provider that doesn't, `MissingAPIKeyError` as for `request`.
        """
        if self.adapter is not None or not self.dialect.startswith("openai"):
            raise UnsupportedRequestError(
                f"{self.provider} has no embeddings of OpenAI's shape: name a model of somebody who does"
            )
        headers = {"content-type": "application/json", **self._auth(), **self._own_headers()}
        body = {"model": self.model, "input": list(texts), **self.options}
        return Asking(
            _joined(located(self.profile.url, os.environ), "/v1/embeddings"), headers, _dumped(body), ()
        )

    def check_key(self) -> None:
        """Raise `MissingAPIKeyError` where a live call would, before the first is made."""
        if self.adapter is not None:
            self.adapter.api_key()
        else:
            self._auth()
            self._own_headers()

    def _check(self, body: Mapping[str, Any]) -> None:
        form = body.get("response_format")
        if isinstance(form, dict) and form.get("type") in self.profile.lacks:
            raise UnsupportedRequestError(
                f"the request has a schema for the answer, and {self.profile.title} takes none"
            )

    def _auth(self) -> dict[str, str]:
        profile = self.profile
        variable = profile.key_variable(os.environ)
        if variable is None:
            if profile.needs_key:
                names = " or ".join(profile.key_env)
                raise MissingAPIKeyError(f"{names} is not set: a live call to {profile.name} needs it")
            return {}
        if profile.auth == "none":
            return {}
        key = os.environ[variable]
        if profile.auth in ("bearer", "optional"):
            return {"authorization": f"Bearer {key}"}
        return {profile.auth: key}

    def _own_headers(self) -> dict[str, str]:
        return {name.lower(): _expanded(name, value) for name, value in self.headers.items()}


def target_for(
    model: str,
    *,
    provider: str | None = None,
    url: str | None = None,
    dialect: str | None = None,
    profiles: Mapping[str, Profile] | None = None,
    targets: Iterable[TargetSettings] = (),
) -> Target:
    """The target that a model's name (or the name of one of the user's ``targets``) means.

    ``provider`` names one of ``profiles`` (default: the built-in ones), ``url`` the base URL of any server,
    ``dialect`` what is spoken there (default: the provider's, else OpenAI Chat Completions). LookupError,
    in words, where that names nothing.
    """
    known = built_in() if profiles is None else profiles
    if dialect is not None and dialect not in dialects():
        raise LookupError(f"nobody writes the dialect {dialect!r}: expected {', '.join(dialects())}")
    for one in targets:
        if one.name == model:
            return _of_settings(one, known, provider, url, dialect)
    if provider is None and url is None and (adapter := _own_adapter(model)) is not None:
        return Target(model, model, Profile(adapter.name, adapter.name, ""), adapter=adapter)
    if provider is not None and (named := _adapter_named(provider)) is not None:
        return Target(model, model, Profile(named.name, named.name, ""), adapter=named)
    profile, known_as = _profile(model, provider, url, known)
    if url is not None:
        profile = _placed(profile, url)
    if dialect is not None:
        profile = replace(profile, dialect=dialect, also=())
    return Target(model, known_as, profile)


def _profile(
    model: str, provider: str | None, url: str | None, profiles: Mapping[str, Profile]
) -> tuple[Profile, str]:
    if provider is not None:
        profile = profiles.get(provider.lower())
        if profile is None:
            raise LookupError(f"no provider is called {provider!r}: expected one of {', '.join(profiles)}")
        return profile, model.removeprefix(f"{profile.name}/")
    if url is None:
        return profile_for(model, profiles)
    host = urlsplit(url).hostname or url
    return Profile(host, host, url, DEFAULT_DIALECT, auth="none"), model


def _placed(profile: Profile, url: str) -> Profile:
    """A provider elsewhere: its key is sent there only where the user named both provider and place."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LookupError(f"{url!r} is no URL to ask: expected one such as http://localhost:8080/v1")
    auth = "optional" if profile.auth == "bearer" else profile.auth
    return replace(profile, url=url.rstrip("/"), auth=auth)


def _of_settings(
    one: TargetSettings,
    profiles: Mapping[str, Profile],
    provider: str | None,
    url: str | None,
    dialect: str | None,
) -> Target:
    """One of the user's: what was asked for here wins over what the file says."""
    told = target_for(
        one.model,
        provider=provider or one.provider or None,
        url=url or one.url or None,
        dialect=dialect or one.dialect or None,
        profiles=profiles,
    )
    profile = told.profile
    if one.key_env:
        auth = profile.auth if profile.auth not in ("none", "optional") else "bearer"
        profile = replace(profile, key_env=(one.key_env,), auth=auth)
    return replace(
        told,
        name=one.name,
        profile=profile,
        headers=dict(one.headers),
        options=json.loads(one.options or "{}"),
    )


def _own_adapter(model: str) -> ProviderAdapter | None:
    """The program's own adapter for a model; ours give way to the writers."""
    return next((one for one in adapters() if not _is_ours(one) and one.matches_model(model)), None)


def _adapter_named(provider: str) -> ProviderAdapter | None:
    return next((one for one in adapters() if not _is_ours(one) and one.name == provider.lower()), None)


def _is_ours(adapter: ProviderAdapter) -> bool:
    return type(adapter) in (OpenAIAdapter, AnthropicAdapter)


def _joined(base: str, path: str) -> str:
    """Base URL and path; what both have in common, or the whole path in the base, stands once."""
    base = base.rstrip("/")
    bare, question, query = path.partition("?")
    if base.endswith(bare):
        return base + question + query
    if base.endswith("/v1") and bare.startswith("/v1/"):
        base = base.removesuffix("/v1")
    return base + path


def _expanded(name: str, value: str) -> str:
    """A header's value with the environment's values in it."""
    made = os.path.expandvars(value)
    if "${" in made:
        variable = made.partition("${")[2].partition("}")[0]
        raise MissingAPIKeyError(f"{variable} is not set: the target's header {name} needs it")
    return made


def _dumped(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
