"""Findings about the HTTP libraries and the LLM SDKs of an interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentrec_auto.doctor.finding import Finding, State
from agentrec_auto.doctor.inside import Distribution, Inside
from agentrec_auto.doctor.sdks import CARRIERS, HTTP_LIBRARIES, KNOWN, SDKS, Known, module_of
from agentrec_auto.providers.hosts import unset_key, unset_keys

INTERCEPTED = tuple(CARRIERS)
"""The modules to look for that seams stand in."""

DISTRIBUTIONS = (*SDKS, *(name for name in HTTP_LIBRARIES if name not in SDKS))
"""What to look for."""

_ALL = ", ".join(dict.fromkeys(CARRIERS.values()))
_NOT_YET = "which is not yet covered"


def libraries(inside: Inside) -> Iterator[Finding]:
    """The HTTP libraries: those that we intercept, and those that go past us."""
    for name, library in inside.libraries.items():
        subject = f"{_named(name)} {library.version}"
        if library.intercepted:
            yield Finding(State.COVERED, subject, f"intercepted, by wrapt {inside.wrapt or '(from here)'}")
        elif inside.waits:
            yield Finding(
                State.NOT_COVERED,
                subject,
                library.why or _refusal(inside, name) or "not intercepted",
                f"try another version of {name}, and report this one with `agentrec doctor --json`",
            )
        else:
            yield Finding(State.NOTE, subject, "is there, but not intercepted as things are")
    if inside.waits and not inside.libraries:
        yield Finding(
            State.IN_THE_WAY,
            "libraries",
            f"{inside.executable} has none of the libraries that are intercepted ({_ALL})",
            "run the command by the Python that has your SDK",
        )
    elif inside.waits and not any(library.intercepted for library in inside.libraries.values()):
        yield Finding(State.IN_THE_WAY, "libraries", "no HTTP library can be intercepted in these versions")


def sdks(inside: Inside) -> Iterator[Finding]:
    """The LLM SDKs: by what they call, and whether that is intercepted."""
    for name in SDKS:
        if (found := inside.distributions.get(name)) is None:
            continue
        subject = f"{name} {found.version}"
        known = KNOWN.get(name)
        if known is not None and not _holds(known, found, inside):
            known = None
        if known is not None and not _is_intercepted(known.calls_by, inside):
            why = "which is not intercepted here" if known.calls_by in CARRIERS.values() else _NOT_YET
            yield _gap(subject, f"{known.only or 'it'} calls by {known.calls_by}, {why}")
            if not known.only:
                continue
        carriers = sorted(_carriers(name, inside, set()) | ({known.calls_by} if known else set()))
        covered = [one for one in carriers if _is_intercepted(one, inside)]
        if covered:
            yield Finding(State.COVERED, subject, f"calls by {' or '.join(covered)}", is_sdk=True)
        elif carriers and not set(carriers) & set(CARRIERS.values()):
            yield _gap(subject, f"calls by {' or '.join(carriers)}, {_NOT_YET}")
        elif carriers and inside.waits:
            yield _gap(subject, f"calls by {' or '.join(carriers)}, which is not intercepted here")


def keys(inside: Inside, environ: Mapping[str, str]) -> Iterator[Finding]:
    """The keys that SDKs look for and don't find: an app that doesn't bring its own makes no call."""
    found = (unset_key(module_of(name), environ) for name in SDKS if name in inside.distributions)
    if told := unset_keys(found):
        yield Finding(State.NOTE, "keys", f"{told}; in replay it needs none")


def _gap(subject: str, text: str) -> Finding:
    return Finding(State.NOT_COVERED, subject, text, is_sdk=True)


def _refusal(inside: Inside, name: str) -> str:
    """What our hook said on stderr when it could not intercept a library."""
    mark = f"agentrec: can't intercept {name} "
    said = (line for line in inside.said.splitlines() if line.startswith(mark))
    return next(said, "").removeprefix("agentrec: ")


def _holds(known: Known, found: Distribution, inside: Inside) -> bool:
    numbers = tuple(int(part) for part in found.version.split(".")[:3] if part.isdigit())
    return numbers >= known.since and (not known.where or known.where in inside.distributions)


def _carriers(name: str, inside: Inside, met: set[str]) -> set[str]:
    """The HTTP libraries that a distribution requires, itself or through another SDK."""
    met.add(name)
    found = inside.distributions.get(name)
    needs = found.needs if found else ()
    carriers = {HTTP_LIBRARIES[one] for one in needs if one in HTTP_LIBRARIES}
    for one in needs:
        if one in SDKS and one not in met:
            carriers |= _carriers(one, inside, met)
    return carriers


def _is_intercepted(carrier: str, inside: Inside) -> bool:
    return any(
        library.intercepted for name, library in inside.libraries.items() if CARRIERS.get(name) == carrier
    )


def _named(module: str) -> str:
    """What to call a library: a copy of lm15 in another package by both."""
    carrier, package = CARRIERS.get(module, module), module.partition(".")[0]
    return carrier if carrier == package else f"{carrier} in {package}"
