"""``agentrec profiles``: whom a migration can ask, and whether the key for it is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import typer
from rich.console import RenderableType

from agentrec_auto.cli import opening, output
from agentrec_auto.errors import AgentrecError
from agentrec_auto.migration.profiles import Profile, built_in, located
from agentrec_auto.migration.targets import target_for
from agentrec_auto.settings import TargetSettings


@dataclass(frozen=True, slots=True)
class Listed:
    """One that can be asked."""

    name: str
    kind: str
    """``target`` (of the user's) or ``provider``."""

    title: str
    model: str | None
    """The one model of a target; None for a provider, which has many."""

    url: str
    dialects: tuple[str, ...]
    key_env: tuple[str, ...]
    key_set: str | None
    """The variable that holds a key."""

    ready: bool
    """Whether it can be asked: its key is set, or it needs none."""

    models: tuple[str, ...]
    refuses: tuple[str, ...]
    note: str


def register(app: typer.Typer) -> None:
    """Add ``profiles`` and ``profiles show``."""
    group = typer.Typer(help=profiles.__doc__, invoke_without_command=True, rich_markup_mode="markdown")
    group.callback()(profiles)
    group.command()(show)
    app.add_typer(group, name="profiles")


def profiles(context: typer.Context, config: str = opening.CONFIG, as_json: bool = opening.AS_JSON) -> None:
    """List whom `agentrec migrate --target` can ask, and whether their keys are set.

    Example: `agentrec profiles --json`
    """
    if context.invoked_subcommand is not None:
        return
    listed = list(_all(config))
    if as_json:
        output.emit_json(listed)
    else:
        output.emit(*_page(listed))


def show(
    name: str = typer.Argument(metavar="NAME", help="A provider's, or one of your targets'."),
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Show one of them: where it is, which models it has, what it refuses.

    Example: `agentrec profiles show anthropic`
    """
    listed = {one.name: one for one in reversed(list(_all(config)))}
    found = listed.get(name)
    if found is None:
        output.note(
            f"agentrec: no target and no provider is called {name!r}: expected {', '.join(sorted(listed))}"
        )
        raise typer.Exit(2)
    if as_json:
        output.emit_json(found)
    else:
        output.emit(output.pairs(_facts(found)))


def _all(config: str) -> Iterator[Listed]:
    """The user's own first."""
    for one in opening.settings_of("", config).targets:
        yield _of_target(one)
    for profile in built_in().values():
        yield _listed(profile.name, profile, "provider")


def _of_target(one: TargetSettings) -> Listed:
    try:
        target = target_for(one.name, targets=(one,))
    except (LookupError, AgentrecError) as error:
        key_env = (one.key_env,) if one.key_env else ()
        return Listed(
            one.name, "target", one.name, one.model, one.url, (), key_env, None, False, (), (), str(error)
        )
    return _listed(one.name, target.profile, "target", target.model)


def _listed(name: str, profile: Profile, kind: str, model: str | None = None) -> Listed:
    variable = profile.key_variable(os.environ)
    return Listed(
        name=name,
        kind=kind,
        title=profile.title,
        model=model,
        url=located(profile.url, os.environ),
        dialects=(profile.dialect, *profile.also),
        key_env=profile.key_env,
        key_set=variable,
        ready=variable is not None or not profile.needs_key,
        models=profile.models if model is None else (),
        refuses=profile.refuses + profile.lacks,
        note=profile.note,
    )


def _page(listed: list[Listed]) -> Iterator[RenderableType]:
    table = output.table(("name", {"no_wrap": True}), ("key", {"no_wrap": True}), "models", "where", gap=2)
    for one in listed:
        table.add_row(
            output.cell(one.name, "bold" if one.kind == "target" else ""),
            output.cell(_key(one), "green" if one.ready else "dim"),
            output.cell(one.model or " ".join(one.models) or f"{one.name}/MODEL"),
            output.cell(one.url),
        )
    yield table


def _key(one: Listed) -> str:
    if one.key_set is not None:
        return f"{one.key_set} is set"
    if one.ready:
        return "needs none"
    return f"{' or '.join(one.key_env)} is not set" if one.dialects else "can't be asked"


def _facts(one: Listed) -> Iterator[tuple[str, RenderableType]]:
    facts = (
        ("name", one.name),
        ("provider" if one.kind == "target" else "title", one.title),
        ("model", one.model or ""),
        ("url", one.url),
        ("dialect", ", ".join(one.dialects)),
        ("key", _key(one)),
        ("models", " ".join(one.models)),
        ("refuses", ", ".join(one.refuses)),
        ("note", one.note),
    )
    for name, said in facts:
        if said:
            yield name, output.cell(said)
